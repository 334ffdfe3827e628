/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The chip records made at build time, and the switch to the secure processor's own stack: its
 * arithmetic needs more than a CPU of the machine has.
 */
	.section .rodata
	.balign 8
	.globl psp_chip_milan
psp_chip_milan:
	.incbin "chip.bin"
	.balign 8
	.globl psp_chip_turin
psp_chip_turin:
	.incbin "turin/chip.bin"

	.text
	/* uint32_t psp_on_own_stack(uint32_t (*function)(void)); not reentrant */
	.globl psp_on_own_stack
psp_on_own_stack:
	pushq %rbp
	movq %rsp, %rbp
	leaq own_stack_top(%rip), %rsp
	call *%rdi
	movq %rbp, %rsp
	popq %rbp
	ret

	.bss
	.balign 16
	.skip 131072
own_stack_top:

	.section .note.GNU-stack, "", @progbits
