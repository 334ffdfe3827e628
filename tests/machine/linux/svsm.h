/* SPDX-License-Identifier: BSD-2-Clause */
/* Where the test SVSM and its pages lie; shared by svsm.c, svsm.ld (in numbers) and image.c. */
#ifndef TESTS_LINUX_SVSM_H
#define TESTS_LINUX_SVSM_H

#define SVSM_BASE    0x8000000ull
#define SVSM_SIZE    0x400000ull
#define SVSM_CPUID   0x8100000ull
#define SVSM_SECRETS 0x8101000ull
#define SVSM_START   0x8102000ull /* struct start */
#define SVSM_VMSA    0x8103000ull
#define SVSM_TABLES  0x8110000ull /* PML4, PDPT, 4 PDs */
#define SVSM_GHCB    0x8201000ull

#endif
