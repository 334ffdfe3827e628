/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the crypto facade asks of its user, and what it offers beside the OpenSSL names.
 *
 * The facade implements the part of OpenSSL 3's interface that libtpms calls, on wolfCrypt. It
 * keeps no state but the random generator and the processor's features, and is not reentrant: one
 * TPM command at a time. The functions named "supplied" must exist in the program that links it.
 */
#ifndef VTPM_CRYPTO_H
#define VTPM_CRYPTO_H

#include <stddef.h>
#include <string.h>

/* Instructions the processor has and the kernel saves the registers of. */
enum crypto_cpu {
    CRYPTO_CPU_AESNI = 1,
    CRYPTO_CPU_SHA = 2,
};

/* Before anything else, if at all: without it the plain code runs. */
void crypto_use_cpu(unsigned features);

/* Supplied: fills out with full-entropy bytes; 0, or anything else when there are none. */
int crypto_seed(unsigned char *out, unsigned length);

/*
 * Supplied: the facade cannot go on (no entropy, a primitive that failed, a damaged state). It must
 * not return: callers of RAND_bytes would otherwise fall back to a weaker source.
 */
_Noreturn void crypto_fail(const char *where);

/* Memory that held secrets; the compiler cannot leave it out. */
static inline void crypto_wipe(void *p, size_t n)
{
    memset(p, 0, n);
    __asm__ volatile("" ::"r"(p) : "memory");
}

#endif
