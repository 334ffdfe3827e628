/* SPDX-License-Identifier: BSD-2-Clause */
/* Floating-point state of threads; see fpu.h and machine.h. */
#include "fpu.h"

#include "machine.h"
#include "ops.h"
#include "panic.h"
#include "platform.h"

#define STATE_X87_SSE 3u
#define STATE_AVX     4u
#define LEAF_XSAVE    0xdu

#define FCW_OFFSET   0u
#define MXCSR_OFFSET 24u
#define FCW_RESET    0x37fu
#define MXCSR_RESET  0x1f80u

static uint32_t states; /* XCR0; 0 without XSAVE */

static void set_xcr0(uint32_t value)
{
    __asm__ volatile("xsetbv" ::"c"(0), "a"(value), "d"(0));
}

void fpu_start(bool xsave)
{
    struct cpuid_result r = {0};

    if (!xsave || !platform->cpuid(LEAF_XSAVE, 0, &r) || (r.eax & STATE_X87_SSE) == 0) {
        return;
    }
    states = STATE_X87_SSE | (r.eax & STATE_AVX);
    set_xcr0(states);
    if ((states & STATE_AVX) != 0 && platform->cpuid(LEAF_XSAVE, 2, &r) &&
        (uint64_t)r.ebx + r.eax > MACHINE_FPU_BYTES) {
        panic(END_FEATURES, "AVX state lies where no processor has had it");
    }
}

void machine_fpu_save(void *area)
{
    if (states != 0) {
        __asm__ volatile("xsave64 (%0)" ::"r"(area), "a"(states), "d"(0) : "memory");
    } else {
        __asm__ volatile("fxsave64 (%0)" ::"r"(area) : "memory");
    }
}

void machine_fpu_load(const void *area)
{
    __asm__ volatile("clts" ::: "memory");
    if (states != 0) {
        __asm__ volatile("xrstor64 (%0)" ::"r"(area), "a"(states), "d"(0) : "memory");
    } else {
        __asm__ volatile("fxrstor64 (%0)" ::"r"(area) : "memory");
    }
}

void machine_fpu_forbid(void)
{
    x86_set_cr0(x86_cr0() | CR0_TS);
}

void machine_fpu_reset(void *area)
{
    uint64_t *words = area;

    for (uint32_t i = 0; i < MACHINE_FPU_BYTES / sizeof(*words); i++) {
        words[i] = 0;
    }
    words[FCW_OFFSET / 8] = FCW_RESET;
    words[MXCSR_OFFSET / 8] = MXCSR_RESET;
}
