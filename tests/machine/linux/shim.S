/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stands in for firmware before a Linux guest that runs at VMPL0: makes its memory valid.
 *
 * Starts in 64-bit mode on the guest's first page tables (4 GiB, one to one, private). RBX points to
 * pairs {start, end} of 4 KiB-aligned addresses, ended by a zero pair; RSI and RDI are what the
 * kernel gets as boot_params and its entry. Pages that the launch loaded are valid already, which
 * PVALIDATE says by the carry flag; that is no error here.
 */
#define PVALIDATE       .byte 0xf2, 0x0f, 0x01, 0xff
#define VMGEXIT         rep; vmmcall
#define SIZE_MISMATCH   6
#define LARGE           0x200000
#define PAGE            0x1000
#define GHCB_MSR        0xc0010130
#define TERMINATE       0x0005e100 /* set 0xe (a test's), reason 5 */

	.code64
	.section .text
	.globl _start
_start:
	mov	(%rbx), %r8
	mov	8(%rbx), %r9
	add	$16, %rbx
	cmp	%r8, %r9
	je	done
next:
	cmp	%r9, %r8
	jae	_start
	test	$(LARGE - 1), %r8
	jnz	small
	lea	LARGE(%r8), %rax
	cmp	%r9, %rax
	ja	small
	mov	%r8, %rax
	mov	$1, %ecx
	mov	$1, %edx
	PVALIDATE
	cmp	$SIZE_MISMATCH, %eax
	je	small
	test	%eax, %eax
	jnz	fail
	add	$LARGE, %r8
	jmp	next
	/* Single pages up to the next large one. */
small:
	mov	%r8, %rax
	xor	%ecx, %ecx
	mov	$1, %edx
	PVALIDATE
	test	%eax, %eax
	jnz	fail
	add	$PAGE, %r8
	test	$(LARGE - 1), %r8
	jz	next
	cmp	%r9, %r8
	jb	small
	jmp	next
done:
	jmp	*%rdi
fail:
	mov	$GHCB_MSR, %ecx
	mov	$TERMINATE, %eax
	xor	%edx, %edx
	wrmsr
	VMGEXIT
	jmp	fail
