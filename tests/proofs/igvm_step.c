/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One step through an IGVM file of any size and content: whatever bytes stand at a header's place,
 * a body or data that is handed out lies inside the buffer, and the walk goes on towards its end.
 * What igvm_open finds out about the fixed header is assumed here and proved in igvm_fixed.c.
 *
 * sources: igvm/src/checks.c igvm/src/kinds.c
 * options: --unwind 27 --unsigned-overflow-check --conversion-check --drop-unused-functions
 */
#include <igvm.c>

#include "proof.h"

#include <stdlib.h>

static struct igvm_file any_file(void)
{
    struct igvm_file file;

    ANYTHING(&file);
    ASSUME(file.headers_begin % 8 == 0 && file.headers_end % 8 == 0);
    ASSUME(file.headers_begin <= file.headers_end && file.headers_end < file.size);
    file.bytes = malloc(file.size);
    ASSUME(file.bytes != NULL);
    return file;
}

void harness(void)
{
    struct igvm_file file = any_file();
    struct igvm_header header;
    uint32_t at = nondet_u32();

    ASSUME(at % 8 == 0 && at >= file.headers_begin && at < file.headers_end);
    decode_header(&file, at, &header);
    if (header.kind == NULL)
        return;
    ASSERT(__CPROVER_r_ok(header.body.bytes, header.length), "the body is in the buffer");
    ASSERT(header_end(&header) > at, "the walk goes on");
    ASSERT(header_end(&header) <= file.headers_end, "and stays among the headers");
    ASSERT(header_end(&header) % 8 == 0, "aligned");
    if (!find_data(&file, &header) || header.data == NULL)
        return;
    ASSERT(header.data_size != 0 && __CPROVER_r_ok(header.data, header.data_size),
           "the data is in the buffer");
    ASSERT(header.data >= file.bytes + file.headers_end, "behind the headers");
    REACHED(header.type == IGVM_PAGE_DATA && at + 32 == file.headers_end);
    REACHED(header.type == IGVM_PARAMETER_AREA && header.data_size > UINT32_MAX / 2);
    REACHED(header.type == IGVM_VP_CONTEXT && header.data_size == 4 + 32 * 3);
}
