/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writes IGVM files, version 2, into memory the caller provides.
 *
 * Headers come out in the order in which they are added; data in the order in which it first
 * appears, each distinct blob once. Sizes, file offsets and the checksum are set at the end. The
 * first thing that does not fit or is no header makes igvm_finish fail; calls in between need no
 * check. The writer does not judge what it is given: igvm_open on the result does.
 */
#ifndef IGVM_WRITER_H
#define IGVM_WRITER_H

#include "igvm/igvm.h"

/* What a writer works with. "slots" makes the search for equal pages fast: a power of two, at
 * least twice the number of distinct pages; slot_count 0 means no blob is ever shared. */
struct igvm_writer_memory {
    uint8_t *headers;
    size_t headers_size;
    uint8_t *data;
    size_t data_size;
    uint32_t *slots;
    size_t slot_count;
};

struct igvm_writer {
    struct igvm_writer_memory memory;
    uint32_t architecture;
    size_t headers_used;
    size_t data_used;
    size_t slots_used;
    struct igvm_error error;
};

void igvm_writer_start(struct igvm_writer *writer, const struct igvm_writer_memory *memory);

/* Adds a header without data; a file_offset in the body is written as 0. */
bool igvm_add(struct igvm_writer *writer, enum igvm_type type, const void *body);

/* Adds a header with data. A page's or a context's data is padded with zeros to 4096 bytes, an
 * area's to the area's size; size 0 means no data. */
struct igvm_blob {
    const void *bytes;
    size_t size;
};
bool igvm_add_data(struct igvm_writer *writer, enum igvm_type type, const void *body,
                   struct igvm_blob data);

/* How large the file is as it stands. */
size_t igvm_writer_size(const struct igvm_writer *writer);

/* Puts the file together. "out" must have igvm_writer_size bytes and not overlap the writer's
 * memory. */
bool igvm_finish(struct igvm_writer *writer, void *out, size_t size, struct igvm_error *error);

#endif
