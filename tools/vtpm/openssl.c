/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * In programs that run libtpms on OpenSSL, for comparison: what the core asks of the facade.
 */
#include "crypto.h"

void crypto_use_cpu(unsigned features)
{
    (void)features;
}
