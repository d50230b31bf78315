/* painter DISPLAY STILL CONTENT MOTION STEP FPS: moves content over the whole of a screen of any size, until the file STILL
 * is there; then it keeps still, until it is ended.
 *
 * CONTENT  light, dark: documents and code of small text; subpixel: the light one with coloured antialiasing;
 *          photo: like a photograph; mixed: text with photographs in it
 * MOTION   vertical, horizontal, diagonal, flick (with inertia), jumps (to another page each second, and on from there),
 *          loads (painted several times in its place, as a page that loads is, then on), panes (one of three moves),
 *          tabs (two pages), window
 *
 * It waits for the server after each frame: what the server cannot paint is not counted as painted.
 */
#define _GNU_SOURCE
#include "../probe/probe.h"
#include <X11/Xft/Xft.h>
#include <X11/Xutil.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

int screen_w, screen_h;

enum { FONTS = 4, INKS = 6, BAND = 256, OCTAVES = 7, LATTICE = 256, STILL_EVERY_NS = 10000000 };
enum { SIDEBAR = 300, HEADER = STRIP + 64, WINDOW_W = 900, WINDOW_H = 600, TITLE = 30 };

/* How text looks. */
struct theme { unsigned long paper, tint, rule; const char *inks[INKS], *smoothing; };

static const struct theme light = {0xffffff, 0xf3f5f8, 0xd0d7de,
                                   {"#1f2328", "#1f2328", "#0550ae", "#953800", "#116329", "#6e7781"}, "rgba=none"};
static const struct theme dark = {0x1e1e1e, 0x252526, 0x3c3c3c,
                                  {"#d4d4d4", "#9cdcfe", "#569cd6", "#ce9178", "#6a9955", "#c586c0"}, "rgba=none"};
static const char *const words[] = {
    "the", "order", "of", "a", "delivery", "was", "sent", "to", "Lyon", "on", "Tuesday", "invoice", "2026-118", "and",
    "please", "confirm", "address", "with", "return", "customer", "service", "will", "Kraków", "if", "quantity",
    "changes", "before", "noon", "net", "1 284,50", "total", "rather", "approximately", "reference"};
static const int word_count = sizeof words / sizeof *words;

static struct canvas canvas;
static Pixmap sheet, photograph; /* what moves; a screenful that is like a photograph */

static XftColor colour(const char *name) {
    XftColor found;
    Display *d = canvas.display;
    XftColorAllocName(d, DefaultVisual(d, 0), DefaultColormap(d, 0), name, &found);
    return found;
}

static int words_write(XftDraw *draw, XftFont *font, const XftColor *ink, const XftColor *accent, int x, int y, int right) {
    while (x < right) {
        const char *word = words[chance() % word_count];
        int length = (int)strlen(word);
        XGlyphInfo size;
        XftTextExtentsUtf8(canvas.display, font, (const FcChar8 *)word, length, &size);
        if (x + size.xOff > right) break;
        XftDrawStringUtf8(draw, chance() % 9 ? ink : accent, font, x, y, (const FcChar8 *)word, length);
        x += size.xOff + 5;
    }
    return x;
}

