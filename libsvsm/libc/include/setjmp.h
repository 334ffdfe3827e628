/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A way out of the depth. The buffer is as large as glibc's, so that objects compiled with its
 * headers may share one; eight words of it are used.
 */
#ifndef LIBC_SETJMP_H
#define LIBC_SETJMP_H

typedef unsigned long jmp_buf[25];

int setjmp(jmp_buf env) __attribute__((returns_twice));
_Noreturn void longjmp(jmp_buf env, int value);

#endif
