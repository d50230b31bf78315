/* What the parts of the probe share.
 *
 * target.c   the full-screen client on HOST: repaints on input and plays the workloads (pages.c draws them)
 * counter.c  the frame counter; clock.c: time and chance (both also of ../applications/painter.c)
 * screens.c  the two frame buffers, read as memory, and where the picture lies on VIEW
 * latency.c  from an input, or from HOST's pixels, to VIEW's pixels
 * frames.c   frames of a workload, or of another program, that are seen, and how old they are
 * quality.c  how exact a page of text, or a screen at rest, becomes, and when
 * main.c     starts the target and reads commands
 */
#ifndef PROBE_H
#define PROBE_H

#include <X11/Xlib.h>
#include <stdint.h>
#include <time.h>

typedef uint64_t u64;
typedef uint32_t u32;

/* Geometry on HOST, in pixels. */
extern int screen_w, screen_h;
enum { STRIP = 96, PAGES = 8, VIDEO_W = 960, VIDEO_H = 540, VIDEO_FRAMES = 32 };
enum { BLOCK_X = 860, BLOCK_Y = 240, BLOCK = 200 }; /* the block that reacts to input */
enum { TYPED_X = 300, TYPED_Y = 500, TYPED_COLUMNS = 80, TYPED_ROWS = 20, LETTER_W = 9, LETTER_H = 18 }; /* where letters are typed */
enum { TYPED_W = (TYPED_COLUMNS + 2) * LETTER_W, TYPED_H = TYPED_ROWS * LETTER_H };
enum { COUNTER_X = 64, COUNTER_Y = 16, CELL = 32, BITS = 16 }; /* the frame counter: a row of bits and its complement */

/* What the target is told. */
enum { OP_MODE, OP_FLIP, OP_CALIBRATE, OP_WORK, OP_PAGE, OP_COUNT, OP_QUIT };
/* What it reacts to. */
enum { REACT_NONE, REACT_KEY, REACT_CLICK, REACT_MOTION };
/* What it plays. */
enum { WORK_IDLE, WORK_TYPE, WORK_SMALL, WORK_SCROLL, WORK_DRAG, WORK_VIDEO, WORK_FULLVIDEO, WORK_OTHER, WORKS }; /* OTHER: another program paints, above the target */
extern const char *const work_names[WORKS];
extern const int work_fps[WORKS];

struct message { int op, value, fps; };
/* Memory of both processes. */
struct shared { volatile u32 acknowledged; volatile int colour; };
extern struct shared *shared;

/* clock.c: time in nanoseconds (monotonic), sleeping, chance. */
u64 now_ns(void);
void sleep_ns(u64 ns);
void sleep_until(u64 at);
u32 chance(void);
void chance_seed(u32 seed);
/* Milliseconds since 1970 at a monotonic moment. */
double unix_ms(u64 at);

/* target.c: never returns. */
void target_run(const char *display, int commands) __attribute__((noreturn));

struct canvas { Display *display; Window window, box; GC gc; };
enum { BLACK = 0, WHITE = 0xffffff };

/* counter.c */
void fill(struct canvas *canvas, Drawable on, unsigned long colour, int x, int y, int w, int h);
void counter_paint(struct canvas *canvas, u32 number);

/* pages.c: what the target paints. */
void pages_make(struct canvas *canvas);
void page_show(struct canvas *canvas, int number);
void block_paint(struct canvas *canvas, int white);
void base_paint(struct canvas *canvas);
void calibration_paint(struct canvas *canvas, int box);
void work_paint(struct canvas *canvas, int kind, u32 frame);

/* main.c: to the target; `post` returns at once, `tell` when it was done. 0 when all is well. */
int post(int op, int value, int fps);
int tell(int op, int value, int fps);

/* screens.c */
struct buffer { unsigned char *pixels; int w, h, stride; };
struct place { double x, y, sx, sy; }; /* view = (x, y) + (sx, sy) * host */
extern struct buffer host, view;
extern struct place place;
extern Display *view_display;
void screens_open(const char *view_name, const char *host_name, const char *view_file, const char *host_file);
int luma(const struct buffer *buffer, int x, int y);
int block_at(int on_view);   /* its colour: 1 white, 0 black */
int counter_at(int on_view); /* the number; -1 when it cannot be read */
void pointer_to(int host_x, int host_y);
void calibrate(void);
int dump(const char *which, const char *file);

/* The measurements: each prints one line of JSON. */
void latency(const char *what, int samples, int background);
void appear(int number, double seconds);
void frames(int kind, double seconds);
void watch(double seconds);
void rest(double soon, double late);
void quality(int flips);

#endif
