/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An IGVM file's fixed header, for a buffer of any size and content: nothing outside the buffer is
 * read, the checksum included, and what is accepted is what igvm_step.c assumes.
 *
 * sources: igvm/src/checks.c igvm/src/kinds.c
 * options: --unwind 27 --unsigned-overflow-check --conversion-check --drop-unused-functions
 */
#include <igvm.c>

#include "proof.h"

#include <stdlib.h>

uint32_t igvm_crc32(uint32_t crc, const void *bytes, size_t size)
{
    (void)crc;
    ASSERT(size == 0 || __CPROVER_r_ok(bytes, size), "what is summed up is in the buffer");
    return nondet_u32();
}

void harness(void)
{
    static struct igvm_opening opening;
    struct igvm_file file = {0};
    bool good;

    file.size = nondet_u32();
    file.bytes = malloc(file.size);
    ASSUME(file.bytes != NULL);
    opening.file = &file;
    good = check_fixed(&opening);
    ASSERT(good || opening.error.rule != NULL, "a refusal has its reason");
    ASSERT(good || opening.error.offset < sizeof(struct igvm_fixed), "and its place");
    if (!good)
        return;
    ASSERT(file.version == 1 || file.version == 2, "a known version");
    ASSERT(file.headers_begin >= (file.version == 1 ? 24u : 32u), "behind the fixed header");
    ASSERT(file.headers_begin % 8 == 0 && file.headers_end % 8 == 0, "aligned");
    ASSERT(file.headers_begin <= file.headers_end, "in order");
    ASSERT(file.headers_end < file.size, "inside, with data behind");
    REACHED(file.version == 1 && file.size == 25);
    REACHED(file.version == 2 && file.headers_end == 0xFFFFFFF8);
}
