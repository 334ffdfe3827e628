/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The instructions that move FPU state; the machine itself never computes with it.
 */
#ifndef SNPMACHINE_FPU_H
#define SNPMACHINE_FPU_H

#include <stdint.h>

#define XSTATE_AVX 4u

/* The x87 state alone, as FNSAVE stores it in 32-bit and 64-bit code. */
struct x87_image {
    uint32_t fcw, fsw, ftw, fip, fcs_fop, fdp, fds;
    struct {
        uint8_t mantissa[8], exponent[2];
    } st[8];
};
_Static_assert(sizeof(struct x87_image) == 108, "FNSAVE");

static inline void x87_save(struct x87_image *image)
{
    __asm__ volatile("fnsave %0" : "=m"(*image));
}

static inline void x87_restore(const struct x87_image *image)
{
    __asm__ volatile("frstor %0" ::"m"(*image));
}

/* Frees ST(st) if its two bits of the image's tag word are 3. */
#define X87_FREE(st)                                                                               \
    do {                                                                                           \
        if ((image->ftw >> (2 * (st)) & 3) == 3)                                                   \
            __asm__ volatile("ffree %st(" #st ")");                                                \
    } while (0)

/* The same for a status word of 0, without loading one. */
static inline void x87_compose(const struct x87_image *image)
{
    __asm__ volatile("fninit");
    for (unsigned st = 8; st-- > 0;)
        __asm__ volatile("fldt %0" ::"m"(image->st[st]));
    X87_FREE(0);
    X87_FREE(1);
    X87_FREE(2);
    X87_FREE(3);
    X87_FREE(4);
    X87_FREE(5);
    X87_FREE(6);
    X87_FREE(7);
    __asm__ volatile("fldcw %0" ::"m"(image->fcw));
}

static inline uint32_t mxcsr_save(void)
{
    uint32_t value;
    __asm__ volatile("stmxcsr %0" : "=m"(value));
    return value;
}

static inline void mxcsr_restore(uint32_t value)
{
    __asm__ volatile("ldmxcsr %0" ::"m"(value));
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
