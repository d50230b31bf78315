/* Time and chance. */
#define _GNU_SOURCE
#include "probe.h"
#include <errno.h>

u64 now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (u64)t.tv_sec * 1000000000ull + t.tv_nsec;
}

double unix_ms(u64 at) {
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return t.tv_sec * 1e3 + t.tv_nsec / 1e6 - (double)(int64_t)(now_ns() - at) / 1e6;
}

void sleep_ns(u64 ns) {
    struct timespec t = {ns / 1000000000ull, ns % 1000000000ull};
    while (clock_nanosleep(CLOCK_MONOTONIC, 0, &t, &t) == EINTR) {}
}

void sleep_until(u64 at) {
    u64 now = now_ns();
    if (at > now) sleep_ns(at - now);
}

static u32 chance_state = 2463534242u;

void chance_seed(u32 seed) { chance_state = seed ? seed : 1; }

u32 chance(void) { /* xorshift */
    chance_state ^= chance_state << 13;
    chance_state ^= chance_state >> 17;
    chance_state ^= chance_state << 5;
    return chance_state;
}
