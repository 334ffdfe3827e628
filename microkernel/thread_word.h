/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A thread in a word: its address with a tag in the low bits, as endpoints and reply objects keep
 * it to change it by compare-and-swap. Whoever takes a thread out names the tag it has seen there.
 * And the running thread as its processor keeps it: where the part of its frame that SYSCALL pushes
 * ends. tests/proofs/include has a twin that keeps an index, for a prover that loses such pointers.
 */
#ifndef THREAD_WORD_H
#define THREAD_WORD_H

#include <stdint.h>

#include "offsets.h"

struct tcb;

static inline uint64_t thread_word(const struct tcb *tcb, uint64_t tag)
{
    return (uint64_t)tcb | tag;
}

static inline struct tcb *thread_in(uint64_t word, uint64_t tag)
{
    return (struct tcb *)(word - tag);
}

static inline uint64_t thread_top(const struct tcb *tcb)
{
    return (uint64_t)tcb + FRAME_PUSHED;
}

static inline struct tcb *thread_below(uint64_t top)
{
    return (struct tcb *)(top - FRAME_PUSHED);
}

#endif
