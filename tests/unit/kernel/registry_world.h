/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A guest's processors for tests of the kernel's vCPUs: a few pages with their rights, and a host
 * that starts a created vCPU by itself, at any moment of ours.
 *
 * The kernel's vcpu.c, vcpu_calls.c, core.c and pagestate.c run above it unchanged, one processor
 * at a time. What the hardware would punish fails the test: a page looked at that is not mapped or
 * not valid, saved state that is written by who may not, a call that is answered twice or never,
 * and a vCPU that is sent back to its guest with a call nobody has looked at.
 */
#ifndef REGISTRY_WORLD_H
#define REGISTRY_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core.h"
#include "cpu.h"
#include "pagestate.h"
#include "vcpu.h"
#include <svsm/result.h>

#define WORLD_PAGES  16u
#define WORLD_RANGE  4u /* of them lie in a range */
#define WORLD_VCPUS  4u
#define WORLD_CPUS   (WORLD_VCPUS + 1) /* the last one never came up */
#define WORLD_OTHER  WORLD_CPUS        /* a processor that only holds pages */
#define WORLD_OURS   UINT64_C(0x800000)
#define WORLD_HOLE   UINT64_C(0x7fffff000)
#define WORLD_SERVER 3u /* a protocol that a server has; it answers when the test says so */

/* Moments of a processor's turn at which the host can start its guest. */
enum moment { BEFORE_LOOK, AFTER_LOOK, AT_IDLE, AT_RUN, NEVER };

struct processor {
    uint64_t vmsa, area;       /* that are mapped */
    bool calls;                /* the guest has left by a call... */
    struct guest_call call;    /* ...this one, */
    bool taken;                /* which the kernel has */
    struct guest_call answers; /* and what it was answered last */
    uint64_t answered;         /* how often */
    uint64_t runs;             /* how often it was sent to the guest, */
    bool started;              /* where there is something to run */
};

struct registry {
    struct processor processors[WORLD_CPUS];
    uint8_t pages[WORLD_PAGES][64]; /* the first bytes of each: a flag, and what is saved state */
    uint64_t rights[WORLD_PAGES];
    bool running[WORLD_PAGES]; /* the hardware runs it */
    enum moment start_at;      /* of the next processor that comes there */
};

/* Of a page: byte 0 is a calling area's flag; these two are saved state's. */
enum { PAGE_SOUND = 1, PAGE_ENABLED = 2 };

extern struct registry registry;

/* All pages are valid; vCPU 0 runs with the calling area in page 0. */
int registry_start(void **state);

uint64_t page_gpa(int page);
uint32_t apic_id(int vcpu);

static inline struct guest_registers words(uint64_t rcx, uint64_t rdx, uint64_t r8)
{
    return (struct guest_registers){rcx, rdx, r8, ~r8};
}

/* The guest makes a call, and its processor has a turn: whether it was answered. */
bool registry_call(int vcpu, uint64_t rax, struct guest_registers registers);
/* One turn of a processor. */
bool registry_turn(int vcpu);
/* The result of the last call. */
uint64_t registry_result(int vcpu);
/* The server answers the vCPU that waits for it. */
void registry_answer(int vcpu);

/* Another processor claims the range of a page; lets it go. */
void registry_hold(int page);
void registry_release(int page);
/* As PVALIDATE would have it: between valid and invalid. */
void registry_flip(int page);
enum page_state registry_state(int page);

/* Every page has the rights that its state says. */
void registry_check(void);

#endif
