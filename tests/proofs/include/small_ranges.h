/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For proofs about all pages of a range: ranges of 32 pages, two words of the table, instead of
 * 512. Included before the source, which takes these for the kernel's numbers.
 */
#ifndef SMALL_RANGES_H
#define SMALL_RANGES_H

#include <pagestate.h>

#undef RANGE_SHIFT
#undef RANGE_PAGES
#undef RANGE_WORDS
#define RANGE_SHIFT 17u
#define RANGE_PAGES 32u
#define RANGE_WORDS 2u

#endif
