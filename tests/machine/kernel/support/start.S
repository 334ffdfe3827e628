/* SPDX-License-Identifier: BSD-2-Clause */
/* Where the first thread begins, RDI the boot information, and where the others do: RDI is their
   struct thread, on a stack of their own. */
    .text
    .global _start
_start:
    xor     %ebp, %ebp
    call    root_start
    ud2

    .global thread_begin
thread_begin:
    xor     %ebp, %ebp
    call    thread_main
    ud2

    .section .note.GNU-stack, "", @progbits
