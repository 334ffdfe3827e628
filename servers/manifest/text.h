/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sentences into bounded buffers, and what this library asks of its surroundings.
 *
 * Results are always NUL-terminated and cut where the buffer ends; bytes that are not printable
 * ASCII become '?', so hostile names can be shown. The memory functions are declared here and not
 * taken from string.h, so that the same sources serve programs with no libc but these.
 */
#ifndef MANIFEST_TEXT_H
#define MANIFEST_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void *memcpy(void *restrict to, const void *restrict from, size_t size);
void *memset(void *to, int value, size_t size);
int memcmp(const void *one, const void *other, size_t size);
size_t strlen(const char *text);

/* Room for any number in decimal. */
struct number_text {
    char digits[24];
};

void text_add(char *text, size_t room, const char *more);
const char *text_decimal(struct number_text *number, uint64_t value);
const char *text_hex(struct number_text *number, uint64_t value);
bool text_equal(const char *one, const char *other);

/* Is this [a-z][a-z0-9.-]* of less than "room" bytes? */
bool text_is_name(const char *text, size_t room);

#endif
