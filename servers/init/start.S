/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where init begins, RDI its boot information; and the page in which the thread of a server that is
 * down waits.
 *
 * That page is mapped into every server. Its code uses no memory at all: supervise.c sets the
 * registers below and lets the server's own thread run here. It answers whoever calls the server at
 * once: with RBP as label, or, when the badge's channel is set in the mask R13, as the guest is
 * answered. When R14, a time stamp, is over, it traps instead, and init starts the server anew.
 */
#include "parked.h"

    .text
    .global _start
_start:
    xor     %ebp, %ebp
    call    init_start
    ud2

    .section .parked, "ax", @progbits
    .balign 4096
    .global parked_page
parked_page:
    mov     $PARKED_SLOT_ENDPOINT, %edi
    mov     $PARKED_SYS_RECV, %rdx
    xor     %esi, %esi
.Lwait:
    mov     $PARKED_SLOT_REPLY, %r12d
    xor     %r10d, %r10d
    xor     %r8d, %r8d
    xor     %r9d, %r9d
    xor     %r15d, %r15d
    mov     %rsp, %rbx
    syscall
    bt      $PARKED_BADGE_CALL, %rdi
    jnc     .Lignore                /* a signal */
    rdtsc
    shl     $32, %rdx
    or      %rdx, %rax
    cmp     %r14, %rax
    jae     .Ldue
    movzbl  %dil, %ecx
    mov     %rbp, %rsi
    cmp     $64, %ecx
    jae     .Lanswer
    bt      %rcx, %r13
    jnc     .Lanswer
    mov     $PARKED_GUEST_INFO, %rsi
.Lanswer:
    mov     $PARKED_SLOT_ENDPOINT, %edi
    mov     $PARKED_SYS_REPLY_RECV, %rdx
    jmp     .Lwait
.Lignore:
    jmp     parked_page
.Ldue:
    ud2
    .balign 4096, 0xcc

    .section .note.GNU-stack, "", @progbits
