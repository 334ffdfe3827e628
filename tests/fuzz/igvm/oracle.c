/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every byte that the library hands out is read, so that the sanitizer sees a span that is too
 * long. Rewriting is left out for files whose copy would be unreasonably large: many headers may
 * share data in a hostile file.
 */
#include "oracle.h"

#include "igvm/launch.h"
#include "igvm/writer.h"
#include "lint.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COPY_MAX (8u << 20)

static void must(bool truth, const char *what)
{
    if (!truth) {
        fprintf(stderr, "oracle: %s\n", what);
        abort();
    }
}

static void touch(const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        (void)*(const volatile uint8_t *)(bytes + i);
    }
}

void oracle_reseal(uint8_t *bytes, size_t size)
{
    struct igvm_fixed fixed;
    uint64_t end;

    if (size < sizeof(fixed)) {
        return;
    }
    memcpy(&fixed, bytes, sizeof(fixed));
    end = (uint64_t)fixed.variable_header_offset + fixed.variable_header_size;
    if (end <= size) {
        fixed.checksum = igvm_checksum(bytes, &fixed);
        memcpy(bytes, &fixed, sizeof(fixed));
    }
}

/* Walks all headers; returns how much data a copy needs. */
static uint64_t check_walk(const struct igvm_file *file)
{
    struct igvm_header header;
    uint64_t copy = 0;
    uint32_t at = file->headers_begin;

    for (igvm_rewind(file, &header); igvm_next(file, &header);) {
        must(header.offset == at, "headers follow each other");
        at += 8 + ((header.length + 7) & ~7u);
        must(at <= file->headers_end, "headers end where they should");
        must(igvm_kind(header.type) == header.kind, "a header is of its kind");
        touch(header.body.bytes, header.length);
        must(header.data == NULL || header.data >= file->bytes + file->headers_end,
             "data lies behind the headers");
        touch(header.data, header.data_size);
        copy += header.data_size + IGVM_PAGE_SIZE;
        if (header.kind->is_parameter) {
            must(igvm_parameter_room(file, &header) <= IGVM_AREA_BYTES_MAX, "areas are bounded");
        }
    }
    must(at == file->headers_end, "the walk ends at the last header");
    return copy;
}

struct copy {
    struct igvm_writer writer;
    uint8_t *headers;
    uint8_t *data;
    uint8_t *file;
    uint32_t slots[1024];
};

static void free_copy(struct copy *copy)
{
    free(copy->headers);
    free(copy->data);
    free(copy->file);
    free(copy);
}

static struct copy *write_copy(const struct igvm_file *file, uint64_t data_size)
{
    struct copy *copy = calloc(1, sizeof(*copy));
    size_t headers_size = file->headers_end - file->headers_begin;
    struct igvm_header header;

    must(copy != NULL, "memory");
    copy->headers = malloc(headers_size + 1);
    copy->data = malloc((size_t)data_size);
    must(copy->headers != NULL && copy->data != NULL, "memory");
    igvm_writer_start(&copy->writer,
                      &(struct igvm_writer_memory){copy->headers, headers_size, copy->data,
                                                   (size_t)data_size, copy->slots, 1024});
    copy->writer.architecture = file->architecture;
    for (igvm_rewind(file, &header); igvm_next(file, &header);) {
        must(igvm_add_data(&copy->writer, (enum igvm_type)header.type, header.body.bytes,
                           (struct igvm_blob){header.data, header.data_size}),
             "what was read can be written");
    }
    return copy;
}

static void check_same_header(const struct igvm_header *one, const struct igvm_header *other)
{
    uint8_t bodies[2][sizeof(struct igvm_vbs_measurement)];

    must(one->type == other->type && one->mask == other->mask, "the copy has the same headers");
    memcpy(bodies[0], one->body.bytes, one->length);
    memcpy(bodies[1], other->body.bytes, other->length);
    if (one->kind->file_offset_at != IGVM_NO_FIELD) {
        memset(bodies[0] + one->kind->file_offset_at, 0, sizeof(uint32_t));
        memset(bodies[1] + one->kind->file_offset_at, 0, sizeof(uint32_t));
    }
    must(memcmp(bodies[0], bodies[1], one->length) == 0, "the copy's bodies are the same");
    must(one->data_size == other->data_size && (one->data == NULL) == (other->data == NULL) &&
             (one->data == NULL || memcmp(one->data, other->data, one->data_size) == 0),
         "the copy's data is the same");
}

