/* What the target paints: pages of small text, an animation, a frame counter, the block that reacts. */
#include "probe.h"
#include <X11/Xft/Xft.h>
#include <X11/Xutil.h>
#include <math.h>
#include <stdlib.h>

static Pixmap pages[PAGES], tall, video[VIDEO_FRAMES];
static const unsigned long black = BLACK, white = WHITE;

static XftColor colour(Display *d, const char *name) {
    XftColor found;
    XftColorAllocName(d, DefaultVisual(d, 0), DefaultColormap(d, 0), name, &found);
    return found;
}

/* Rows of words in small fonts and several colours; a dark pane on the right. */
static void text_page(struct canvas *c, Drawable on, int top, int bottom, u32 seed) {
    static const char *names[8] = {"#000000", "#000000", "#000000", "#b00020", "#0b57d0", "#0a7d28", "#7a3ea1", "#5f6368"};
    static XftColor colours[8], light;
    static XftFont *fonts[3];
    Display *d = c->display;
    if (!fonts[0]) {
        fonts[0] = XftFontOpenName(d, 0, "DejaVu Sans Mono:pixelsize=12");
        fonts[1] = XftFontOpenName(d, 0, "DejaVu Sans:pixelsize=11");
        fonts[2] = XftFontOpenName(d, 0, "DejaVu Sans:pixelsize=13:bold");
        for (int i = 0; i < 8; i++) colours[i] = colour(d, names[i]);
        light = colour(d, "#e8eaed");
    }
    XftDraw *draw = XftDrawCreate(d, on, DefaultVisual(d, 0), DefaultColormap(d, 0));
    fill(c, on, white, 0, top, screen_w, bottom - top);
    fill(c, on, 0x202124, 1280, top, 640, bottom - top);
    chance_seed(seed * 2654435761u + 12345);
    for (int y = top + 16; y < bottom - 4; y += 16) {
        int x = 12;
        while (x < 1890) {
            char word[16];
            int length = 2 + chance() % 9;
            for (int i = 0; i < length; i++) word[i] = 'a' + chance() % 26;
            if (chance() % 7 == 0) word[0] = 'A' + chance() % 26;
            XftFont *font = fonts[chance() % 8 == 0 ? 2 : (y / 160) % 2];
            XftColor *ink = x >= 1270 ? (chance() % 3 ? &light : &colours[4]) : &colours[chance() % 8];
            XftDrawStringUtf8(draw, ink, font, x, y, (FcChar8 *)word, length);
            x += 9 * length + 4;
            if (x > 1180 && x < 1290) x = 1290;
        }
    }
    XftDrawDestroy(draw);
}

static int clamp(int v) { return v < 0 ? 0 : v > 255 ? 255 : v; }

/* A plasma with grain: what a codec finds hard. */
static void video_make(struct canvas *c) {
    Display *d = c->display;
    XImage *image = XCreateImage(d, DefaultVisual(d, 0), 24, ZPixmap, 0, malloc(VIDEO_W * VIDEO_H * 4), VIDEO_W, VIDEO_H, 32, 0);
    static unsigned char wave[1024];
    for (int i = 0; i < 1024; i++) wave[i] = 127.5 + 127.5 * sin(i * 2 * M_PI / 1024);
    for (int frame = 0; frame < VIDEO_FRAMES; frame++) {
        u32 *pixel = (u32 *)image->data;
        int t = frame * 1024 / VIDEO_FRAMES;
        for (int y = 0; y < VIDEO_H; y++)
            for (int x = 0; x < VIDEO_W; x++) {
                int a = wave[(x * 2 + t) & 1023], b = wave[(y * 3 - t * 2) & 1023], e = wave[(x + y + t * 3) & 1023];
                int grain = (int)(chance() & 7) - 4;
                int red = clamp((a + e) / 2 + grain), green = clamp((b + e) / 2 + grain), blue = clamp((a + b) / 2 + grain);
                *pixel++ = (u32)red << 16 | (u32)green << 8 | (u32)blue;
            }
        video[frame] = XCreatePixmap(d, c->window, VIDEO_W, VIDEO_H, 24);
        XPutImage(d, video[frame], c->gc, image, 0, 0, 0, 0, VIDEO_W, VIDEO_H);
    }
    XDestroyImage(image);
}

