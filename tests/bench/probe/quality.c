/* How exact is what VIEW shows? Of a full page of text that flips after 0.2 s and 2 s, and of any screen that came to rest.
 * Needs scale 1. */
#include "probe.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const u64 STILL_NS = 100000000; /* without a new number: the program stopped */

struct likeness {
    double psnr, luma, exact, near; /* dB, dB, % of pixels, % within 8 levels */
    long all, wrong;                /* pixels that were compared, and that differ */
    int left, top, right, bottom;   /* those that differ lie within */
};

/* Compares the two pictures, every `step`th row, without the outermost pixels. */
static struct likeness compare(int step) {
    double squares = 0, luma_squares = 0;
    struct likeness l = {.left = screen_w, .top = screen_h};
    long all = 0, wrong = 0, near = 0;
    for (int y = 8; y < screen_h - 20; y += step) {
        int view_y = y + (int)place.y;
        if (view_y < 0 || view_y >= view.h) continue;
        const unsigned char *a = host.pixels + (size_t)y * host.stride, *b = view.pixels + (size_t)view_y * view.stride;
        for (int x = 8; x < screen_w - 20; x++) {
            int view_x = x + (int)place.x;
            if (view_x < 0 || view_x >= view.w) continue;
            int blue = a[x * 4] - b[view_x * 4], green = a[x * 4 + 1] - b[view_x * 4 + 1], red = a[x * 4 + 2] - b[view_x * 4 + 2];
            all++;
            if (blue | green | red) {
                wrong++;
                if (x < l.left) l.left = x;
                if (x >= l.right) l.right = x + 1;
                if (y < l.top) l.top = y;
                l.bottom = y + 1;
            }
            near += abs(blue) <= 8 && abs(green) <= 8 && abs(red) <= 8;
            squares += blue * blue + green * green + red * red;
            double difference = .114 * blue + .587 * green + .299 * red;
            luma_squares += difference * difference;
        }
    }
    double full = 255.0 * 255.0 * all;
    l.psnr = squares ? 10 * log10(full * 3 / squares) : 99;
    l.luma = luma_squares > 1e-9 * all ? fmin(99, 10 * log10(full / luma_squares)) : 99;
    l.exact = 100.0 * (all - wrong) / all;
    l.near = 100.0 * near / all;
    l.all = all;
    l.wrong = wrong;
    return l;
}

static void print(const char *when, struct likeness l) {
    printf(",\"psnr_%s\":%.2f,\"luma_%s\":%.2f,\"exact_%s\":%.2f,\"near_%s\":%.2f", when, l.psnr, when, l.luma, when, l.exact, when, l.near);
}

/* Nothing can be compared pixel by pixel when the viewer scales. */
static int scaled(void) {
    if (place.sx == 1 && place.sy == 1) return 0;
    printf("{\"error\":\"the picture is scaled\"}\n");
    return 1;
}

/* The other program just stopped: what is VIEW like after so many seconds, and, when that is not exact, later? */
void rest(double soon, double late) {
    if (scaled()) return;
    int number = counter_at(0);
    u64 still = now_ns();
    while (now_ns() - still < STILL_NS) {
        int now = counter_at(0);
        if (now != number) still = now_ns();
        number = now;
        sleep_ns(1000000);
    }
    double exact_ms = -1;
    struct likeness at = {0};
    for (int k = 0; k < 2 && exact_ms < 0; k++) {
        u64 stop = still + (u64)((k ? late : soon) * 1e9);
        while (exact_ms < 0 && now_ns() < stop) {
            if (!compare(8).wrong && !compare(1).wrong) exact_ms = (now_ns() - still) / 1e6;
            else sleep_ns(12000000);
        }
        sleep_until(stop);
        at = compare(1);
        if (!k)
            printf("{\"shown\":%.2f,\"exact\":%.4f,\"near\":%.2f,\"luma\":%.2f", 100.0 * at.all / ((screen_w - 28.0) * (screen_h - 28)),
                   at.exact, at.near, at.luma);
    }
    printf(",\"ms_to_exact\":%.0f,\"exact_late\":%.4f,\"wrong\":%ld,\"box\":[%d,%d,%d,%d]}\n", exact_ms, at.exact, at.wrong,
           at.left, at.top, at.right, at.bottom);
}

void quality(int flips) {
    if (scaled()) return;
    pointer_to(screen_w - 2, screen_h - 2);
    sleep_ns(500000000);
    printf("{\"pages\":[");
    for (int flip = 0; flip < flips; flip++) {
        tell(OP_PAGE, 1 + flip % (PAGES - 1), 0);
        u64 start = now_ns();
        double readable = -1, final = -1;
        struct likeness at[2];
        for (int k = 0; k < 2; k++) {
            u64 stop = start + (k ? 2000000000ull : 200000000ull);
            while (now_ns() + 6000000 < stop) {
                if (readable < 0 || final < 0) {
                    struct likeness now = compare(8);
                    double ms = (now_ns() - start) / 1e6;
                    if (readable < 0 && now.luma >= 30) readable = ms;
                    if (final < 0 && now.exact >= 99.9) final = ms;
                }
                u64 next = now_ns() + 12000000;
                sleep_until(next < stop ? next : stop);
            }
            sleep_until(stop);
            at[k] = compare(1);
        }
        printf("%s{\"ms_to_30dB\":%.0f,\"ms_to_exact\":%.0f", flip ? "," : "", readable, final);
        print("0.2s", at[0]);
        print("2s", at[1]);
        printf("}");
    }
    printf("]}\n");
    tell(OP_MODE, REACT_NONE, 0);
}
