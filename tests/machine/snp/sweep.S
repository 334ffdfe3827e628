/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a kernel's entry and exit do, for sweep.c, which lets an interrupt come at every instruction
 * of it: down to CPL 3 by IRET, SYSCALL, SWAPGS, another CR3, another stack, STI, MOV SS, and back
 * by SYSRET or IRET.
 */
	.text
	.globl sweep_pass, sweep_user, sweep_user_end, sweep_syscall, sweep_tick
	.globl sweep_open, sweep_closed

/* void sweep_pass(uint64_t user_code): ends with the SYSCALL that has 1 in RAX */
sweep_pass:
	pushq %rbx
	pushq %rbp
	pushq %r12
	pushq %r13
	pushq %r14
	pushq %r15
	movq %rsp, sweep_kernel_rsp(%rip)
	movq %cr3, %rax
	movq %rax, sweep_user_cr3(%rip)
	swapgs
	pushq $0x33
	pushq %rdi
	pushq $0x202
	pushq $0x3B
	pushq %rdi
	iretq

/* At CPL 3, in a page of its own. */
sweep_user:
	movl $0x1B, %ebx
	movl $0x1D, %edi
	movl $0x15, %esi
	movl $0x1A, %ebp
	movl $0x18, %r8d
	movl $0x19, %r9d
	movl $0x1A0, %r10d
	movl $0x1C0, %r12d
	movl $0x1D0, %r13d
	movl $0x1E0, %r14d
	movl $0x1F0, %r15d
	movl $0x1DD, %edx
	stc
	xorl %eax, %eax
	stc
	syscall				/* comes back by SYSRET */
	movl $2, %eax
	syscall				/* by IRET */
	movl $1, %eax
	syscall				/* does not come back */
sweep_user_end:

/* With IF masked by SFMASK. */
sweep_syscall:
	swapgs
	movq %rsp, sweep_user_rsp(%rip)
	movq sweep_other_cr3(%rip), %rsp
	movq %rsp, %cr3
	movq sweep_kernel_rsp(%rip), %rsp
	cmpl $1, %eax
	je sweep_end
	pushq %rax
	sti
sweep_open:
	nop
	movl $0x10, %eax
	movl %eax, %ss
	movq %rsp, %rsp
	pushfq
	popq %rax
	cli
sweep_closed:
	btl $9, %eax			/* STI is still in force? */
	jc 1f
	incq sweep_wrong(%rip)
1:	movq %cr3, %rax
	cmpq %rax, sweep_other_cr3(%rip)
	je 1f
	incq sweep_wrong(%rip)
1:	movq %gs:0, %rax		/* the context points to itself */
	cmpq %rax, sweep_context(%rip)
	je 1f
	incq sweep_wrong(%rip)
1:	popq %rax
	cmpl $2, %eax
	je sweep_iret
	movq sweep_user_cr3(%rip), %rsp
	movq %rsp, %cr3
	movq sweep_user_rsp(%rip), %rsp
	swapgs
	sysretq
sweep_iret:
	movq sweep_user_cr3(%rip), %rax
	movq %rax, %cr3
	pushq $0x33
	pushq sweep_user_rsp(%rip)
	pushq %r11
	pushq $0x3B
	pushq %rcx
	swapgs
	iretq

/* What CPL 3 had, in the order of its instructions, then R11: its flags. */
sweep_end:
	movq sweep_user_cr3(%rip), %rax
	movq %rax, %cr3
	leaq sweep_seen(%rip), %rax
	movq %rbx, 0(%rax)
	movq %rdi, 8(%rax)
	movq %rsi, 16(%rax)
	movq %rbp, 24(%rax)
	movq %r8, 32(%rax)
	movq %r9, 40(%rax)
	movq %r10, 48(%rax)
	movq %r12, 56(%rax)
	movq %r13, 64(%rax)
	movq %r14, 72(%rax)
	movq %r15, 80(%rax)
	movq %rdx, 88(%rax)
	movq %r11, 96(%rax)
	popq %r15
	popq %r14
	popq %r13
	popq %r12
	popq %rbp
	popq %rbx
	ret

/* The interrupt: as a kernel's entry, SWAPGS by where it came from; then both bases must be right. */
sweep_tick:
	testb $3, 8(%rsp)
	jz 1f
	swapgs
1:	pushq %rax
	pushq %rcx
	pushq %rdx
	incq sweep_ticks(%rip)
	movq 24(%rsp), %rax
	movq %rax, sweep_rip(%rip)
	movl $0xC0000101, %ecx
	rdmsr
	cmpl %eax, sweep_context(%rip)
	je 2f
	incq sweep_wrong(%rip)
2:	incl %ecx			/* KERNEL_GS_BASE */
	rdmsr
	cmpl %eax, sweep_user_gs(%rip)
	je 3f
	incq sweep_wrong(%rip)
3:	popq %rdx
	popq %rcx
	popq %rax
	testb $3, 8(%rsp)
	jz 4f
	swapgs
4:	iretq

	.section .note.GNU-stack, "", @progbits
