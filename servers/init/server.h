/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One server as init knows it: its manifest entry, its objects, its memory.
 *
 * Built once before the seal. What supervision needs afterwards is in here too: which memory is
 * cleared and filled again, what happened so far. init's own entry is one of these, with the parts
 * a first thread has anyway.
 */
#ifndef INIT_SERVER_H
#define INIT_SERVER_H

#include <manifest.h>
#include <svsm/start.h>

#include "archive.h"
#include "image.h"
#include "policy.h"
#include "space.h"

enum area_kind {
    AREA_CODE,  /* the measured image itself, read-only */
    AREA_DATA,  /* from the image, writable */
    AREA_BLOCK, /* the server's own page */
    AREA_STACK,
    AREA_HEAP,
    AREA_START,  /* the start page and the parked code: read-only, init's */
    AREA_SHARED, /* channels, regions, message frames, pages the host sees */
    AREA_KINDS,
};

/* Memory that is cleared and filled at every start. */
struct area {
    uint8_t *mine; /* where init sees it */
    uint64_t size;
    const uint8_t *source; /* file bytes that go to mine + skew */
    uint64_t skew;
    uint64_t filled;
};

#define SERVER_AREAS (IMAGE_SEGMENTS + 3u)

enum server_state {
    SERVER_DOWN, /* and stays so; or not started yet */
    SERVER_RUNNING,
    SERVER_AWAY, /* to be restarted when its time has come and somebody calls */
};

/* What the watchdog saw last. */
struct watch {
    uint64_t calls; /* received so far */
    uint64_t ticks; /* since when the same one waits */
};

struct server {
    const struct manifest_server *entry;
    unsigned number; /* in the manifest, and here */
    seL4_CPtr tcb, cnode, endpoint, reply, notification;
    seL4_CPtr interrupts[MANIFEST_INTERRUPTS];
    struct space space;
    struct image image;
    uint64_t next_va;
    struct area areas[SERVER_AREAS];
    unsigned area_count;
    uint32_t pages[AREA_KINDS];

    struct svsm_start *start;       /* init's view; the server reads it */
    const struct svsm_block *block; /* the server writes it: hostile */
    uint64_t start_va, block_va, parked_va, stack_top;
    uint64_t guest_channels; /* bit n: channel n is the guest's */

    struct watch watch;
    enum server_state state;
    struct policy policy;
    uint64_t started; /* time stamp */
    uint64_t faults, exits, overruns;
    uint64_t cost_clock, cost_pages; /* of the last restart */
};

/* The badge of faults of server n at init: nothing a call or a signal can look like. */
#define FAULT_BADGE(n) (UINT64_C(1) << 60 | (uint64_t)(n))

/* Before all others: where faults go to, and the frames of init's own image. */
void servers_start(const seL4_BootInfo *info, seL4_CPtr faults);

/* Everything but channels, rights and registers. */
void server_build(struct server *server, const struct manifest_server *entry);

/* A place in the server's address space for `pages` pages, between pages that are not mapped. */
uint64_t server_place(struct server *server, uint64_t pages);

/* Clears and fills its memory; answers how many pages that were. */
uint64_t server_fill(const struct server *server);

/* Sets every register of a suspended thread and lets it run. */
struct entry_state {
    uint64_t rip, rsp, rdi, rbp, r13, r14, fs_base;
};
void server_resume(const struct server *server, const struct entry_state *at);

/* Starts it at its entry. Its memory is filled and its start page written. */
void server_enter(const struct server *server);

#endif
