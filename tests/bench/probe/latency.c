/* From an input on VIEW, or from pixels on HOST, to pixels on VIEW; one sample after the other. */
#define _GNU_SOURCE
#include "probe.h"
#include <X11/extensions/XTest.h>
#include <X11/keysym.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const u64 LOOK_EVERY = 200000, LOST_AFTER = 2000000000ull; /* ns */

static KeyCode key_white, key_black;

static void inject(int mode, int white) {
    if (mode == REACT_KEY) XTestFakeKeyEvent(view_display, white ? key_white : key_black, True, 0);
    else if (mode == REACT_CLICK) XTestFakeButtonEvent(view_display, 1, True, 0);
    else if (mode == REACT_MOTION) pointer_to((white ? 1300 : 500) + chance() % 100, 820 + chance() % 60);
    XFlush(view_display);
}

static void release(int mode, int white) {
    if (mode == REACT_KEY) XTestFakeKeyEvent(view_display, white ? key_white : key_black, False, 0);
    if (mode == REACT_CLICK) XTestFakeButtonEvent(view_display, 1, False, 0);
    XFlush(view_display);
}

static int mode_of(const char *what) {
    return !strcmp(what, "key") ? REACT_KEY : !strcmp(what, "click") ? REACT_CLICK : !strcmp(what, "motion") ? REACT_MOTION : REACT_NONE;
}

/* Figures of one leg, in milliseconds with `digits` decimals. */
static void print(const char *name, const double *values, int count, int digits) {
    printf(",\"%s\":[", name);
    for (int i = 0; i < count; i++) printf("%s%.*f", i ? "," : "", digits, values[i]);
    printf("]");
}

/* `what` is key, click, motion or photon; `background` is a workload that runs meanwhile. */
void latency(const char *what, int samples, int background) {
    int mode = mode_of(what), seen = 0, lost = 0, lost_input = 0;
    key_white = XKeysymToKeycode(view_display, XK_j);
    key_black = XKeysymToKeycode(view_display, XK_k);
    double *total = calloc(samples, sizeof *total), *input = calloc(samples, sizeof *input);
    double *photon = calloc(samples, sizeof *photon), *began = calloc(samples, sizeof *began);
    tell(OP_MODE, mode, 0);
    if (background) tell(OP_WORK, background, work_fps[background]);
    pointer_to(500, 860);
    sleep_ns(1200000000);
    for (int i = 0; i < samples; i++) {
        sleep_ns((100 + chance() % 150) * 1000000ull + chance() % 1000000);
        int white = !block_at(0);
        u64 start = now_ns(), on_host = 0, on_view = 0;
        if (mode == REACT_NONE) post(OP_FLIP, white, 0);
        else inject(mode, white);
        while (!on_view && now_ns() - start < LOST_AFTER) {
            if (!on_host && block_at(0) == white) on_host = now_ns();
            if (on_host && block_at(1) == white) on_view = now_ns();
            sleep_ns(LOOK_EVERY);
        }
        release(mode, white);
        if (!on_view) {
            lost++;
            lost_input += !on_host;
            continue;
        }
        began[seen] = unix_ms(start);
        input[seen] = (on_host - start) / 1e6;
        photon[seen] = (on_view - on_host) / 1e6;
        total[seen++] = (on_view - start) / 1e6;
    }
    if (background) tell(OP_WORK, WORK_IDLE, 0);
    tell(OP_MODE, REACT_NONE, 0);
    printf("{\"n\":%d,\"lost\":%d,\"lost_input\":%d", seen, lost, lost_input);
    if (mode != REACT_NONE) {
        print("total", total, seen, 2);
        print("input", input, seen, 2);
    }
    print("photon", photon, seen, 2);
    print("began", began, seen, 3);
    printf("}\n");
    free(total);
    free(input);
    free(photon);
    free(began);
}

/* When does VIEW show the picture for the first time? HOST is in use meanwhile: its counter goes on from the number ten
 * times a second, for a still screen would measure when the product next looks at it by itself. Milliseconds since 1970,
 * or null. */
void appear(int number, double seconds) {
    u64 start = now_ns(), until = start + seconds * 1e9;
    int newest = number - 1;
    for (u64 now = start; now < until; now = now_ns()) {
        int due = number + (int)((now - start) / 100000000);
        if (newest < due) tell(OP_COUNT, (newest = due) & 0xffff, 0);
        int seen = counter_at(1);
        if (seen >= 0 && ((seen - number) & 0xffff) <= newest - number) {
            printf("{\"seen_at\":%.3f}\n", unix_ms(now_ns()));
            return;
        }
        sleep_ns(1000000);
    }
    printf("{\"seen_at\":null}\n");
}
