/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The twin of microkernel/thread_word.h for proofs: threads are those of an array the proof has,
 * and a word holds a thread's place in it. Taking a thread out of a word that holds none fails.
 */
#ifndef THREAD_WORD_H
#define THREAD_WORD_H

#include <stdint.h>

#include "proof.h"

struct tcb;

/* The proof's: where a thread stands, from 1; who stands there, for a word of an object and for a
   processor. */
uint64_t proof_place(const struct tcb *tcb);
struct tcb *proof_thread(uint64_t place);
struct tcb *proof_running(uint64_t place);

static inline uint64_t thread_word(const struct tcb *tcb, uint64_t tag)
{
    return proof_place(tcb) << 3 | tag;
}

static inline struct tcb *thread_in(uint64_t word, uint64_t tag)
{
    ASSERT((word & 7) == tag, "a thread is taken out by its tag");
    return proof_thread(word >> 3);
}

static inline uint64_t thread_top(const struct tcb *tcb)
{
    return proof_place(tcb);
}

static inline struct tcb *thread_below(uint64_t top)
{
    return proof_running(top);
}

#endif
