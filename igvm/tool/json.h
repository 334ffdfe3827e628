/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writes JSON to a stream, one value a call. Keys and strings are plain ASCII of ours without
 * characters that need escaping; numbers are unsigned and never rounded.
 */
#ifndef IGVM_JSON_H
#define IGVM_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct json {
    FILE *out;
    unsigned depth;
    bool first;
};

void json_start(struct json *json, FILE *out);

/* "key" is NULL for an element of an array and for the outermost value. */
void json_open(struct json *json, const char *key, char bracket);
void json_close(struct json *json, char bracket);
void json_number(struct json *json, const char *key, uint64_t value);
void json_string(struct json *json, const char *key, const char *value);
void json_hex(struct json *json, const char *key, const uint8_t *bytes, size_t size);

#endif
