/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Floating-point state: XSAVE with x87, SSE and AVX where the processor has it, else FXSAVE.
 *
 * Wider state (AVX-512, AMX) is switched off in XCR0: servers cannot use it, and a thread's area
 * stays small. CR0.TS is set whenever no thread's state is in the registers, so that the first use
 * traps.
 */
#ifndef X86_FPU_H
#define X86_FPU_H

#include <stdbool.h>

/* On each processor; the first decides how large an area is. */
void fpu_start(bool xsave);

#endif
