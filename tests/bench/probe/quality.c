/* A full page of text flips: how exact is it after 0.2 s and 2 s, when is it readable, when exact? Needs scale 1. */
#include "probe.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

struct likeness { double psnr, luma, exact, near; }; /* dB, dB, % of pixels, % within 8 levels */

/* Compares the two pictures, every `step`th row, without the outermost pixels. */
static struct likeness compare(int step) {
    double squares = 0, luma_squares = 0;
    long all = 0, exact = 0, near = 0;
    for (int y = 8; y < 1060; y += step) {
        int view_y = y + (int)place.y;
        if (view_y < 0 || view_y >= view.h) continue;
        const unsigned char *a = host.pixels + (size_t)y * host.stride, *b = view.pixels + (size_t)view_y * view.stride;
        for (int x = 8; x < 1900; x++) {
            int view_x = x + (int)place.x;
            if (view_x < 0 || view_x >= view.w) continue;
            int blue = a[x * 4] - b[view_x * 4], green = a[x * 4 + 1] - b[view_x * 4 + 1], red = a[x * 4 + 2] - b[view_x * 4 + 2];
            all++;
            exact += !(blue | green | red);
            near += abs(blue) <= 8 && abs(green) <= 8 && abs(red) <= 8;
            squares += blue * blue + green * green + red * red;
            double difference = .114 * blue + .587 * green + .299 * red;
            luma_squares += difference * difference;
        }
    }
    double full = 255.0 * 255.0 * all;
    return (struct likeness){
        .psnr = squares ? 10 * log10(full * 3 / squares) : 99,
        .luma = luma_squares > 1e-9 * all ? fmin(99, 10 * log10(full / luma_squares)) : 99,
        .exact = 100.0 * exact / all,
        .near = 100.0 * near / all,
    };
}

static void print(const char *when, struct likeness l) {
    printf(",\"psnr_%s\":%.2f,\"luma_%s\":%.2f,\"exact_%s\":%.2f,\"near_%s\":%.2f", when, l.psnr, when, l.luma, when, l.exact, when, l.near);
}

void quality(int flips) {
    if (place.sx != 1 || place.sy != 1) {
        printf("{\"error\":\"the picture is scaled\"}\n");
        return;
    }
    pointer_to(W - 2, H - 2);
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
