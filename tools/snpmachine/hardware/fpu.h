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

#endif
