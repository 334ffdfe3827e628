/* SPDX-License-Identifier: BSD-2-Clause */
/* The assembled stub as an array of bytes for the builder: const uint8_t boot_stub_page[4096]. */
	.section .rodata
	.globl	boot_stub_page
boot_stub_page:
	.incbin	"stub.bin"
	.if	. - boot_stub_page - 4096
	.error	"the stub is not one page"
	.endif
	.section .note.GNU-stack, "", @progbits
