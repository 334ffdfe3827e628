/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Entry by PVH (32-bit, paging off, EBX = start info), the real CPUs' way from SIPI to C, and the
 * move of the image. Long mode has 5 paging levels exactly when the CPU offers LA57 and 52 physical
 * bits, because then the nested tables, which follow, can tell bit 51 (the C-bit) apart.
 */
#define IMAGE_OFFSET 0xFFFFFFFF80000000
#define PA(symbol)   (symbol - IMAGE_OFFSET)

/* The guest's usual CR4 and CR0: each bit that differs costs QEMU a flush at every VMRUN. PAE MCE
 * PGE OSFXSR OSXMMEXCPT FSGSBASE SMEP SMAP; OSXSAVE is set in C where the CPU has it. */
#define CR4_COMMON 0x003106E0
#define CR4_LA57   0x1000
#define CR0_COMMON 0x80050033

/* Where start.c puts the AP's page; the guest gets it back afterwards. */
#define AP_PAGE 0x8000

	.section .note.Xen, "a", @note
	.balign 4
	.long 4, 8, 18			/* XEN_ELFNOTE_PHYS32_ENTRY, 8 bytes in an ELF64 */
	.asciz "Xen"
	.quad PA(pvh_entry)

	.section .boot, "ax"
	.code32
	.globl pvh_entry
pvh_entry:
	cli
	cld
	movl $PA(boot_stack_top), %esp
	pushl %ebx
	call choose_levels
	call fill_tables
	popl %edi			/* start info, argument of start_boot_cpu */
	movl PA(boot_cr4), %ebx
	movl PA(boot_cr3), %edx
	movl $PA(boot_gdt_pointer), %eax
	lgdt (%eax)
	movl $PA(boot_high), %esi
	jmp enter_long_mode

/* EBX = CR4, EDX = CR3, ESI = low address of 64-bit code, a GDT loaded; EDI is kept. */
enter_long_mode:
	movl %ebx, %cr4
	movl %edx, %cr3
	movl $0xC0000080, %ecx
	rdmsr
	orl $0x1900, %eax		/* LME NXE SVME */
	wrmsr
	movl $CR0_COMMON, %eax
	movl %eax, %cr0
	pushl $8
	pushl %esi
	lret

/* Sets boot_cr4 and boot_cr3; EBX and EDI are free. */
choose_levels:
	movl $CR4_COMMON, PA(boot_cr4)
	movl $PA(boot_pml4), PA(boot_cr3)
	movl $7, %eax
	xorl %ecx, %ecx
	cpuid
	testl $0x10000, %ecx
	jz 1f
	movl $0x80000008, %eax
	cpuid
	cmpb $52, %al
	jb 1f
	orl $CR4_LA57, PA(boot_cr4)
	movl $PA(boot_pml5), PA(boot_cr3)
1:	ret

/* Low half: 512 GiB one to one in 1 GiB pages. High: the image, where the loader put it. */
fill_tables:
	movl $PA(boot_pml4) + 3, PA(boot_pml5)
	movl $PA(boot_pml4) + 3, PA(boot_pml5) + 511 * 8
	movl $PA(boot_pdpt) + 3, PA(boot_pml4)
	movl $PA(boot_pdpt_high) + 3, PA(boot_pml4) + 511 * 8
	movl $PA(boot_pd_high) + 3, PA(boot_pdpt_high) + 510 * 8
	xorl %ecx, %ecx
1:	movl %ecx, %eax
	shll $30, %eax
	orl $0x83, %eax
	movl %eax, PA(boot_pdpt)(, %ecx, 8)
	movl %ecx, %eax
	shrl $2, %eax
	movl %eax, PA(boot_pdpt) + 4(, %ecx, 8)
	incl %ecx
	cmpl $512, %ecx
	jne 1b
	xorl %ecx, %ecx
2:	movl %ecx, %eax
	shll $21, %eax
	orl $0x83, %eax
	movl %eax, PA(boot_pd_high)(, %ecx, 8)
	incl %ecx
	cmpl $16, %ecx
	jne 2b
	ret

	.code64
boot_high:
	movabsq $1f, %rax
	jmp *%rax
1:	call load_segments
	movq $boot_stack_top, %rsp
	xorl %ebp, %ebp
	call start_boot_cpu
	ud2

load_segments:
	lgdt high_gdt_pointer
	movl $0x10, %eax
	movl %eax, %ds
	movl %eax, %es
	movl %eax, %ss
	xorl %eax, %eax
	movl %eax, %fs
	movl %eax, %gs
	ret

/* void start_move(to, from, size, cr3): copies the image and continues in the copy. Nothing may be
 * written to the image between the copy and the new CR3, so no stack is touched here. */
	.globl start_move
start_move:
	movq %rcx, %rax
	movq %rdx, %rcx
	shrq $3, %rcx
	rep movsq
	movq %rax, %cr3
	ret

/* ---- Application processors. Copied to a page below 1 MiB; the words at its end are filled in. */
	.code16
	.globl ap_page, ap_page_end, ap_page_cr3, ap_page_cr4
ap_page:
	cli
	movw %cs, %ax
	movw %ax, %ds
	lgdtl ap_gdt_pointer - ap_page
	movl ap_page_cr3 - ap_page, %edx
	movl ap_page_cr4 - ap_page, %ebx
	movl %ebx, %cr4
	movl %edx, %cr3
	movl $0xC0000080, %ecx
	rdmsr
	orl $0x1900, %eax
	wrmsr
	movl $CR0_COMMON, %eax
	movl %eax, %cr0
	ljmpl *ap_far - ap_page
	.balign 8
ap_page_cr3: .long 0
ap_page_cr4: .long 0
ap_far: .long AP_PAGE + ap_long - ap_page
	.word 8
	.balign 8
ap_gdt_pointer: .word 23
	.long AP_PAGE + ap_gdt - ap_page
	.balign 8
ap_gdt:	.quad 0, 0x00209A0000000000, 0x0000920000000000
	.code64
ap_long:
	movabsq $1f, %rax
	jmp *%rax
ap_page_end:
1:	movl $1, %eax
	lock xaddl %eax, ap_tickets
	movl %eax, %edi
	incl %eax
	shll $14, %eax			/* 16 KiB each */
	leaq ap_stacks(%rax), %rsp
	call load_segments
	call start_ap			/* argument: its ticket */
	ud2

	.data
	.balign 8
	.globl boot_cr4
boot_cr4: .quad 0
boot_cr3: .quad 0
ap_tickets: .long 0
	.balign 8
boot_gdt: .quad 0, 0x00209A0000000000, 0x0000920000000000
	.word 0
boot_gdt_pointer: .word 23
	.long PA(boot_gdt)
	.balign 8
	.word 0, 0, 0
high_gdt_pointer: .word 23
	.quad boot_gdt

	.bss
	.balign 4096
boot_pml5: .skip 4096
boot_pml4: .skip 4096
boot_pdpt: .skip 4096
boot_pdpt_high: .skip 4096
boot_pd_high: .skip 4096
ap_stacks: .skip 16384 * 8

	.section .bss.stack, "aw", @nobits
	.skip 65536
boot_stack_top:

	.section .note.GNU-stack, "", @progbits
