/* Something plays on HOST with a counter in each frame: which frames does VIEW show, and how old are they? */
#define _GNU_SOURCE
#include "probe.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NUMBERS = 65536, STALL_MS = 500 };
/* A counter that is read while it is painted may say anything; the next frame's number is never so far from the last. */
enum { FARTHEST = 60 };
static const u64 LOOK_EVERY = 400000, FEET_NS = 1000000000, APPEARS_WITHIN_NS = 20000000000ull;
static const u64 EXACT_WITHIN_NS = 50000000; /* a letter that is not whole by then is seen to be none */

struct series { double ms[NUMBERS]; int count; };

static void add(struct series *series, double ms) {
    if (series->count < NUMBERS) series->ms[series->count++] = ms;
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Nearest rank; -1 when there is none. The series is sorted. */
static double percentile(const struct series *series, double q) {
    if (!series->count) return -1;
    int rank = (int)ceil(q * series->count);
    return series->ms[rank < 1 ? 0 : rank - 1];
}

static void finish(struct series *series) { qsort(series->ms, series->count, sizeof *series->ms, ascending); }

/* Where letters are typed: are all of its pixels the same on both? Only to be asked where the picture is not scaled. */
static int typed_alike(void) {
    for (int y = TYPED_Y; y < TYPED_Y + TYPED_H; y++) {
        const u32 *a = (const u32 *)(host.pixels + (size_t)y * host.stride) + TYPED_X;
        const u32 *b = (const u32 *)(view.pixels + (size_t)(y + (int)place.y) * view.stride) + TYPED_X + (int)place.x;
        for (int x = 0; x < TYPED_W; x++)
            if ((a[x] ^ b[x]) & 0xffffff) return 0;
    }
    return 1;
}

/* Does all of it lie in VIEW's frame buffer, pixel for pixel? */
static int typed_seen(void) {
    int left = TYPED_X + (int)place.x, top = TYPED_Y + (int)place.y;
    return place.sx == 1 && place.sy == 1 && left >= 0 && top >= 0 && left + TYPED_W <= view.w && top + TYPED_H <= view.h;
}

/* Follows both counters. With `counted` off it only lets the time pass; with `typed` each frame is a letter. */
static void follow(double seconds, int counted, int typed) {
    static u64 painted_at[NUMBERS];
    static struct series gaps, ages, exact;
    memset(painted_at, 0, sizeof painted_at);
    gaps.count = ages.count = exact.count = 0;
    int letters = 0, in_time = 0;
    u64 unlike_since = 0;
    typed = typed && typed_seen();
    int on_host = -1, on_view = -1, painted = 0, seen = 0, backwards = 0;
    u64 last_seen = 0;
    u64 start = now_ns(), end = start + seconds * 1e9;
    while (now_ns() < end) {
        if (!counted) {
            sleep_ns(50000000);
            continue;
        }
        int number = counter_at(0);
        u64 now = now_ns();
        int ahead = (int16_t)(number - on_host);
        if (number >= 0 && (on_host < 0 || (ahead > 0 && ahead <= FARTHEST))) {
            on_host = number;
            painted_at[number] = now;
            painted++;
            if (typed) {
                letters++;
                unlike_since = now;
            }
        }
        if (unlike_since && typed_alike()) {
            add(&exact, (now_ns() - unlike_since) / 1e6);
            in_time += now_ns() - unlike_since <= EXACT_WITHIN_NS;
            unlike_since = 0;
        }
        number = counter_at(1);
        now = now_ns();
        if (number >= 0 && number != on_view && painted_at[number] && (int16_t)(on_host - number) >= 0) {
            if (on_view >= 0 && (int16_t)(number - on_view) < 0) {
                backwards++;
            } else {
                if (last_seen) add(&gaps, (now - last_seen) / 1e6);
                add(&ages, (now - painted_at[number]) / 1e6);
                seen++;
                on_view = number;
                last_seen = now;
            }
        }
        sleep_ns(LOOK_EVERY);
    }
    double took = (now_ns() - start) / 1e9;
    if (last_seen && end > last_seen && (end - last_seen) / 1e6 > STALL_MS) add(&gaps, (end - last_seen) / 1e6);
    finish(&gaps);
    finish(&ages);
    printf("{\"secs\":%.2f,\"painted\":%d,\"seen\":%d,\"backwards\":%d,\"fps\":%.2f,\"gap_p50\":%.1f,\"gap_p95\":%.1f,"
           "\"gap_max\":%.1f,\"lat_p50\":%.1f,\"lat_p95\":%.1f,\"lat_max\":%.1f",
           took, painted, seen, backwards, seen / took, percentile(&gaps, .5), percentile(&gaps, .95), percentile(&gaps, 1),
           percentile(&ages, .5), percentile(&ages, .95), percentile(&ages, 1));
    if (letters) {
        finish(&exact);
        printf(",\"letters\":%d,\"exact_in_50\":%d,\"exact_p50\":%.1f,\"exact_p95\":%.1f,\"exact_max\":%.1f", letters, in_time,
               percentile(&exact, .5), percentile(&exact, .95), percentile(&exact, 1));
    }
    printf("}\n");
}

void frames(int kind, double seconds) {
    if (!kind) {
        sleep_ns(500000000);
        follow(seconds, 0, 0);
        return;
    }
    pointer_to(screen_w - 2, screen_h - 2);
    tell(OP_WORK, kind, work_fps[kind]);
    sleep_ns(FEET_NS); /* the encoder finds its feet */
    follow(seconds, 1, kind == WORK_TYPE);
    tell(OP_WORK, WORK_IDLE, 0);
}

/* Another program paints, above the target, which stepped aside. */
void watch(double seconds) {
    pointer_to(screen_w - 2, screen_h - 2);
    int first = -1, number = -1;
    for (u64 end = now_ns() + APPEARS_WITHIN_NS; first < 0 || number < 0 || number == first; sleep_ns(5000000)) {
        number = counter_at(0);
        if (first < 0) first = number;
        if (now_ns() < end) continue;
        printf("{\"error\":\"no program painted a counter\"}\n");
        return;
    }
    sleep_ns(FEET_NS);
    follow(seconds, 1, 0);
}
