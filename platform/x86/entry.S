/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every way into the kernel and out of it.
 *
 *   entry_syscall    a thread's SYSCALL; leaves by leave_syscall or by machine_resume
 *   trap_stubs       256 of 16 bytes each: exceptions and interrupts, on IST stacks of their own
 *   machine_resume   out into a thread, by SYSRET or, if it was interrupted, by IRET
 *
 * The kernel runs with interrupts off on one stack per processor and never keeps anything on it
 * across an exit: a thread's state is its struct frame. A trap at CPL0 is never survived, but for an
 * NMI and for an interrupt that ends the idle wait.
 */
#include "offsets.h"

    .text

/*
 * In: RDX number, RDI capability, RSI message info, R10 R8 R9 R15 words, R12 reply, RBX the stack
 * pointer, RCX the next instruction. All of it goes into the running thread's frame.
 */
    .balign 64
    .global entry_syscall
entry_syscall:
    swapgs
    mov     %gs:CPU_FRAME_TOP, %rsp
    push    %rcx
    push    %rbx
    push    %rbp
    push    %r12
    push    %r13
    push    %r14
    push    %r15
    push    %r9
    push    %r8
    push    %r10
    push    %rsi
    push    %rdi
    mov     %gs:CPU_STACK_TOP, %rsp
    lock incq %gs:CPU_ENTRIES
    cmp     $SYSCALL_CALL, %rdx
    jne     1f
    mov     %gs:CPU_SELF, %rdx
    call    ipc_call
    jmp     leave_syscall
1:  cmp     $SYSCALL_REPLY_RECV, %rdx
    jne     2f
    mov     %r12, %rcx
    mov     %gs:CPU_SELF, %rdx
    call    ipc_reply_recv

/*
 * RAX: the frame of a thread; it holds what its system call returns. What the call does not return
 * comes back as zero, so that no kernel value leaves; so does the GS base, which a thread may set
 * but not keep.
 */
leave_syscall:
    mov     FRAME_RDI(%rax), %rdi
    mov     FRAME_RSI(%rax), %rsi
    mov     FRAME_MR0(%rax), %r10
    mov     FRAME_MR1(%rax), %r8
    mov     FRAME_MR2(%rax), %r9
    mov     FRAME_MR3(%rax), %r15
    mov     FRAME_R14(%rax), %r14
    mov     FRAME_R13(%rax), %r13
    mov     FRAME_R12(%rax), %r12
    mov     FRAME_RBP(%rax), %rbp
    mov     FRAME_RBX(%rax), %rbx
    mov     FRAME_RIP(%rax), %rcx
    mov     %gs:CPU_USER_FLAGS, %r11
    xor     %edx, %edx
    incq    %gs:CPU_ENTRIES
    mov     %rbx, %rsp
    xor     %eax, %eax
    swapgs
    wrgsbase %rax
    sysretq

2:  mov     %gs:CPU_SELF, %rdi
    mov     %rdx, %rsi
    xor     %ebp, %ebp
    call    syscall_slow
    ud2

/* void machine_resume(struct frame *) */
    .global machine_resume
machine_resume:
    mov     %rdi, %rax
    cmpq    $0, FRAME_WHOLE(%rax)
    je      leave_syscall
    movq    $0, FRAME_WHOLE(%rax)
    mov     %gs:CPU_STACK_TOP, %rsp
    pushq   $USER_DS
    pushq   FRAME_RSP(%rax)
    pushq   FRAME_RFLAGS(%rax)
    pushq   $USER_CS
    pushq   FRAME_RIP(%rax)
    incq    %gs:CPU_ENTRIES
    swapgs
    xor     %ecx, %ecx
    wrgsbase %rcx
    mov     FRAME_RDI(%rax), %rdi
    mov     FRAME_RSI(%rax), %rsi
    mov     FRAME_MR0(%rax), %r10
    mov     FRAME_MR1(%rax), %r8
    mov     FRAME_MR2(%rax), %r9
    mov     FRAME_MR3(%rax), %r15
    mov     FRAME_R14(%rax), %r14
    mov     FRAME_R13(%rax), %r13
    mov     FRAME_R12(%rax), %r12
    mov     FRAME_RBP(%rax), %rbp
    mov     FRAME_RBX(%rax), %rbx
    mov     FRAME_RCX(%rax), %rcx
    mov     FRAME_RDX(%rax), %rdx
    mov     FRAME_R11(%rax), %r11
    mov     FRAME_RAX(%rax), %rax
    iretq

