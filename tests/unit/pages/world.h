/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A virtual machine of pages for tests: an RMP, guest memory, processors that are threads, and a
 * host that misbehaves when told to.
 *
 * The kernel's page-state code runs above it unchanged. The RMP follows the architecture: a range
 * is one large entry or 512 small ones, PVALIDATE and RMPADJUST answer as the processor does, and
 * what would fault fails the test. Guest memory is there for the first WORLD_BACKED bytes; beyond,
 * all ranges share one scratch range for each thread. Every instruction checks the order that makes
 * it safe: a page gets rights only when it is valid and zero, and loses validity only without
 * rights.
 */
#ifndef WORLD_H
#define WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core.h"
#include "cpu.h"
#include "guestmemory.h"
#include "pagemodel.h"
#include "pagestate.h"
#include "pagestate_boot.h"
#include "panic.h"
#include "window.h"
#include <svsm/result.h>

#define MIB          (UINT64_C(1) << 20)
#define GIB          (UINT64_C(1) << 30)
#define WORLD_BACKED (UINT64_C(16) * MIB)
#define WORLD_CPUS   8u
#define WORLD_REGION                                                                               \
    (UINT64_C(128) * MIB) /* where the SVSM's memory is unless the test says so                    \
                           */

enum world_cheat {
    HONEST,
    FAIL_CODE,       /* PVALIDATE answers world.code and does nothing */
    FAIL_RIGHTS,     /* RMPADJUST answers world.code and does nothing */
    UNCHANGED,       /* PVALIDATE says the page was so already */
    SPLIT_AFTER_ONE, /* a large page is split after the next instruction on it */
};

struct vcpu {
    uint64_t calling_area;
};

struct world {
    struct boot_block block;
    uint8_t *rmp; /* WORLD_* bits, a byte a page */
    uint64_t pages;
    enum world_cheat cheat;
    unsigned cheat_at; /* the instruction on whose turn it comes, 0: the next */
    uint32_t code;
    uint64_t instructions; /* counted by single-threaded tests */
    jmp_buf *on_end;
    enum end_reason reason;
    const char *why;
    struct vcpu vcpus[WORLD_CPUS];
    bool threads; /* several run: no counting, no cheating */
};

enum { WORLD_LARGE = 1, WORLD_VALID = 2, WORLD_RIGHTS = 4, WORLD_LOADED = 8 };

extern struct world world;

/* A guest of so many bytes from 0 on, with the region in it; its map is written, nothing started.
 */
void world_prepare(uint64_t memory, uint64_t region_size);
void world_map(const struct boot_map_entry *entries, unsigned count);
/* The same, and the kernel's table over it. */
void world_start(uint64_t memory);
void world_end(void);

/* Which of the processors this thread is from now on. */
void world_be(unsigned cpu);

/* Bytes of guest memory, below WORLD_BACKED. */
void *world_at(uint64_t gpa);

/* Runs `what` and expects it to end the virtual machine. */
#define EXPECT_END(why_reason, what)                                                               \
    do {                                                                                           \
        jmp_buf jump;                                                                              \
        world.on_end = &jump;                                                                      \
        if (setjmp(jump) == 0) {                                                                   \
            what;                                                                                  \
            fail_msg("the virtual machine goes on");                                               \
        }                                                                                          \
        world.on_end = NULL;                                                                       \
        assert_int_equal(world.reason, why_reason);                                                \
    } while (0)

/* A page's state, as the table has it. */
enum page_state world_state(uint64_t gpa);

/* Table and RMP say the same of every page. */
void world_check(void);

/* Writes a list at `gpa` and makes the call from processor 0; entries from `next` on. */
struct list {
    uint16_t count, next;
    uint32_t reserved;
    uint64_t entries[510];
};
uint64_t world_pvalidate(uint64_t gpa, const struct list *list);
/* One entry, from the calling area. */
uint64_t world_one(uint64_t entry);

#define WORLD_CALLING UINT64_C(0x83000) /* processor n's calling area is n pages behind */

#endif