/* Columns of headings, paragraphs, code with line numbers, and tables. */
static void text_draw(Drawable on, int w, int top, int bottom, const struct theme *theme, u32 seed) {
    static const char *const faces[FONTS] = {"DejaVu Sans:pixelsize=12", "DejaVu Sans Mono:pixelsize=13",
                                             "DejaVu Serif:pixelsize=14", "DejaVu Sans:pixelsize=19:bold"};
    Display *d = canvas.display;
    XftFont *fonts[FONTS];
    XftColor inks[INKS];
    for (int i = 0; i < FONTS; i++) {
        char name[128];
        snprintf(name, sizeof name, "%s:antialias=true:lcdfilter=lcddefault:%s", faces[i], theme->smoothing);
        fonts[i] = XftFontOpenName(d, 0, name);
    }
    for (int i = 0; i < INKS; i++) inks[i] = colour(theme->inks[i]);
    XftDraw *draw = XftDrawCreate(d, on, DefaultVisual(d, 0), DefaultColormap(d, 0));
    fill(&canvas, on, theme->paper, 0, top, w, bottom - top);
    chance_seed(seed * 2654435761u + 99);
    for (int left = 24; left + 300 < w; left += 620) {
        int right = left + 580 < w ? left + 580 : w - 10, kind = 0, rows = 0, line = 1;
        for (int y = top + 22; y < bottom - 8;) {
            if (!rows) {
                kind = chance() % 3;
                rows = 4 + chance() % 14;
                words_write(draw, fonts[3], &inks[0], &inks[2], left, y, left + 200 + chance() % 300);
                y += 26;
                continue;
            }
            int from = left;
            if (kind == 1) { /* code */
                char number[8];
                snprintf(number, sizeof number, "%4d", line++ % 10000);
                fill(&canvas, on, theme->tint, left, y - 13, right - left, 17);
                XftDrawStringUtf8(draw, &inks[5], fonts[1], left, y, (FcChar8 *)number, 4);
                from += 48 + 32 * (chance() % 4);
                from = words_write(draw, fonts[1], &inks[2 + chance() % 3], &inks[5], from, y, from + 90) + 6;
                words_write(draw, fonts[1], &inks[chance() % INKS], &inks[1], from, y, from + chance() % 280);
            } else if (kind == 2) { /* a table */
                fill(&canvas, on, theme->rule, left, y + 4, right - left, 1);
                for (int cell = left; cell < left + 576; cell += 144)
                    words_write(draw, fonts[0], &inks[cell > left ? 0 : 2], &inks[3], cell + 6, y, cell + 130);
            } else {
                words_write(draw, fonts[2 * (left / 620 % 2)], &inks[0], &inks[2], from, y, rows == 1 ? right - 200 : right);
            }
            y += kind == 2 ? 20 : 17;
            if (!--rows) y += 16;
        }
    }
    XftDrawDestroy(draw);
    for (int i = 0; i < FONTS; i++) XftFontClose(d, fonts[i]);
}

static unsigned byte(float v) { return v < 0 ? 0 : v > 255 ? 255 : (unsigned)v; }

/* Smooth noise of several sizes in three colours, with the grain of a sensor. */
static void photo_draw(Drawable on, int w, int h) {
    static float lattice[3][LATTICE][LATTICE];
    Display *d = canvas.display;
    chance_seed(4711);
    for (int i = 0; i < 3 * LATTICE * LATTICE; i++) (&lattice[0][0][0])[i] = (float)(chance() & 0xffff) / 32768 - 1;
    XImage *image = XCreateImage(d, DefaultVisual(d, 0), 24, ZPixmap, 0, malloc((size_t)w * BAND * 4), w, BAND, 32, 0);
    for (int top = 0; top < h; top += BAND) {
        u32 *pixel = (u32 *)image->data;
        for (int y = top; y < top + BAND; y++)
            for (int x = 0; x < w; x++) {
                float sum[3] = {0, 0, 0}, size = 700, weight = 90;
                for (int octave = 0; octave < OCTAVES; octave++, size /= 2.1f, weight *= octave < 3 ? .62f : .5f) {
                    float fx = x / size, fy = y / size;
                    int ix = (int)fx, iy = (int)fy;
                    fx -= ix, fy -= iy;
                    fx *= fx * (3 - 2 * fx), fy *= fy * (3 - 2 * fy);
                    int x0 = (ix + octave * 37) % LATTICE, x1 = (x0 + 1) % LATTICE;
                    int y0 = (iy + octave * 91) % LATTICE, y1 = (y0 + 1) % LATTICE;
                    for (int c = 0; c < (octave < 3 ? 3 : 1); c++) { /* details are of light, not of colour */
                        float (*l)[LATTICE] = lattice[c];
                        float above = l[y0][x0] * (1 - fx) + l[y0][x1] * fx, below = l[y1][x0] * (1 - fx) + l[y1][x1] * fx;
                        sum[c] += weight * (above * (1 - fy) + below * fy);
                    }
                }
                float grain = (int)(chance() % 5 + chance() % 5) - 4;
                float bright = sum[0] + grain, red = 120 + bright + sum[1] * .3f, blue = 130 + bright + sum[2] * .4f;
                *pixel++ = byte(red) << 16 | byte(125 + bright) << 8 | byte(blue);
            }
        XPutImage(d, on, canvas.gc, image, 0, 0, 0, top, w, top + BAND < h ? BAND : h - top);
    }
    XDestroyImage(image);
}

