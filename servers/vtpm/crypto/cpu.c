/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The processor's features, as wolfCrypt asks for them.
 *
 * Takes the place of wolfCrypt's own file: in an SNP guest the CPUID instruction traps, and whether
 * a register file is saved is the kernel's to say, not the processor's. Set once at start.
 */
#include <wolfssl/wolfcrypt/settings.h>

#include <wolfssl/wolfcrypt/cpuid.h>

#include "crypto.h"

#ifdef HAVE_CPUID
static word32 flags;

void crypto_use_cpu(unsigned features)
{
    flags = 0;
    if (features & CRYPTO_CPU_AESNI)
        flags |= CPUID_AESNI;
    if (features & CRYPTO_CPU_SHA)
        flags |= CPUID_SHA;
}

word32 cpuid_get_flags(void)
{
    return flags;
}
#else
void crypto_use_cpu(unsigned features)
{
    (void)features;
}
#endif
