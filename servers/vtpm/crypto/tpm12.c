/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The TPM 1.2, left out.
 *
 * libtpms' library object names a dispatch table of the TPM 1.2. Defined here, as zeros, and linked
 * as an object before the archive, it keeps every TPM 1.2 object out. The first call into libtpms
 * must be TPMLIB_ChooseTPMVersion for a TPM 2.0.
 */
#include <stddef.h>

extern void *const TPM12Interface[32];
void *const TPM12Interface[32] = {NULL};