/* Photographs of several sizes within text. */
static void photos_strew(Drawable on, int w, int top, int bottom) {
    for (int y = top + 40; y + 330 < bottom; y += 420)
        for (int x = 60 + y / 420 % 2 * 310; x + 440 < w; x += 620) {
            int pw = 240 + chance() % 200, ph = 180 + chance() % 140;
            int from_x = chance() % (screen_w - pw), from_y = chance() % (screen_h - ph);
            XCopyArea(canvas.display, photograph, on, canvas.gc, from_x, from_y, pw, ph, x, y);
        }
}

/* The sheet: twice the screen in each direction that it moves in, and its beginning once more, so that it goes round. */
static void sheet_make(const char *content, int across, int down) {
    Display *d = canvas.display;
    int w = across * screen_w, h = down * screen_h;
    sheet = XCreatePixmap(d, canvas.window, w, h, 24);
    int period_w = across > 1 ? 2 * screen_w : w, period_h = down > 1 ? 2 * screen_h : h;
    struct theme theme = strcmp(content, "dark") ? light : dark;
    if (!strcmp(content, "subpixel")) theme.smoothing = "rgba=rgb";
    if (!strcmp(content, "photo")) {
        photo_draw(sheet, w, h);
        return;
    }
    text_draw(sheet, period_w, 0, period_h, &theme, 5);
    if (!strcmp(content, "mixed")) {
        photograph = XCreatePixmap(d, canvas.window, screen_w, screen_h, 24);
        photo_draw(photograph, screen_w, screen_h);
        photos_strew(sheet, period_w, 0, period_h);
    }
    if (across > 2) XCopyArea(d, sheet, sheet, canvas.gc, 0, 0, screen_w, h, period_w, 0);
    if (down > 2) XCopyArea(d, sheet, sheet, canvas.gc, 0, 0, w, screen_h, 0, period_h);
}

static void show(int from_x, int from_y, int x, int y, int w, int h) {
    XCopyArea(canvas.display, sheet, canvas.window, canvas.gc, from_x, from_y, w, h, x, y);
}

static int around(int v, int period) { return ((v % period) + period) % period; }

static void frame_paint(const char *motion, int frame, int step) {
    static double speed;
    static int flung;
    int w = screen_w, h = screen_h, swing = around(frame, 240) < 120 ? around(frame, 240) : 240 - around(frame, 240);
    double turn = frame / 60.0;
    if (!strcmp(motion, "vertical")) {
        show(0, around(frame * step, 2 * h), 0, STRIP, w, h - STRIP);
    } else if (!strcmp(motion, "horizontal")) { /* to and fro, two seconds each */
        show(around(swing * step, 2 * w), 0, 0, STRIP, w, h - STRIP);
    } else if (!strcmp(motion, "diagonal")) {
        show(w / 2 + (int)(w / 2 * sin(turn * .9)), h / 2 + (int)(h / 2 * sin(turn * 1.3)), 0, STRIP, w, h - STRIP);
    } else if (!strcmp(motion, "flick")) { /* thrown twice down, once up, each time slower until it stands */
        if (frame % 75 == 1) speed = frame / 75 % 3 == 2 ? -step : step;
        flung += (int)lround(speed);
        speed *= .94;
        show(0, around(flung, 2 * h), 0, STRIP, w, h - STRIP);
    } else if (!strcmp(motion, "jumps")) {
        show(0, around(frame * step + frame / 60 * h, 2 * h), 0, STRIP, w, h - STRIP);
    } else if (!strcmp(motion, "loads")) {
        int blank = frame <= 12 && frame % 2;
        if (blank) fill(&canvas, canvas.window, 0xe4e4e4, 0, STRIP, w, h - STRIP);
        else show(0, frame <= 12 ? 0 : around(frame * step, 2 * h), 0, STRIP, w, h - STRIP);
    } else if (!strcmp(motion, "panes")) {
        int right = w * 2 / 3;
        if (frame == 1) show(0, h / 3, 0, STRIP, w, h - STRIP);
        show(SIDEBAR, around(frame * step, 2 * h), SIDEBAR, HEADER, right - SIDEBAR, h - HEADER);
    } else if (!strcmp(motion, "tabs")) {
        show(0, frame % 2 * h, 0, STRIP, w, h - STRIP);
    } else if (!strcmp(motion, "window")) {
        XMoveWindow(canvas.display, canvas.box, (int)((w - WINDOW_W) * (.5 + .45 * sin(turn * 1.7))),
                    STRIP + (int)((h - STRIP - WINDOW_H) * (.5 + .45 * sin(turn * 2.3))));
    }
}

