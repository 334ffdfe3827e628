/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A guest's virtual CPU: to the kernel a thread whose system calls are SVSM calls.
 *
 * There is one for each processor, made at boot; it runs on that processor when no thread is ready
 * there. Its `state` says whose it is, and changes only by compare-and-swap or by its owner: saved
 * state and calling area of a vCPU change only while it is TAKEN. Its slots change under the
 * configuration lock and are read without, like any other.
 */
#ifndef MICROKERNEL_VCPU_H
#define MICROKERNEL_VCPU_H

#include <svsm/vcpu.h>

#include "core.h"
#include "tcb.h"

struct cpu;

enum vcpu_state {
    VCPU_ABSENT = 0,   /* nothing to run: not started, or deleted */
    VCPU_GUEST = 1,    /* the host may run it; it may have made a call */
    VCPU_TAKEN = 2,    /* its processor serves it, or another one creates or deletes it */
    VCPU_WAITING = 3,  /* a server has its call */
    VCPU_ANSWERED = 4, /* `call` holds the result */
};

/* A call and then its result: RAX is protocol << 32 | call. */
struct guest_call {
    uint64_t rax;
    struct guest_registers registers;
};

/* Who serves a protocol. */
struct service {
    struct slot endpoint;
    struct slot page; /* empty unless calls carry one */
};

struct vcpu {
    struct tcb caller; /* what servers answer; never runs */
    struct service services[SVSM_PROTOCOLS];
    uint64_t page_calls[SVSM_PROTOCOLS]; /* bit n: call n carries a page */
    struct cpu *cpu;
    uint32_t state;         /* enum vcpu_state */
    uint32_t attached;      /* what is mapped on its processor is what the two below say */
    uint64_t unheard;       /* turns since it was created, and no call yet; 0: it has called */
    uint64_t vmsa;          /* physical address of the saved state */
    uint64_t area;          /* and of the calling area */
    struct guest_call call; /* waiting: as it was made; answered: as it is answered */
    uint64_t page;          /* of the server; 0: the call in hand carries none */
    uint64_t page_gpa;      /* where in the guest its bytes come from and go to */
} __attribute__((aligned(4096)));

_Static_assert(sizeof(struct vcpu) == 1u << svsm_VCpuBits, "the ABI says so");

/* As many as there are processors; 0 where there is no guest below. */
extern struct vcpu *vcpus;
extern uint32_t vcpu_count;

static inline struct vcpu *vcpu_of(struct cap cap)
{
    return window_object(cap.object);
}

/* Boot: one for each processor. */
void vcpus_make(void);

/* Changes the state from what it is expected to be; true: the vCPU is the caller's. */
bool vcpu_swap(struct vcpu *vcpu, enum vcpu_state from, enum vcpu_state to);

/* The vCPU, TAKEN by the caller, has this saved state and calling area from now on. */
void vcpu_place(struct vcpu *vcpu, uint64_t vmsa, uint64_t area);

/* On an idle processor: serves its vCPU's call, if there is one, and lets it run. False: there is
   nothing to run now. Does not return when a server is to run first. */
bool vcpu_run(struct cpu *cpu);

/* A call of a protocol that is not the kernel's. Does not return when a server has it; otherwise
   the result for RAX. */
uint64_t vcpu_call_service(struct vcpu *vcpu, const struct guest_call *call);

/* A server's answer, or the kernel's in its stead; the caller of this owns `caller`. */
void vcpu_answer(struct tcb *caller, const struct tcb *server);
void vcpu_fail(struct tcb *caller);

#endif