static void check_copy(const struct igvm_file *file, uint64_t data_size)
{
    struct copy *copy = write_copy(file, data_size);
    size_t size = igvm_writer_size(&copy->writer);
    struct igvm_file reread;
    struct igvm_header headers[2];

    copy->file = malloc(size);
    must(copy->file != NULL, "memory");
    if (copy->writer.data_used != 0) {
        must(igvm_finish(&copy->writer, copy->file, size, NULL), "a copy can be finished");
        must(igvm_open(&reread, copy->file, size, NULL), "a copy can be opened");
        igvm_rewind(&reread, &headers[1]);
        for (igvm_rewind(file, &headers[0]); igvm_next(file, &headers[0]);) {
            must(igvm_next(&reread, &headers[1]), "the copy has as many headers");
            check_same_header(&headers[0], &headers[1]);
        }
        must(!igvm_next(&reread, &headers[1]), "the copy has no more headers");
    }
    free_copy(copy);
}

/* What is left of a launch when its order is forgotten. */
struct tally {
    uint64_t count;
    uint64_t sum;
};

static struct tally run_launch(const struct igvm_file *file, const struct igvm_launch *launch)
{
    static struct igvm_events events;
    struct igvm_event event;
    struct tally tally = {0, 0};

    igvm_events_start(&events, file, launch);
    while (igvm_events_next(&events, &event)) {
        if (event.contents != NULL) {
            touch(event.contents, IGVM_PAGE_SIZE);
        }
        must(event.offset < file->headers_end, "an event comes from a header");
        if (event.type != IGVM_EVENT_VMSA) {
            tally.count++;
            tally.sum += (event.gpa + event.offset) * 0x9E3779B97F4A7C15u + event.type;
        }
    }
    return tally;
}

static bool has_shared_page(const struct igvm_file *file)
{
    struct igvm_header header;

    for (igvm_rewind(file, &header); igvm_next(file, &header);) {
        if (header.type == IGVM_PAGE_DATA && (header.body.page->flags & IGVM_PAGE_SHARED) != 0) {
            return true;
        }
    }
    return false;
}

static void check_launches(const struct igvm_file *file)
{
    for (unsigned type = 0; type < IGVM_PLATFORM_TYPES; type++) {
        struct igvm_launch launch = {.mask = file->masks[type], .vcpus = 2};
        struct tally file_order;
        struct tally qemu_order;

        if (launch.mask == 0) {
            continue;
        }
        file_order = run_launch(file, &launch);
        launch.order = IGVM_ORDER_QEMU;
        qemu_order = run_launch(file, &launch);
        must(has_shared_page(file) ||
                 (file_order.count == qemu_order.count && file_order.sum == qemu_order.sum),
             "QEMU's order is a permutation of the file's");
    }
}

static void check_finding(void *context, const struct finding *finding)
{
    const struct igvm_file *file = context;

    must(finding->offset < file->size && finding->other < file->size, "a finding is in the file");
    must(finding->rule[0] != '\0' && finding->text[0] != '\0', "a finding says something");
}

static void check_lint(const struct igvm_file *file)
{
    struct igvm_file copy = *file;
    struct lint lint = {.file = file, .report = check_finding, .context = &copy};
    unsigned errors;

    lint_run(&lint);
    errors = lint.errors;
    for (size_t i = 0; profile_at(i) != NULL; i++) {
        lint.profile = profile_at(i);
        lint_run(&lint);
        must(lint.errors >= errors, "a profile only adds rules");
    }
}

bool oracle_check(const uint8_t *bytes, size_t size)
{
    struct igvm_file file;
    struct igvm_error error;
    struct igvm_header header;
    uint64_t copy;

    if (!igvm_open(&file, bytes, size, &error)) {
        must(error.code != IGVM_OK && error.rule != NULL, "a refusal has a reason");
        must(error.offset <= size, "a refusal points into the file");
        igvm_rewind(&file, &header);
        must(!igvm_next(&file, &header), "a refused file has no headers");
        return false;
    }
    must(error.code == IGVM_OK, "a file that opens has no error");
    copy = check_walk(&file);
    if (copy <= COPY_MAX) {
        check_copy(&file, copy);
    }
    check_launches(&file);
    check_lint(&file);
    return true;
}
