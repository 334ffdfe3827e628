/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A bzImage of our own: what `igvm build --guest-kernel` reads of the x86 boot protocol, and the
 * 64-bit entry 512 bytes into the code. Other processors begin at processor_entry, in 64-bit mode
 * on the same tables, with RDI and the stack as their saved state says.
 */
    .section .header, "ax"
    .globl entry
image:
    .org 0x1f1
    .byte 0                     /* setup_sects: one sector, this one */
    .org 0x1fe
    .word 0xaa55
    .byte 0xeb, 0x66            /* a jump over the header, which nobody takes */
    .ascii "HdrS"
    .word 0x020f                /* protocol 2.15 */
    .org 0x211
    .byte 1                     /* loaded high */
    .org 0x22c
    .long 0x7fffffff            /* the initramfs below 2 GiB */
    .org 0x236
    .word 1                     /* there is a 64-bit entry */
    .long 1024                  /* of the command line */
    .org 0x258
    .quad 0x1000000             /* where it is linked */
    .long 0x400000              /* memory it needs there */
    .org 0x400                  /* in the file; 0x200 in memory */
entry:
    lea     stack_top(%rip), %rsp
    xor     %ebp, %ebp
    call    guest_start
    ud2

    .text
    .globl processor_entry
processor_entry:
    xor     %ebp, %ebp
    call    processor_start
    ud2

/* void svsm_enter(struct svsm_call *, uint64_t msr): the registers, WRMSR unless of 0, VMGEXIT, and
   back. What is no register of a call must be as it was. */
    .globl svsm_enter
svsm_enter:
    .irp    register, rbx, rbp, r12, r13, r14, r15
    push    %\register
    .endr
    mov     %rdi, %rbx
    mov     %rsi, %rax
    mov     %rsi, %rdx
    shr     $32, %rdx
    mov     $0xc0010130, %ecx
    test    %rsi, %rsi
    jz      1f
    wrmsr
1:
    mov     0(%rbx), %rax
    mov     8(%rbx), %rcx
    mov     16(%rbx), %rdx
    mov     24(%rbx), %r8
    mov     32(%rbx), %r9
    .irp    register, rsi, rdi, rbp, r10, r11, r12, r13, r14, r15
    mov     %rbx, %\register
    .endr
    rep; vmmcall
    .irp    register, rsi, rdi, rbp, r10, r11, r12, r13, r14, r15
    cmp     %rbx, %\register
    jne     2f
    .endr
    mov     %rax, 0(%rbx)
    mov     %rcx, 8(%rbx)
    mov     %rdx, 16(%rbx)
    mov     %r8, 24(%rbx)
    mov     %r9, 32(%rbx)
    .irp    register, r15, r14, r13, r12, rbp, rbx
    pop     %\register
    .endr
    ret
2:  ud2

/* Every vector below 32: which one it was is its distance from here. */
    .balign 16
    .globl trap_stubs
trap_stubs:
    .set    vector, 0
    .rept   32
    .balign 16
    mov     $vector, %edi
    mov     (%rsp), %rsi
    mov     8(%rsp), %rdx
    call    trap
    .set    vector, vector + 1
    .endr

    .bss
    .balign 4096
stack:
    .skip   16384
stack_top:
    .section .note.GNU-stack, "", @progbits
