/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What init knows about the servers, in a region of the manifest called "statistics": init writes,
 * the others may read.
 *
 * init brings it up to date whenever a server ends or starts, and when somebody with a channel to
 * it sends SVSM_STATISTICS_CALL (no words, no results). Numbers of one server belong together when
 * "changes" was even and the same before and after they were read. What a server says about itself
 * (calls to heap_used) is copied from its own page and as trustworthy as the server.
 */
#ifndef SVSM_STATISTICS_H
#define SVSM_STATISTICS_H

#include <svsm/start.h>

#define SVSM_STATISTICS_MAGIC UINT64_C(0x3153544154535653) /* "SVSTATS1" in memory order */
#define SVSM_STATISTICS_NAME  "statistics"
#define SVSM_STATISTICS_MOST  16u

#define SVSM_STATUS_CALL     1u /* labels of calls to init: say the status lines, if it may */
#define SVSM_STATISTICS_CALL 3u /* bring the region up to date */

enum svsm_server_state {
    SVSM_SERVER_DOWN = 0, /* for good */
    SVSM_SERVER_RUNNING = 1,
    SVSM_SERVER_AWAY = 2, /* waits before it is started again */
};

struct svsm_server_statistics {
    char name[SVSM_NAME_BYTES];
    uint32_t changes; /* odd: being written */
    uint32_t state;   /* enum svsm_server_state */
    uint64_t generation;
    uint64_t restarts;
    uint64_t faults;
    uint64_t exits;
    uint64_t overruns;
    uint64_t pages; /* of its own, 4 KiB each: all it was given, tables and objects included */
    uint64_t stack;
    uint64_t heap;
    uint64_t calls;
    uint64_t answers;
    uint64_t signals;
    uint64_t refused;
    uint64_t stack_used;
    uint64_t heap_used;
};

struct svsm_statistics {
    uint64_t magic;
    uint32_t count; /* rows, in the order of the manifest */
    uint32_t reserved;
    uint64_t reserved2[6];
    struct svsm_server_statistics servers[SVSM_STATISTICS_MOST];
};

_Static_assert(sizeof(struct svsm_statistics) <= 4096, "one page");

#endif
