/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Numbers that assembly and C must agree on: struct frame, the head of struct cpu, selectors,
 * stacks. frame.h and microkernel/cpu.h assert that they are true.
 */
#ifndef X86_OFFSETS_H
#define X86_OFFSETS_H

/* struct frame */
#define FRAME_RDI        0
#define FRAME_RSI        8
#define FRAME_MR0        16
#define FRAME_MR1        24
#define FRAME_MR2        32
#define FRAME_MR3        40
#define FRAME_R14        48
#define FRAME_R13        56
#define FRAME_R12        64
#define FRAME_RBP        72
#define FRAME_RBX        80
#define FRAME_RIP        88
#define FRAME_PUSHED     96 /* what SYSCALL saves ends here */
#define FRAME_RAX        96
#define FRAME_RCX        104
#define FRAME_RDX        112
#define FRAME_R11        120
#define FRAME_RFLAGS     128
#define FRAME_RSP        136
#define FRAME_WHOLE      144
#define FRAME_FS_BASE    152
#define FRAME_TRAP       160
#define FRAME_TRAP_ERROR 168

/* struct cpu */
#define CPU_SELF       0
#define CPU_FRAME_TOP  8
#define CPU_STACK_TOP  16
#define CPU_ENTRIES    24
#define CPU_USER_FLAGS 32

/* Selectors, in the order SYSCALL and SYSRET demand. */
#define KERNEL_CS 0x08
#define KERNEL_DS 0x10
#define USER_DS   0x1b
#define USER_CS   0x23
#define TSS_SEL   0x28

/* A processor's stacks: each of one page or two, with an unmapped page below it. */
#define STACK_STRIDE   0x10000
#define TRAP_STACK_TOP 0x8000 /* IST1: exceptions and interrupts; one page */
#define FATAL_TOP      0xa000 /* IST2: #DF, NMI, #MC; one page */
#define STACK_TOP      0x4000 /* the kernel's own: three pages */
#define STACK_PAGES    3

/* System calls that have a fast path. */
#define SYSCALL_CALL       -1
#define SYSCALL_REPLY_RECV -2

#define VECTOR_RESCHEDULE 0xf0
#define VECTOR_TIMER      0xf1
#define VECTOR_SPURIOUS   0xff

#endif
