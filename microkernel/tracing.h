/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Marks for whoever records what the machine does: which address space runs from here on.
 *
 * In tracing builds only: TRACING is a constant, so that other builds contain none of it. The host
 * learns from a mark what it could have counted anyway, and no more; still, a mark costs an exit,
 * so a tracing build is no build to measure with. The meaning of the word is that of the SNP
 * machine's trace: kind in bits 31:24, number in 23:16 (0 is the kernel's own space, 1 the first
 * thread's, the rest in the order in which they were made).
 */
#ifndef MICROKERNEL_TRACING_H
#define MICROKERNEL_TRACING_H

#include "pagetable.h"
#include "platform.h"

#ifndef TRACING
#define TRACING 0
#endif

#define TRACING_ENTER UINT32_C(0x01000000)

static inline void tracing_space(const struct vspace *vspace)
{
    if (TRACING && platform->mark != NULL) {
        platform->mark(TRACING_ENTER | (uint32_t)((vspace - vspaces) & 0xff) << 16);
    }
}

#endif
