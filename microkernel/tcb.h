/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A thread: its registers, what it may name (a CNode), where it lives (an address space), and what
 * it waits for.
 *
 * A thread that runs or is ready belongs to its processor `cpu`; nobody else writes it. One that
 * waits belongs to the object it waits in, and whoever takes it out there by compare-and-swap on
 * that object's word owns it from then on. `stop` is the exception: anyone who holds the
 * configuration lock may set it. What a thread is configured with (slots, priority...)
 * changes only under the configuration lock and while the thread is inactive.
 */
#ifndef TCB_H
#define TCB_H

#include <stdbool.h>
#include <stdint.h>

#include "cap.h"
#include "frame.h"

struct cpu;
struct endpoint;
struct notification;
struct reply;
struct vspace;

enum tcb_state {
    TCB_INACTIVE = 0,  /* not started, suspended, or faulted with nobody to tell */
    TCB_RUNNING = 1,   /* current on `cpu` */
    TCB_READY = 2,     /* in the run queue or the inbox of `cpu` */
    TCB_RECEIVING = 3, /* in `endpoint`, as a receiver */
    TCB_CALLING = 4,   /* in `endpoint`, as a caller nobody has received yet */
    TCB_AWAITING = 5,  /* its caller's word is in `reply` */
    TCB_WAITING = 6,   /* in `notification` */
};

/* The slots of a thread. */
enum tcb_slot {
    TCB_CSPACE,
    TCB_VSPACE,
    TCB_FAULT,        /* the endpoint its faults are told to; with its badge */
    TCB_NOTIFICATION, /* the one bound to it */
    TCB_SLOTS,
};

/* What a caller's message is about; decides what the reply does. */
enum call_kind {
    CALL_MESSAGE = 0, /* a system call: the reply is its result */
    CALL_FAULT = 1,   /* the kernel called for it: the reply lets it go on, or not */
    CALL_GUEST = 2,   /* an SVSM call: the caller is a struct vcpu's, and is never scheduled */
};

struct tcb {
    struct frame frame; /* first: entry.S */
    uint32_t state;     /* enum tcb_state */
    uint32_t priority;
    struct cspace cspace;  /* of slots[TCB_CSPACE]; empty when that is */
    struct vspace *vspace; /* of slots[TCB_VSPACE]; NULL when that is empty */
    struct cpu *cpu;
    struct reply *reply;          /* receiving: armed for the next caller; awaiting: who has us */
    struct endpoint *endpoint;    /* receiving, calling: where */
    struct notification *bound;   /* signals to it end a Recv; never NULL, see notification.h */
    struct notification *waiting; /* waiting: where */
    uint32_t queued;              /* ready: the priority it is queued with */
    struct tcb *next, *previous;  /* run queue, endpoint queue; next: inbox */
    uint64_t badge;               /* calling: what the receiver will be told */
    uint32_t call_kind;           /* calling, awaiting: enum call_kind */
    uint32_t stop;                /* wanted suspended; set under the configuration lock */
    uint64_t fault_label;         /* CALL_FAULT: the message; the registers are the thread's own */
    uint64_t fault_words[4];
    uint64_t id; /* for reports; TCB_FIRST is the first thread's */
    /* Copies of what the thread uses, in the derivation tree: revocation finds them here. */
    _Alignas(WINDOW_GRANULE) struct slot slots[TCB_SLOTS];
    _Alignas(64) uint8_t fpu[MACHINE_FPU_BYTES]; /* while it is not in the registers */
};

_Static_assert(sizeof(struct tcb) <= 1u << seL4_TCBBits, "the ABI says so");

static inline struct tcb *tcb_of(struct cap cap)
{
    return window_object(cap.object);
}

#define TCB_FIRST      1u
#define TCB_PRIORITIES 64u

/* Creates an inactive thread in zeroed memory. */
void tcb_init(struct tcb *tcb);
/* Starts or continues an inactive thread on its processor. Configuration lock held. False: it is
   not inactive, or has no address space. */
bool tcb_resume(struct tcb *tcb);
/* Whether the thread runs nowhere and waits for nothing; its frame is whole then. */
bool tcb_is_suspended(const struct tcb *tcb);
/* The thread, which the caller owns, is inactive from now on; its frame becomes whole. */
void tcb_stopped(struct tcb *tcb);
/* Takes the thread out of wherever it is. When this returns it runs nowhere. Lock held. Returns
   false when the thread is the caller itself: it stops when the system call ends. */
bool tcb_suspend(struct tcb *tcb);
/* The last capability is gone. Lock held; cpus_quiesce() before the memory is used again. */
void tcb_destroy(struct tcb *tcb);
/* At once, but for a thread that is ready on another processor: there it counts from its next turn.
 */
void tcb_set_priority(struct tcb *tcb, uint32_t priority);
/* The first of its slots that is in use; NULL: none. */
struct slot *tcb_contents(struct tcb *tcb);
/* One of its slots was filled or emptied: whatever is cached of it is brought up to date. A thread
   that lost its address space is suspended first. Lock held. */
void tcb_slot_changed(struct tcb *tcb, enum tcb_slot which);
/* Where an inactive thread will start. False: there is no such processor. Lock held. */
bool tcb_set_affinity(struct tcb *tcb, uint64_t cpu);
/* One register of an inactive thread, numbered as in seL4_UserContext. A value that is no good for
   its register is made harmless. */
uint64_t tcb_read_register(const struct tcb *tcb, unsigned number);
void tcb_write_register(struct tcb *tcb, unsigned number, uint64_t value);

#endif
