/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The page that runs before the kernel: from real mode, from 32-bit mode or from PVH to the kernel's
 * 64-bit entry with paging on. include/boot/stub.h has its entries and its record.
 *
 * It is linked at 0 and works wherever the builder or the kernel puts it below 4 GiB; EBP always
 * holds the page's address. On SNP it finds the C-bit in the CPUID page, whose contents the firmware
 * checked, and sets it in every present entry of the page tables: with paging off all accesses are
 * private, so this needs no mapping. From PVH it turns the machine description into the parameter
 * pages that an IGVM loader would have filled. There is no stack; ESP is one more register.
 *
 * From "enter" on: ESI the platform, EDI hvm_start_info or 0, EBX the upper half of the C-bit mask.
 */
#include <boot/stub.h>

#define RECORD(member) (BOOT_STUB_RECORD + (member))(%ebp)

#define CR0_PE      1
#define CR0_LONG    0x80010033 /* PG, WP, NE, ET, MP, PE; caches on */
#define CR4_PAE     0x20
#define MSR_EFER    0xc0000080
#define EFER_LONG   0x900 /* LME, NXE */
#define MSR_GHCB    0xc0010130
#define NO_CBIT     0x1d100 /* terminate, BOOT_TERMINATE_SET, BOOT_TERMINATE_CBIT */
#define CODE64      0x08
#define DATA        0x10
#define CODE32      0x18

#define PLATFORM_SNP 1

#define FW_CFG_SELECT 0x510
#define FW_CFG_DATA   0x511
#define FW_CFG_ID     0
#define FW_CFG_CPUS   5
#define FW_CFG_QEMU   0x554d4551 /* "QEMU" */

#define PVH_MEMMAP  40 /* in hvm_start_info: address of the map, number of its entries */
#define PVH_ENTRIES 48
#define PVH_ENTRY   24 /* {u64 address, u64 size, u32 type, u32 0} */
#define PVH_RAM     1
#define MAP_ENTRY   24 /* {u64 first page, u64 pages, u16 type, ...}; 0 is memory, 1 is not */
#define MAP_MOST    170

#define CPUID_HEAD  16 /* u32 count */
#define CPUID_ENTRY 48 /* {eax, ecx, xcr0, xss, eax 24, ebx 28, ecx, edx, 0} */
#define CPUID_EBX   28
#define CPUID_MOST  64
#define CPUID_SEV   0x8000001f /* EBX bits 5:0 are the C-bit's position */

	.section .text, "ax"
page:
	.code16
	jmp	real
	.org	BOOT_STUB_32
	.code32
	jmp	igvm
	.org	BOOT_STUB_64
	.code64
	jmp	long
	.org	BOOT_STUB_PVH
	.code32
	jmp	pvh
	.org	BOOT_STUB_SELF - 1
self:	.byte	0xbd		/* movl $(address of the page), %ebp */
	.long	0
	jmp	first

igvm:	xorl	%ebx, %ebx
pvh:	cli
	cld
	jmp	self

/* 64-bit at last; the upper halves of the registers are undefined until written. */
	.code64
long:	movl	%ebp, %ebp
	movq	BOOT_STUB_RECORD + BOOT_RECORD_STACK_VA(%rbp), %rsp
	movq	BOOT_STUB_RECORD + BOOT_RECORD_ENTRY_VA(%rbp), %rax
	movl	%edi, %edx
	movl	%esi, %esi
	movl	%ebx, %ecx
	shlq	$32, %rcx
	movq	BOOT_STUB_RECORD + BOOT_RECORD_ARGUMENT(%rbp), %rdi
	xorl	%ebp, %ebp
	jmp	*%rax

/* An application processor, in the copy below 1 MiB. */
	.code16
real:	cli
	cld
	xorl	%ebp, %ebp
	movw	%cs, %bp
	movw	%bp, %ds
	shll	$4, %ebp
	leal	gdt(%ebp), %eax
	movl	%eax, gdtr + 2
	lgdtl	gdtr
	movl	%cr0, %eax
	orb	$CR0_PE, %al
	movl	%eax, %cr0
	leal	protected(%ebp), %eax
	movl	%eax, far
	movw	$CODE32, far + 4
	ljmpl	*far
	.code32
protected:
	movl	$DATA, %eax
	movl	%eax, %ds
	xorl	%esi, %esi
	xorl	%edi, %edi
	xorl	%ebx, %ebx
	jmp	enter

/* The boot processor: EAX is the platform or EBX is hvm_start_info. */
first:	movl	%ebx, %edi
	movl	%eax, %esi
	xorl	%ebx, %ebx
	testl	%edi, %edi
	jz	1f
	jmp	parameters
described:
	movl	RECORD(BOOT_RECORD_PLATFORM), %esi
1:	cmpl	$PLATFORM_SNP, %esi
	je	private

