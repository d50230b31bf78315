/* rdprobe HOST_DISPLAY VIEW_DISPLAY HOST_BUFFER VIEW_BUFFER: the measuring half of the bench.
 *
 * A forked child is the target (target.c); the parent reads commands on stdin and answers each with one line of JSON. It
 * runs as SCHED_FIFO where it may, so that it looks at the pixels on time even when the product takes all of the CPU.
 */
#define _GNU_SOURCE
#include "probe.h"
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

struct shared *shared;
static int to_target;

int post(int op, int value, int fps) {
    struct message message = {op, value, fps};
    return write(to_target, &message, sizeof message) == sizeof message ? 0 : -1;
}

int tell(int op, int value, int fps) {
    u32 before = shared->acknowledged;
    if (post(op, value, fps)) return -1;
    for (int i = 0; i < 40000 && shared->acknowledged == before; i++) sleep_ns(100000);
    return shared->acknowledged == before ? -1 : 0;
}

static int work_of(const char *name) {
    for (int i = 0; i < WORKS; i++)
        if (!strcmp(name, work_names[i])) return i;
    return WORK_IDLE;
}

static void answer(const char *line) {
    char name[32] = "", more[200] = "";
    double number = 0, late = 0;
    if (!strncmp(line, "calibrate", 9)) calibrate();
    else if (sscanf(line, "place %lf %lf %lf %lf", &place.x, &place.y, &place.sx, &place.sy) == 4) printf("{\"ok\":true}\n");
    else if (sscanf(line, "latency %31s %lf %199s", name, &number, more) >= 2) latency(name, (int)number, work_of(more));
    else if (sscanf(line, "appear %31s %lf", name, &number) == 2) appear(atoi(name), number);
    else if (sscanf(line, "frames %31s %lf", name, &number) == 2) frames(work_of(name), number);
    else if (sscanf(line, "watch %lf", &number) == 1) watch(number);
    else if (!strncmp(line, "aside", 5)) printf("{\"rc\":%d}\n", tell(OP_WORK, WORK_OTHER, 0));
    else if (!strncmp(line, "back", 4)) printf("{\"rc\":%d}\n", tell(OP_WORK, WORK_IDLE, 0));
    else if (sscanf(line, "rest %lf %lf", &number, &late) == 2) rest(number, late);
    else if (!strncmp(line, "park", 4)) pointer_to(screen_w - 2, screen_h - 2), printf("{\"ok\":true}\n");
    else if (sscanf(line, "quality %lf", &number) == 1) quality((int)number);
    else if (sscanf(line, "dump %31s %199s", name, more) == 2) printf("{\"rc\":%d}\n", dump(name, more));
    else printf("{\"error\":\"no such command\"}\n");
}

int main(int count, char **arguments) {
    if (count < 5) {
        fprintf(stderr, "usage: rdprobe HOST_DISPLAY VIEW_DISPLAY HOST_BUFFER VIEW_BUFFER\n");
        return 2;
    }
    int ends[2];
    if (pipe(ends)) return 1;
    shared = mmap(0, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) return 1;
    signal(SIGPIPE, SIG_IGN);
    pid_t target = fork();
    if (target < 0) return 1;
    if (!target) {
        close(ends[1]);
        target_run(arguments[1], ends[0]);
    }
    close(ends[0]);
    to_target = ends[1];
    screens_open(arguments[2], arguments[1], arguments[4], arguments[3]);
    for (int i = 0; i < 200 && !shared->acknowledged; i++) sleep_ns(50000000);
    if (!shared->acknowledged) {
        fprintf(stderr, "the target did not start\n");
        return 1;
    }
    prctl(PR_SET_TIMERSLACK, 1000);
    struct sched_param priority = {.sched_priority = 5};
    if (sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &priority)) perror("note: no SCHED_FIFO");
    setvbuf(stdout, 0, _IOLBF, 0);
    chance_seed((u32)now_ns());
    printf("{\"ready\":true,\"target_pid\":%d}\n", target);
    char line[256];
    while (fgets(line, sizeof line, stdin) && strncmp(line, "quit", 4)) answer(line);
    if (post(OP_QUIT, 0, 0)) kill(target, SIGKILL);
    return 0;
}
