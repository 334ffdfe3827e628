/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The instructions that move FPU state; the machine itself never computes with it.
 */
#ifndef SNPMACHINE_FPU_H
#define SNPMACHINE_FPU_H

#include <stdint.h>

#define XSTATE_AVX 4u

static inline void fpu_save(void *image)
{
    __asm__ volatile("fxsave64 (%0)" ::"r"(image) : "memory");
}

static inline void fpu_restore(const void *image)
{
    __asm__ volatile("fxrstor64 (%0)" ::"r"(image) : "memory");
}

/* The upper halves of YMM, in the standard format's place 240h of the image. */
static inline void fpu_save_avx(void *image)
{
    __asm__ volatile("xsave64 (%0)" ::"r"(image), "a"(XSTATE_AVX), "d"(0) : "memory");
}

static inline void fpu_restore_avx(const void *image)
{
    __asm__ volatile("xrstor64 (%0)" ::"r"(image), "a"(XSTATE_AVX), "d"(0) : "memory");
}

/* XMM0 to XMM15 as a VMSA has them, side by side; the upper halves of YMM stay. To TCG a register
 * at a time is one instruction, by way of an image it would be eight. */
#define XMM_EACH ".irp each, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15\n\t"

static inline void xmm_load(const void *registers)
{
    __asm__ volatile(XMM_EACH "movups 16*\\each(%0), %%xmm\\each\n\t.endr" ::"r"(registers)
                     : "memory");
}

static inline void xmm_store(void *registers)
{
    __asm__ volatile(XMM_EACH "movups %%xmm\\each, 16*\\each(%0)\n\t.endr" ::"r"(registers)
                     : "memory");
}

#endif
