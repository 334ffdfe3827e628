/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where init enters a server, the first time and after every restart: RDI the start page, RSP the
 * stack's end, FS base the server's own page. The floating-point state may be that of the life
 * before. The canary comes from RDRAND, its lowest byte 0 so that no string runs over it; without
 * random numbers the server does not start.
 */
    .set CANARY, 0x28
    .set EXIT_NO_RANDOM, 0x5356455803000001 /* SVSM_EXIT(SVSM_EXIT_START, 1) */

    .text
    .global _start
_start:
    cld
    fninit
    ldmxcsr initial_mxcsr(%rip)
    mov     $100, %ecx
1:  rdrand  %rax
    jc      2f
    dec     %ecx
    jnz     1b
    movabs  $EXIT_NO_RANDOM, %rdx
    mov     %rsp, %rbx
    syscall
    ud2
2:  xor     %al, %al
    mov     %rax, %fs:CANARY
    xor     %eax, %eax
    xor     %ebp, %ebp
    call    start_main
    ud2

    .section .rodata
    .balign 4
initial_mxcsr:
    .long 0x1f80

    .section .note.GNU-stack, "", @progbits
