/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From a flattened device tree into structs, by tables.
 *
 * A schema says which properties and children a kind of node has and where in a struct they go.
 * What no table names is refused, as is what comes twice, is missing, or is out of its range. The
 * reader touches no byte before libfdt has checked the whole tree, and its time grows with the
 * tree's size times the largest number of children it accepts.
 */
#ifndef MANIFEST_READER_H
#define MANIFEST_READER_H

#include "manifest.h"

struct reader {
    const void *tree;
    struct manifest *manifest;
    struct manifest_error *error;
};

/* A property as it stands in the tree; "name" is NUL-terminated. */
struct value {
    int node;
    const char *name;
    const uint8_t *bytes;
    size_t size;
};

enum field_type {
    FIELD_NUMBER, /* one or two cells, into an unsigned integer of "width" bytes */
    FIELD_NAME,   /* a string that is a name, into char[MANIFEST_NAME] */
    FIELD_FLAG,   /* an empty property, into a bool */
    FIELD_OTHER,  /* whatever "read" makes of it */
};

typedef bool field_reader(const struct reader *reader, const struct value *value, void *target);

struct field {
    const char *name;
    enum field_type type;
    bool required;
    size_t offset; /* into the node's struct */
    size_t width;
    uint64_t least;
    uint64_t most;
    uint64_t multiple; /* 0 or 1: any */
    field_reader *read;
};

struct schema;

/* A child of a fixed name: one struct, or with "most" set a folder of up to so many of them, whose
   struct starts with char name[MANIFEST_NAME] and which are counted in a uint32_t. */
struct child {
    const char *name;
    bool required;
    const struct schema *schema;
    size_t offset;
    size_t size;
    size_t count_offset;
    uint32_t most;
};

#define READER_CHILDREN 8u /* at most so many of one schema */
#define READER_FIELDS   32u

struct schema {
    const struct field *fields;
    size_t field_count;
    const struct child *children; /* read in this order, whatever the tree's */
    size_t child_count;
    field_reader *any; /* if not NULL: reads properties of any name; target is the struct */
};

/* Checks the whole tree's form; everything below may only follow. */
bool reader_open(const struct reader *reader, size_t size);

/* Reads a node into its zeroed struct. */
bool reader_node(const struct reader *reader, int node, const struct schema *schema, void *target);

/* The one string of a value, or NULL after a refusal. */
const char *reader_string(const struct reader *reader, const struct value *value);

/* One cell of a value. */
uint32_t reader_cell(const struct value *value, size_t index);

/* Refuse: the reason is made of the strings, the last of which is followed by NULL; always false.
 */
bool reader_refuse(const struct reader *reader, const struct value *value, const char *first, ...)
    __attribute__((sentinel));

#endif
