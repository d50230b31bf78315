/* The target: a full-screen client on HOST, in a process of its own. It flips a block on input and plays workloads. */
#define _GNU_SOURCE
#include "probe.h"
#include <X11/keysym.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

const char *const work_names[WORKS] = {"idle", "type", "small", "scroll", "drag", "video", "fullvideo", "other"};
const int work_fps[WORKS] = {0, 12, 60, 60, 60, 30, 30, 0};

static struct canvas canvas;
static int mode, kind, fps;
static u64 next_frame;

static void open_window(const char *display) {
    canvas.display = XOpenDisplay(display);
    if (!canvas.display) _exit(1);
    XSetWindowAttributes wanted = {.override_redirect = True, .background_pixel = 0x808080,
                                   .event_mask = KeyPressMask | ButtonPressMask | PointerMotionMask};
    screen_w = DisplayWidth(canvas.display, 0);
    screen_h = DisplayHeight(canvas.display, 0);
    canvas.window = XCreateWindow(canvas.display, DefaultRootWindow(canvas.display), 0, 0, screen_w, screen_h, 0, 24,
                                  InputOutput, CopyFromParent, CWOverrideRedirect | CWBackPixel | CWEventMask, &wanted);
    XStoreName(canvas.display, canvas.window, "bench target");
    canvas.gc = XCreateGC(canvas.display, canvas.window, 0, 0);
    XSetGraphicsExposures(canvas.display, canvas.gc, False);
    pages_make(&canvas);
    XMapRaised(canvas.display, canvas.window);
    XSync(canvas.display, False);
    base_paint(&canvas);
}

/* On top and focused, whatever the product maps on HOST. */
static void stay_on_top(void) {
    Window focus;
    int revert;
    if (kind == WORK_OTHER) return;
    XGetInputFocus(canvas.display, &focus, &revert);
    if (focus != canvas.window) XSetInputFocus(canvas.display, canvas.window, RevertToPointerRoot, CurrentTime);
    if (!kind) XRaiseWindow(canvas.display, canvas.window);
}

static void react(KeyCode to_white, KeyCode to_black) {
    while (XPending(canvas.display)) {
        XEvent event;
        XNextEvent(canvas.display, &event);
        if (mode == REACT_KEY && event.type == KeyPress && (event.xkey.keycode == to_white || event.xkey.keycode == to_black))
            block_paint(&canvas, event.xkey.keycode == to_white);
        else if (mode == REACT_CLICK && event.type == ButtonPress && event.xbutton.button == 1)
            block_paint(&canvas, !shared->colour);
        else if (mode == REACT_MOTION && event.type == MotionNotify && (event.xmotion.x_root > screen_w / 2) != shared->colour)
            block_paint(&canvas, event.xmotion.x_root > screen_w / 2);
    }
}

static void obey(struct message message) {
    switch (message.op) {
    case OP_MODE: mode = message.value; base_paint(&canvas); break;
    case OP_FLIP: block_paint(&canvas, message.value); break;
    case OP_CALIBRATE: calibration_paint(&canvas, message.value); break;
    case OP_PAGE: page_show(&canvas, message.value); break;
    case OP_COUNT: counter_paint(&canvas, message.value); break;
    case OP_WORK:
        if (message.value == WORK_DRAG && kind != WORK_DRAG) XMapRaised(canvas.display, canvas.box);
        if (message.value != WORK_DRAG && kind == WORK_DRAG) XUnmapWindow(canvas.display, canvas.box);
        if (message.value && !kind && message.value != WORK_VIDEO) base_paint(&canvas);
        kind = message.value;
        fps = message.fps;
        next_frame = now_ns();
        break;
    }
    XSync(canvas.display, False);
    shared->acknowledged++;
}

static void play(void) {
    static u32 frame;
    if (!fps || now_ns() < next_frame) return;
    work_paint(&canvas, kind, ++frame & 0xffff);
    next_frame += 1000000000ull / fps;
    if (now_ns() > next_frame + 200000000ull) next_frame = now_ns();
}

void target_run(const char *display, int commands) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    prctl(PR_SET_TIMERSLACK, 1000);
    open_window(display);
    KeyCode to_white = XKeysymToKeycode(canvas.display, XK_j), to_black = XKeysymToKeycode(canvas.display, XK_k);
    u64 raise_at = 0;
    shared->acknowledged = 1;
    for (;;) {
        if (now_ns() > raise_at) {
            stay_on_top();
            raise_at = now_ns() + 1000000000ull;
        }
        react(to_white, to_black);
        play();
        XFlush(canvas.display);
        u64 until = fps ? next_frame : raise_at, now = now_ns(), wait = until > now ? until - now : 0;
        struct timespec timeout = {wait / 1000000000ull, wait % 1000000000ull};
        struct pollfd sources[2] = {{commands, POLLIN, 0}, {ConnectionNumber(canvas.display), POLLIN, 0}};
        ppoll(sources, 2, &timeout, 0);
        if (!(sources[0].revents & (POLLIN | POLLHUP))) continue;
        struct message message;
        if (read(commands, &message, sizeof message) != sizeof message || message.op == OP_QUIT) _exit(0);
        obey(message);
    }
}