static void window_make(void) {
    Display *d = canvas.display;
    Pixmap face = XCreatePixmap(d, canvas.window, WINDOW_W, WINDOW_H, 24);
    text_draw(face, WINDOW_W, TITLE, WINDOW_H, &light, 12);
    fill(&canvas, face, 0x2b4c7e, 0, 0, WINDOW_W, TITLE);
    canvas.box = XCreateSimpleWindow(d, canvas.window, 200, 200, WINDOW_W, WINDOW_H, 1, 0x2b4c7e, WHITE);
    XSetWindowBackgroundPixmap(d, canvas.box, face);
    XMapRaised(d, canvas.box);
    XSetWindowBackgroundPixmap(d, canvas.window, sheet); /* what the window uncovers */
}

int main(int count, char **arguments) {
    if (count != 7) {
        fprintf(stderr, "usage: painter DISPLAY STILL CONTENT MOTION STEP FPS\n");
        return 2;
    }
    const char *still = arguments[2], *motion = arguments[4];
    int step = atoi(arguments[5]), fps = atoi(arguments[6]);
    canvas.display = XOpenDisplay(arguments[1]);
    if (!canvas.display || fps < 1) return 1;
    screen_w = DisplayWidth(canvas.display, 0);
    screen_h = DisplayHeight(canvas.display, 0);
    XSetWindowAttributes wanted = {.override_redirect = True, .background_pixel = 0x606060};
    canvas.window = XCreateWindow(canvas.display, DefaultRootWindow(canvas.display), 0, 0, screen_w, screen_h, 0, 24, InputOutput,
                                  CopyFromParent, CWOverrideRedirect | CWBackPixel, &wanted);
    canvas.gc = XCreateGC(canvas.display, canvas.window, 0, 0);
    XSetGraphicsExposures(canvas.display, canvas.gc, False);
    int sideways = !strcmp(motion, "horizontal"), slanted = !strcmp(motion, "diagonal"), one = !strcmp(motion, "window");
    sheet_make(arguments[3], slanted ? 2 : sideways ? 3 : 1, slanted || !strcmp(motion, "tabs") ? 2 : sideways || one ? 1 : 3);
    if (one) window_make();
    XMapRaised(canvas.display, canvas.window);
    XSync(canvas.display, False);
    prctl(PR_SET_TIMERSLACK, 1000);
    u64 next = now_ns();
    for (int frame = 1; access(still, F_OK); frame++) {
        frame_paint(motion, frame, step);
        counter_paint(&canvas, frame & 0xffff);
        XSync(canvas.display, False);
        next += 1000000000ull / fps;
        if (now_ns() > next + 200000000ull) next = now_ns();
        while (now_ns() + STILL_EVERY_NS < next && access(still, F_OK)) sleep_ns(STILL_EVERY_NS);
        if (access(still, F_OK)) sleep_until(next);
    }
    for (;;) pause();
}
