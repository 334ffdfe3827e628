/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Entry, exception stubs and the way back from an exception that was asked for.
 */
	.text
	.globl entry
entry:
	leaq stack_top(%rip), %rsp
	xorl %ebp, %ebp
	call guest_main
	ud2

	.globl vmgexit
vmgexit:
	.byte 0xF3, 0x0F, 0x01, 0xD9
	ret

/* bool attempt(function, argument): offsets are struct context's */
	.globl attempt
attempt:
	pushq %rbx
	pushq %rbp
	pushq %r12
	pushq %r13
	pushq %r14
	pushq %r15
	movq %rsp, %gs:8
	movq $1, %gs:16
	movq %rdi, %rax
	movq %rsi, %rdi
	call *%rax
	xorl %eax, %eax
	jmp 1f
attempt_trapped:
	movq %gs:8, %rsp
	movl $1, %eax
1:	movq $0, %gs:16
	popq %r15
	popq %r14
	popq %r13
	popq %r12
	popq %rbp
	popq %rbx
	ret

/* uint64_t avx_probe(uint64_t *buffer): enables AVX, loads YMM3 and YMM12 from the first 64 bytes, runs
 * VMPL0, stores them to the next 64; returns XCR0. avx_spoil: the same CPU's YMMs become zero. */
	.globl avx_probe, avx_spoil
avx_enable:
	movq %cr4, %rax
	orq $0x40000, %rax
	movq %rax, %cr4
	xorl %ecx, %ecx
	xorl %edx, %edx
	movl $7, %eax
	xsetbv
	ret
avx_probe:
	call avx_enable
	vmovdqu (%rdi), %ymm3
	vmovdqu 32(%rdi), %ymm12
	movl $0xC0010130, %ecx
	movl $0x16, %eax
	xorl %edx, %edx
	wrmsr
	.byte 0xF3, 0x0F, 0x01, 0xD9
	vmovdqu %ymm3, 64(%rdi)
	vmovdqu %ymm12, 96(%rdi)
	xorl %ecx, %ecx
	xgetbv
	ret
avx_spoil:
	call avx_enable
	vzeroall
	ret

	.globl user_mode
user_mode:
	pushq $0x33			/* SS, and the stack: not used before the exception */
	pushq %rdi
	pushq $2
	pushq $0x2B			/* CS */
	pushq %rdi
	iretq

	.globl register_probe
register_probe:
	pushq %rbx
	pushq %rbp
	pushq %r12
	pushq %r13
	pushq %r14
	pushq %r15
	movq %rdi, %rbx
	movl $0xC0010130, %ecx
	movl $0x16, %eax
	xorl %edx, %edx
	wrmsr
	movq 0(%rbx), %xmm0
	movq 8(%rbx), %xmm7
	movq 16(%rbx), %xmm15
	fninit
	fldpi
	fld1
	movq 24(%rbx), %rax
	movq 32(%rbx), %rdi
	movq 40(%rbx), %rdx
	movq 48(%rbx), %rsi
	movq 56(%rbx), %rbp
	movq 64(%rbx), %r8
	movq 72(%rbx), %r9
	movq 80(%rbx), %r10
	movq 88(%rbx), %r11
	movq 96(%rbx), %r12
	movq 104(%rbx), %r13
	movq 112(%rbx), %r14
	movq 120(%rbx), %r15
	stc
	.byte 0xF3, 0x0F, 0x01, 0xD9
	movl $1, %ecx
	jnc 1f
	movl $2, %ecx
	cmpq 24(%rbx), %rax
	jne 1f
	movl $3, %ecx
	cmpq 32(%rbx), %rdi
	jne 1f
	movl $4, %ecx
	cmpq 40(%rbx), %rdx
	jne 1f
	movl $5, %ecx
	cmpq 48(%rbx), %rsi
	jne 1f
	movl $6, %ecx
	cmpq 56(%rbx), %rbp
	jne 1f
	movl $7, %ecx
	cmpq 64(%rbx), %r8
	jne 1f
	movl $8, %ecx
	cmpq 72(%rbx), %r9
	jne 1f
	movl $9, %ecx
	cmpq 80(%rbx), %r10
	jne 1f
	movl $10, %ecx
	cmpq 88(%rbx), %r11
	jne 1f
	movl $11, %ecx
	cmpq 96(%rbx), %r12
	jne 1f
	movl $12, %ecx
	cmpq 104(%rbx), %r13
	jne 1f
	movl $13, %ecx
	cmpq 112(%rbx), %r14
	jne 1f
	movl $14, %ecx
	cmpq 120(%rbx), %r15
	jne 1f
	movl $15, %ecx
	movq %xmm0, %rax
	cmpq 0(%rbx), %rax
	jne 1f
	movl $16, %ecx
	movq %xmm7, %rax
	cmpq 8(%rbx), %rax
	jne 1f
	movl $17, %ecx
	movq %xmm15, %rax
	cmpq 16(%rbx), %rax
	jne 1f
	movl $18, %ecx
	fld1
	fcomip %st(1), %st
	jne 1f
	fstp %st(0)
	movl $19, %ecx
	fldpi
	fcomip %st(1), %st
	jne 1f
	fstp %st(0)
	xorl %ecx, %ecx
1:	movl %ecx, %eax
	popq %r15
	popq %r14
	popq %r13
	popq %r12
	popq %rbp
	popq %rbx
	ret

	.altmacro
.macro STUB vector
	.balign 16
	.if (\vector == 8) || (\vector >= 10 && \vector <= 14) || (\vector == 17) || (\vector == 21) || (\vector == 29) || (\vector == 30)
	.else
	pushq $0
	.endif
	pushq $\vector
	jmp trap_common
.endm
	.balign 16
	.globl trap_stubs
trap_stubs:
	.set number, 0
	.rept 32
	STUB %number
	.set number, number + 1
	.endr

trap_common:
	cld
	popq %gs:24			/* vector */
	popq %gs:32			/* error */
	movq (%rsp), %rax
	movq %rax, %gs:40
	movq %cr2, %rax
	movq %rax, %gs:48
	movq 24(%rsp), %rax
	movq %rax, %gs:56
	movq 8(%rsp), %rax
	movq %rax, %gs:64
	movq 16(%rsp), %rax
	movq %rax, %gs:72
	cmpq $0, %gs:16
	jne attempt_trapped
	movq %gs:8, %rax
	andq $~15, %rsp
	call trap_unexpected
	ud2

	.bss
	.balign 16
	.skip 16384
	.globl stack_top
stack_top:

	.section .note.GNU-stack, "", @progbits
