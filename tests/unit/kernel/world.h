/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A booted kernel on the build machine: the first thread's capabilities, and a way to call methods.
 *
 * Each test starts its own world. Every call made through it is carried through to its end and
 * followed by the kernel's check of itself.
 */
#ifndef WORLD_H
#define WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cnode.h"
#include "host.h"
#include "invoke.h"
#include "page.h"
#include "pagetable.h"
#include "selfcheck.h"
#include "tcb.h"
#include "untyped.h"
#include <abi/methods.h>
#include <sel4/attributes.h>
#include <sel4/bootinfo.h>
#include <sel4/faults.h>

#define WORLD_PHYS UINT64_C(0x8000000)
#define WORLD_SIZE (UINT64_C(8) << 20)

struct world {
    struct tcb *thread; /* the first one */
    struct cspace cspace;
    const seL4_BootInfo *info;
    uint64_t results[seL4_MsgMaxLength];
    uint64_t result_length;
    unsigned steps; /* of the last call: how often it had to be made */
    unsigned most_steps;
};

extern struct world world;

int world_start(void **state);

/* A method's words. */
#define WORDS(...) ((const uint64_t[seL4_MsgMaxLength]){__VA_ARGS__})

/* The error of a call with all of its words; with exactly `length` of them. */
seL4_Error world_call(seL4_CPtr cptr, uint64_t label, const uint64_t *words);
seL4_Error world_call_length(seL4_CPtr cptr, uint64_t label, const uint64_t *words,
                             uint64_t length);

/* A call that must succeed. */
#define OK(cptr, label, ...)                                                                       \
    assert_int_equal(world_call((cptr), (label), WORDS(__VA_ARGS__)), seL4_NoError)
#define FAILS(error, cptr, label, ...)                                                             \
    assert_int_equal(world_call((cptr), (label), WORDS(__VA_ARGS__)), (error))

#define CNODE seL4_CapInitThreadCNode

struct slot *world_slot(seL4_CPtr cptr);

/* The largest piece of ordinary memory, and a piece of device memory. */
seL4_CPtr world_memory(void);
seL4_CPtr world_device(void);

/* A free slot, a new one at each call. */
seL4_CPtr world_free_slot(void);

/* Makes one object of memory that has room, and returns its slot. */
seL4_CPtr world_make(seL4_ObjectType type, uint64_t bits);

#endif
