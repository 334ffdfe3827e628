/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Makes ELF files in memory for the builder's tests: a good one, which each test then spoils in one
 * place.
 */
#ifndef BUILDER_MAKER_H
#define BUILDER_MAKER_H

#include <blob.h>
#include <elf.h>

#define MAKER_SEGMENTS 16

struct maker {
    Elf64_Ehdr header;
    Elf64_Phdr program[MAKER_SEGMENTS];
};

/* A kernel-like file at va: text with the entry, read-only data, data with as much .bss. */
void maker_start(struct maker *maker, uint64_t va, uint64_t bss);

/* Headers, then each segment's bytes, all of them its index plus 1. Free with blob_free. */
struct blob maker_finish(const struct maker *maker);

/* What the builder looks at in a bzImage, and 0x90 for everything else. */
#define MAKER_GUEST_GPA UINT64_C(0x1000000)
void maker_guest(uint8_t *image, size_t size);

#endif