/* void machine_restart_stack(struct cpu *, void (*)(struct cpu *)) */
    .global machine_restart_stack
machine_restart_stack:
    mov     CPU_STACK_TOP(%rdi), %rsp
    xor     %ebp, %ebp
    call    *%rsi
    ud2

/* Where another processor begins: RDI is its struct cpu, the stack is its own. */
    .global machine_cpu_entry
machine_cpu_entry:
    xor     %ebp, %ebp
    call    processor_start
    ud2

/* void machine_wait(struct cpu *): the only place with interrupts on; one throws the stack away.
   An NMI does not, so wait again. */
    .global machine_wait
machine_wait:
    sti
1:  hlt
    jmp     1b

/* On the trap stack: vector, error code, RIP, CS, RFLAGS, RSP, SS. */
trap_entry:
    testb   $3, 24(%rsp)
    jz      trap_at_cpl0
    swapgs
    cld
    clac
    push    %rax
    mov     %gs:CPU_FRAME_TOP, %rax
    sub     $FRAME_PUSHED, %rax
    mov     %rdi, FRAME_RDI(%rax)
    mov     %rsi, FRAME_RSI(%rax)
    mov     %r10, FRAME_MR0(%rax)
    mov     %r8, FRAME_MR1(%rax)
    mov     %r9, FRAME_MR2(%rax)
    mov     %r15, FRAME_MR3(%rax)
    mov     %r14, FRAME_R14(%rax)
    mov     %r13, FRAME_R13(%rax)
    mov     %r12, FRAME_R12(%rax)
    mov     %rbp, FRAME_RBP(%rax)
    mov     %rbx, FRAME_RBX(%rax)
    mov     %rcx, FRAME_RCX(%rax)
    mov     %rdx, FRAME_RDX(%rax)
    mov     %r11, FRAME_R11(%rax)
    popq    FRAME_RAX(%rax)
    popq    FRAME_TRAP(%rax)
    popq    FRAME_TRAP_ERROR(%rax)
    popq    FRAME_RIP(%rax)
    pop     %rcx
    popq    FRAME_RFLAGS(%rax)
    popq    FRAME_RSP(%rax)
    movq    $1, FRAME_WHOLE(%rax)
    mov     %gs:CPU_STACK_TOP, %rsp
    lock incq %gs:CPU_ENTRIES
    mov     %gs:CPU_SELF, %rdi
    mov     %rax, %rsi
    xor     %ebp, %ebp
    call    trap_user
    ud2

trap_at_cpl0:
    cmpq    $2, (%rsp)
    jne     1f
    add     $16, %rsp
    iretq
1:  cmpq    $32, (%rsp)
    jb      2f
    testb   $2, 33(%rsp)        /* RFLAGS.IF: on nowhere but in machine_wait */
    jz      2f
    mov     (%rsp), %rsi
    mov     %gs:CPU_SELF, %rdi
    mov     %gs:CPU_STACK_TOP, %rsp
    xor     %ebp, %ebp
    call    trap_idle
    ud2
2:  push    %r15
    push    %r14
    push    %r13
    push    %r12
    push    %r11
    push    %r10
    push    %r9
    push    %r8
    push    %rbp
    push    %rdi
    push    %rsi
    push    %rdx
    push    %rcx
    push    %rbx
    push    %rax
    mov     %rsp, %rdi
    cld
    call    trap_fatal
    ud2

/* The IDT's targets. The processor pushes an error code for the vectors named here, else we do. */
    .balign 16
    .global trap_stubs
trap_stubs:
    .set    vector, 0
    .rept   256
    .balign 16
    .if     !((vector == 8) || ((vector >= 10) && (vector <= 14)) || (vector == 17) || (vector == 21) || (vector == 29) || (vector == 30))
    pushq   $0
    .endif
    pushq   $vector
    jmp     trap_entry
    .set    vector, vector + 1
    .endr

    .section .note.GNU-stack, "", @progbits
