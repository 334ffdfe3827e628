/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * setjmp and longjmp: the registers a called function must preserve, the stack and the way back.
 * The floating-point control words are constants in a server and not saved.
 */
    .text
    .globl setjmp
    .globl _setjmp
    .type setjmp, @function
setjmp:
_setjmp:
    movq %rbx, 0(%rdi)
    movq %rbp, 8(%rdi)
    movq %r12, 16(%rdi)
    movq %r13, 24(%rdi)
    movq %r14, 32(%rdi)
    movq %r15, 40(%rdi)
    leaq 8(%rsp), %rdx              /* the stack as it is after the return */
    movq %rdx, 48(%rdi)
    movq (%rsp), %rdx
    movq %rdx, 56(%rdi)
    xorl %eax, %eax
    ret
    .size setjmp, . - setjmp

    .globl longjmp
    .globl __longjmp_chk
    .type longjmp, @function
longjmp:
__longjmp_chk:
    movl %esi, %eax
    testl %eax, %eax
    jnz 1f
    incl %eax                       /* setjmp never returns 0 twice */
1:  movq 0(%rdi), %rbx
    movq 8(%rdi), %rbp
    movq 16(%rdi), %r12
    movq 24(%rdi), %r13
    movq 32(%rdi), %r14
    movq 40(%rdi), %r15
    movq 48(%rdi), %rsp
    jmpq *56(%rdi)
    .size longjmp, . - longjmp

    .section .note.GNU-stack, "", @progbits
