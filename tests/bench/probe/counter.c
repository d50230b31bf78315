/* The frame counter that whatever moves on HOST carries. */
#include "probe.h"

void fill(struct canvas *c, Drawable on, unsigned long colour, int x, int y, int w, int h) {
    XSetForeground(c->display, c->gc, colour);
    XFillRectangle(c->display, on, c->gc, x, y, w, h);
}

void counter_paint(struct canvas *c, u32 number) {
    for (int i = 0; i < BITS; i++) {
        int bit = number >> i & 1;
        fill(c, c->window, bit ? WHITE : BLACK, COUNTER_X + i * CELL, COUNTER_Y, CELL, CELL);
        fill(c, c->window, bit ? BLACK : WHITE, COUNTER_X + i * CELL, COUNTER_Y + CELL, CELL, CELL);
    }
}
