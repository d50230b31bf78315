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

/* Follows both counters. With `counted` off it only lets the time pass. */
static void follow(double seconds, int counted) {
    static u64 painted_at[NUMBERS];
    static struct series gaps, ages;
    memset(painted_at, 0, sizeof painted_at);
    gaps.count = ages.count = 0;
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
           "\"gap_max\":%.1f,\"lat_p50\":%.1f,\"lat_p95\":%.1f,\"lat_max\":%.1f}\n",
           took, painted, seen, backwards, seen / took, percentile(&gaps, .5), percentile(&gaps, .95), percentile(&gaps, 1),
           percentile(&ages, .5), percentile(&ages, .95), percentile(&ages, 1));
}

void frames(int kind, double seconds) {
    if (!kind) {
        sleep_ns(500000000);
        follow(seconds, 0);
        return;
    }
    pointer_to(screen_w - 2, screen_h - 2);
    tell(OP_WORK, kind, work_fps[kind]);
    sleep_ns(FEET_NS); /* the encoder finds its feet */
    follow(seconds, 1);
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
    follow(seconds, 1);
}