void pages_make(struct canvas *c) {
    Display *d = c->display;
    for (int i = 0; i < PAGES; i++) {
        pages[i] = XCreatePixmap(d, c->window, screen_w, screen_h, 24);
        text_page(c, pages[i], 0, screen_h, i + 1);
    }
    tall = XCreatePixmap(d, c->window, screen_w, 3 * screen_h, 24);
    text_page(c, tall, 0, 2 * screen_h, 77);
    XCopyArea(d, tall, tall, c->gc, 0, 0, screen_w, screen_h, 0, 2 * screen_h);
    video_make(c);
    c->box = XCreateSimpleWindow(d, c->window, 100, 200, 700, 450, 2, 0x3060c0, white);
    Pixmap box = XCreatePixmap(d, c->window, 700, 450, 24);
    XCopyArea(d, pages[3], box, c->gc, 0, 100, 700, 450, 0, 0);
    fill(c, box, 0x3060c0, 0, 0, 700, 26);
    XSetWindowBackgroundPixmap(d, c->box, box);
    XSetWindowBackgroundPixmap(d, c->window, pages[0]);
}

void page_show(struct canvas *c, int number) {
    XCopyArea(c->display, pages[number % PAGES], c->window, c->gc, 0, 0, screen_w, screen_h, 0, 0);
}

void block_paint(struct canvas *c, int is_white) {
    fill(c, c->window, is_white ? white : black, BLOCK_X, BLOCK_Y, BLOCK, BLOCK);
    XFlush(c->display);
    shared->colour = is_white;
}

void base_paint(struct canvas *c) {
    page_show(c, 0);
    fill(c, c->window, 0x404040, BLOCK_X - 20, BLOCK_Y - 20, BLOCK + 40, BLOCK + 40);
    block_paint(c, 0);
}

void calibration_paint(struct canvas *c, int box) {
    fill(c, c->window, black, 0, 0, screen_w, screen_h);
    if (box == 1) fill(c, c->window, white, 200, 200, 400, 300);
    if (box == 2) fill(c, c->window, white, 1300, 600, 400, 300);
}

static void type_paint(struct canvas *c, u32 frame) {
    static XftFont *font;
    static XftColor ink;
    Display *d = c->display;
    if (!font) {
        font = XftFontOpenName(d, 0, "DejaVu Sans Mono:pixelsize=14");
        ink = colour(d, "#101010");
    }
    XftDraw *draw = XftDrawCreate(d, c->window, DefaultVisual(d, 0), DefaultColormap(d, 0));
    int x = TYPED_X + frame % TYPED_COLUMNS * LETTER_W, y = TYPED_Y + frame / TYPED_COLUMNS % TYPED_ROWS * LETTER_H;
    char letter = 'a' + chance() % 26;
    fill(c, c->window, white, x, y, 2 * LETTER_W, LETTER_H);
    XftDrawStringUtf8(draw, &ink, font, x, y + 14, (FcChar8 *)&letter, 1);
    fill(c, c->window, black, x + 10, y + 1, 2, 15);
    XftDrawDestroy(draw);
}

void work_paint(struct canvas *c, int kind, u32 frame) {
    Display *d = c->display;
    switch (kind) {
    case WORK_TYPE: type_paint(c, frame); break;
    case WORK_SCROLL:
        XCopyArea(d, tall, c->window, c->gc, 0, frame * 12 % (2 * screen_h), screen_w, screen_h - STRIP, 0, STRIP);
        break;
    case WORK_DRAG: XMoveWindow(d, c->box, 560 + 500 * sin(frame / 60.0 * 1.7), 330 + 220 * sin(frame / 60.0 * 2.3)); break;
    case WORK_VIDEO: XCopyArea(d, video[frame % VIDEO_FRAMES], c->window, c->gc, 0, 0, VIDEO_W, VIDEO_H, 480, 480); break;
    case WORK_FULLVIDEO:
        for (int i = 0; i < 4; i++)
            XCopyArea(d, video[(frame + i * 8) % VIDEO_FRAMES], c->window, c->gc, 0, 0, VIDEO_W,
                      i < 2 ? VIDEO_H : screen_h - STRIP - VIDEO_H, i % 2 * VIDEO_W, STRIP + i / 2 * VIDEO_H);
        break;
    }
    counter_paint(c, frame);
    XFlush(d);
}
