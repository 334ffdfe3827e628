/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The two worked files of the format's description, made with the writer, and variants of them.
 * The fuzzer's seeds come from here too.
 */
#ifndef IGVM_EXAMPLES_H
#define IGVM_EXAMPLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EXAMPLE_ROOM    (64u << 10)
#define EXAMPLE_BASE    0x08000000u
#define FULL_SIZE       25136u
#define MINIMAL_SIZE    20904u
#define FULL_SNP_MASK   1u
#define FULL_TDX_MASK   4u
#define FULL_PAGES_BASE 0x230u

struct full_options {
    /* The inserts stand between the last page and the first context. */
    bool late_inserts;
    /* Bytes of the second parameter area; 0 for one page. */
    uint64_t second_area;
};

/* SNP, TDX and NATIVE in one file. "out" has EXAMPLE_ROOM bytes; returns the file's size. */
size_t example_full(uint8_t *out, const struct full_options *options);

/* NATIVE alone, with paging on from the first instruction. */
size_t example_minimal(uint8_t *out);

/* The digests' first vector: pages only. */
size_t example_pages(uint8_t *out);

/* Every type of header once, for platforms no host offers together. */
size_t example_all_types(uint8_t *out);

/* Makes the checksum right again after a test has changed a header. */
void example_reseal(uint8_t *bytes);

#endif
