/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A thread's registers, as entry.S saves and loads them. It is the first member of struct tcb.
 *
 * SYSCALL pushes the first twelve words and nothing else: the caller's stub keeps RSP in RBX and
 * counts RAX, RDX and R11 as lost. Exceptions and interrupts save all of it, and set `whole`, and
 * such a thread goes on by IRET. Offsets are shared with the assembly through offsets.h.
 */
#ifndef X86_FRAME_H
#define X86_FRAME_H

#include <stddef.h>
#include <stdint.h>

#include "offsets.h"

struct frame {
    uint64_t rdi;   /* capability in, badge out */
    uint64_t rsi;   /* message info */
    uint64_t mr[4]; /* R10 R8 R9 R15 */
    uint64_t r14, r13;
    uint64_t r12; /* the reply capability of a receiver */
    uint64_t rbp;
    uint64_t rbx; /* the stack pointer of a thread in a system call */
    uint64_t rip;
    /* From here on only of a thread that was interrupted. */
    uint64_t rax, rcx, rdx, r11;
    uint64_t rflags, rsp;
    uint64_t whole; /* the thread was interrupted: load everything, by IRET */
    /* Kept by the kernel for the thread, not by the entries. */
    uint64_t fs_base;
    uint64_t trap;       /* vector of the last exception */
    uint64_t trap_error; /* its error code */
};

_Static_assert(offsetof(struct frame, rdi) == 0, "pushed last");
_Static_assert(offsetof(struct frame, rsi) == FRAME_RSI, "offsets.h");
_Static_assert(offsetof(struct frame, mr) == FRAME_MR0, "offsets.h");
_Static_assert(offsetof(struct frame, r14) == FRAME_R14, "offsets.h");
_Static_assert(offsetof(struct frame, rip) == FRAME_RIP, "offsets.h");
_Static_assert(offsetof(struct frame, rax) == FRAME_PUSHED, "offsets.h");
_Static_assert(offsetof(struct frame, r11) == FRAME_R11, "offsets.h");
_Static_assert(offsetof(struct frame, rflags) == FRAME_RFLAGS, "offsets.h");
_Static_assert(offsetof(struct frame, rsp) == FRAME_RSP, "offsets.h");
_Static_assert(offsetof(struct frame, whole) == FRAME_WHOLE, "offsets.h");
_Static_assert(offsetof(struct frame, trap) == FRAME_TRAP, "offsets.h");
_Static_assert(offsetof(struct frame, trap_error) == FRAME_TRAP_ERROR, "offsets.h");

/* A thread's floating-point state: XSAVE's layout with x87, SSE and AVX. */
#define MACHINE_FPU_BYTES 832u

/* Where user programs may be: below this, and above the first page. */
#define USER_TOP UINT64_C(0x00007ffffffff000)

#endif
