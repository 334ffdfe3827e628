/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * void vmrun(uint64_t *registers, uint64_t guest_vmcb, uint64_t gs_base): one VMRUN with the
 * guest's general registers (order: struct guest_registers) and, by VMLOAD and VMSAVE, the segment
 * and system-call state that VMRUN itself leaves alone. Of all that the machine uses the base of
 * GS only: its interrupts need no task segment.
 */
	.section .text.vmrun, "ax"
	.globl vmrun
vmrun:
	pushq %rbx
	pushq %rbp
	pushq %r12
	pushq %r13
	pushq %r14
	pushq %r15
	pushq %rdx
	pushq %rsi
	pushq %rdi
	movq %rsi, %rax
	vmload %rax
	movq 0(%rdi), %rcx
	movq 8(%rdi), %rdx
	movq 16(%rdi), %rbx
	movq 24(%rdi), %rbp
	movq 32(%rdi), %rsi
	movq 48(%rdi), %r8
	movq 56(%rdi), %r9
	movq 64(%rdi), %r10
	movq 72(%rdi), %r11
	movq 80(%rdi), %r12
	movq 88(%rdi), %r13
	movq 96(%rdi), %r14
	movq 104(%rdi), %r15
	movq 40(%rdi), %rdi
	vmrun %rax
	pushq %rdi
	movq 8(%rsp), %rdi
	movq %rcx, 0(%rdi)
	movq %rdx, 8(%rdi)
	movq %rbx, 16(%rdi)
	movq %rbp, 24(%rdi)
	movq %rsi, 32(%rdi)
	popq 40(%rdi)
	movq %r8, 48(%rdi)
	movq %r9, 56(%rdi)
	movq %r10, 64(%rdi)
	movq %r11, 72(%rdi)
	movq %r12, 80(%rdi)
	movq %r13, 88(%rdi)
	movq %r14, 96(%rdi)
	movq %r15, 104(%rdi)
	popq %rdi
	popq %rax
	vmsave %rax
	popq %rax
	wrgsbase %rax
	popq %r15
	popq %r14
	popq %r13
	popq %r12
	popq %rbp
	popq %rbx
	ret

	.section .note.GNU-stack, "", @progbits