/* Paging on, long mode, and on to the kernel. The page is read-only once paging is on. */
enter:	leal	gdt(%ebp), %eax
	movl	%eax, gdtr + 2(%ebp)
	lgdtl	gdtr(%ebp)
	leal	long(%ebp), %eax
	movl	%eax, far(%ebp)
	movw	$CODE64, far + 4(%ebp)
	movl	%cr4, %eax
	orl	$CR4_PAE, %eax
	movl	%eax, %cr4
	movl	RECORD(BOOT_RECORD_ROOT), %eax
	movl	%eax, %cr3
	movl	$MSR_EFER, %ecx
	rdmsr
	orl	$EFER_LONG, %eax
	wrmsr
	movl	$CR0_LONG, %eax
	movl	%eax, %cr0
	movl	$DATA, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %fs
	movl	%eax, %gs
	movl	%eax, %ss
	ljmpl	*far(%ebp)

/* SNP: where is the C-bit? Then into every present entry with it. */
private:
	movl	RECORD(BOOT_RECORD_CPUID), %eax
	movl	(%eax), %edx
	cmpl	$CPUID_MOST, %edx
	ja	no_cbit
1:	subl	$1, %edx
	jb	no_cbit
	cmpl	$CPUID_SEV, CPUID_HEAD(%eax)
	je	2f
	addl	$CPUID_ENTRY, %eax
	jmp	1b
2:	movl	CPUID_HEAD + CPUID_EBX(%eax), %ecx
	andl	$63, %ecx
	subl	$32, %ecx
	jb	no_cbit
	cmpl	$30, %ecx	/* bit 63 is NX */
	ja	no_cbit
	incl	%ebx
	shll	%cl, %ebx
	movl	RECORD(BOOT_RECORD_TABLES), %eax
3:	testb	$1, (%eax)
	jz	4f
	orl	%ebx, 4(%eax)
4:	addl	$8, %eax
	cmpl	RECORD(BOOT_RECORD_TABLES_END), %eax
	jb	3b
	jmp	enter

no_cbit:
	movl	$MSR_GHCB, %ecx
	movl	$NO_CBIT, %eax
	xorl	%edx, %edx
	wrmsr
1:	rep; vmmcall		/* VMGEXIT */
	jmp	1b

/*
 * PVH: the memory map, in pages, whole pages only; entries that hold none are left out. Then the
 * number of processors from QEMU's fw_cfg, or 1.
 */
parameters:
	movl	PVH_MEMMAP(%edi), %esi
	movl	PVH_ENTRIES(%edi), %ecx
	movl	RECORD(BOOT_RECORD_MEMORY_MAP), %ebx
	leal	MAP_MOST * MAP_ENTRY(%ebx), %esp
1:	subl	$1, %ecx
	jb	4f
	cmpl	%esp, %ebx
	je	4f
	movl	(%esi), %eax
	movl	4(%esi), %edx
	addl	8(%esi), %eax
	adcl	12(%esi), %edx
	shrdl	$12, %edx, %eax
	shrl	$12, %edx
	movl	%eax, 8(%ebx)
	movl	%edx, 12(%ebx)
	movl	(%esi), %eax
	movl	4(%esi), %edx
	addl	$0xfff, %eax
	adcl	$0, %edx
	shrdl	$12, %edx, %eax
	shrl	$12, %edx
	movl	%eax, (%ebx)
	movl	%edx, 4(%ebx)
	subl	%eax, 8(%ebx)
	sbbl	%edx, 12(%ebx)
	jb	2f
	movl	8(%ebx), %eax
	orl	12(%ebx), %eax
	jz	2f
	xorl	%eax, %eax
	cmpl	$PVH_RAM, 16(%esi)
	setne	%al
	movl	%eax, 16(%ebx)
	addl	$MAP_ENTRY, %ebx
	jmp	3f
2:	xorl	%eax, %eax	/* what is behind the last entry is zero, as its end */
	movl	%eax, (%ebx)
	movl	%eax, 4(%ebx)
	movl	%eax, 8(%ebx)
	movl	%eax, 12(%ebx)
3:	addl	$PVH_ENTRY, %esi
	jmp	1b

4:	movl	RECORD(BOOT_RECORD_GENERAL), %ebx
	movl	$1, %esi
	movl	$FW_CFG_SELECT, %edx
	movl	$FW_CFG_ID, %eax
	outw	%ax, %dx
	incl	%edx		/* FW_CFG_DATA */
	movl	$4, %ecx
5:	shll	$8, %eax
	inb	%dx, %al
	loop	5b
	bswapl	%eax
	cmpl	$FW_CFG_QEMU, %eax
	jne	6f
	decl	%edx
	movl	$FW_CFG_CPUS, %eax
	outw	%ax, %dx
	incl	%edx
	inb	%dx, %al
	movzbl	%al, %esi
	inb	%dx, %al
	movzbl	%al, %eax
	shll	$8, %eax
	orl	%eax, %esi
6:	movl	%esi, (%ebx)
	xorl	%ebx, %ebx
	jmp	described

	.balign	8
gdt:	.quad	0
	.quad	0x00af9b000000ffff	/* CODE64; accessed already, so that nothing is written */
	.quad	0x00cf93000000ffff	/* DATA */
	.quad	0x00cf9b000000ffff	/* CODE32 */
gdtr:	.word	. - gdt - 1
	.long	0
far:	.long	0
	.word	0
	.org	BOOT_STUB_CODE_MOST	/* an error if the code has outgrown its room */
	.org	4096
