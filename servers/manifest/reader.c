/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table-driven reader; see reader.h.
 *
 * The tree's own form is checked once, in reader_open: after that libfdt's walking functions cannot
 * fail half way, and properties cannot hide where they do not look (behind a child).
 */
#include "reader.h"

#include "refusal.h"
#include "text.h"

#include <libfdt.h>

#define TREE_VERSION 17u
#define TREE_DEPTH   6

bool reader_refuse(const struct reader *reader, const struct value *value, const char *first, ...)
{
    char path[sizeof(reader->error->node)];
    va_list rest;

    if (fdt_get_path(reader->tree, value->node, path, (int)sizeof(path)) == 0) {
        refusal_place(reader->error, "", path, value->name);
    } else {
        refusal_place(reader->error, ".../", fdt_get_name(reader->tree, value->node, NULL),
                      value->name);
    }
    va_start(rest, first);
    refusal_list(reader->error, first, rest);
    va_end(rest);
    return false;
}

static bool refuse_tree(const struct reader *reader, const char *reason)
{
    refusal_place(reader->error, "/", "", NULL);
    return refusal_reason(reader->error, reason, NULL);
}

/* fdt_check_full has seen to it that this ends and that beginnings and ends of nodes match. */
static bool is_plain(const struct reader *reader)
{
    bool after_child = false;
    uint32_t tag;
    int depth = 0;
    int offset = 0;

    if (fdt_get_name(reader->tree, 0, NULL) == NULL) {
        return refuse_tree(reader, "the tree does not begin with its root");
    }
    do {
        tag = fdt_next_tag(reader->tree, offset, &offset);
        if (tag == FDT_PROP && after_child) {
            return refuse_tree(reader, "a property stands behind a child of its node");
        }
        if (tag == FDT_BEGIN_NODE && ++depth > TREE_DEPTH) {
            return refuse_tree(reader, "nodes are nested too deep");
        }
        if (tag == FDT_END_NODE) {
            depth--;
        }
        after_child = tag == FDT_END_NODE || (tag == FDT_NOP && after_child);
    } while (tag != FDT_END);
    return true;
}

/* libfdt reads cells of these two blocks where they stand. */
static bool is_aligned(const void *tree)
{
    return fdt_off_dt_struct(tree) % 4 == 0 && fdt_off_mem_rsvmap(tree) % 8 == 0;
}

bool reader_open(const struct reader *reader, size_t size)
{
    if (((uintptr_t)reader->tree & 7) != 0) {
        return refuse_tree(reader, "the tree is not at a multiple of eight bytes");
    }
    if (size > MANIFEST_BYTES) {
        return refuse_tree(reader, "the tree is larger than any manifest");
    }
    if (size < FDT_V17_SIZE || !is_aligned(reader->tree) ||
        fdt_check_full(reader->tree, size) != 0) {
        return refuse_tree(reader, "this is not a whole flattened device tree");
    }
    if (fdt_version(reader->tree) != TREE_VERSION) {
        return refuse_tree(reader, "the tree is not of version 17");
    }
    return is_plain(reader);
}

uint32_t reader_cell(const struct value *value, size_t index)
{
    const uint8_t *cell = value->bytes + 4 * index;

    return (uint32_t)cell[0] << 24 | (uint32_t)cell[1] << 16 | (uint32_t)cell[2] << 8 | cell[3];
}

const char *reader_string(const struct reader *reader, const struct value *value)
{
    const char *text = (const char *)value->bytes;

    if (value->size == 0 || value->size > MANIFEST_NAME || text[value->size - 1] != 0 ||
        strlen(text) + 1 != value->size) {
        reader_refuse(reader, value, "this has to be one string of at most 31 characters", NULL);
        return NULL;
    }
    return text;
}

/* Fields are unsigned integers of any width; x86 is little-endian. */
static void store(const struct field *field, void *target, uint64_t number)
{
    memcpy((uint8_t *)target + field->offset, &number, field->width);
}

static bool read_number(const struct reader *reader, const struct value *value,
                        const struct field *field, void *target)
{
    struct number_text least;
    struct number_text most;
    uint64_t number;

    if (value->size != 4 && value->size != 8) {
        return reader_refuse(reader, value, "this has to be one number", NULL);
    }
    number = reader_cell(value, 0);
    if (value->size == 8) {
        number = number << 32 | reader_cell(value, 1);
    }
    if (number < field->least || number > field->most) {
        return reader_refuse(reader, value, "this has to be from ",
                             text_decimal(&least, field->least), " to ",
                             text_decimal(&most, field->most), NULL);
    }
    if (field->multiple > 1 && number % field->multiple != 0) {
        return reader_refuse(reader, value, "this has to be a multiple of ",
                             text_decimal(&most, field->multiple), NULL);
    }
    store(field, target, number);
    return true;
}

static bool read_name(const struct reader *reader, const struct value *value,
                      const struct field *field, void *target)
{
    const char *text = reader_string(reader, value);

    if (text == NULL) {
        return false;
    }
    if (!text_is_name(text, MANIFEST_NAME)) {
        return reader_refuse(reader, value, "\"", text, "\" is not a name ([a-z][a-z0-9.-]*)",
                             NULL);
    }
    memcpy((char *)target + field->offset, text, value->size);
    return true;
}

static bool read_flag(const struct reader *reader, const struct value *value,
                      const struct field *field, void *target)
{
    if (value->size != 0) {
        return reader_refuse(reader, value, "this takes no value", NULL);
    }
    store(field, target, 1);
    return true;
}

static bool read_field(const struct reader *reader, const struct value *value,
                       const struct field *field, void *target)
{
    switch (field->type) {
    case FIELD_NUMBER:
        return read_number(reader, value, field, target);
    case FIELD_NAME:
        return read_name(reader, value, field, target);
    case FIELD_FLAG:
        return read_flag(reader, value, field, target);
    default:
        return field->read(reader, value, target);
    }
}

/* One node on its way into its struct. */
struct visit {
    const struct reader *reader;
    const struct schema *schema;
    void *target;
    int node;
    uint32_t seen;                 /* bit n: fields[n] was there */
    int children[READER_CHILDREN]; /* where, or 0: the root is nobody's child */
};

static bool read_property(struct visit *visit, const struct value *value)
{
    const struct schema *schema = visit->schema;

    for (size_t i = 0; i < schema->field_count; i++) {
        if (!text_equal(schema->fields[i].name, value->name)) {
            continue;
        }
        if ((visit->seen >> i & 1) != 0) {
            return reader_refuse(visit->reader, value, "this property is there twice", NULL);
        }
        visit->seen |= UINT32_C(1) << i;
        return read_field(visit->reader, value, &schema->fields[i], visit->target);
    }
    if (schema->any != NULL) {
        return schema->any(visit->reader, value, visit->target);
    }
    return reader_refuse(visit->reader, value, "there is no property of this name here", NULL);
}

static bool read_properties(struct visit *visit)
{
    struct value value = {.node = visit->node};
    int offset;
    int size;

    fdt_for_each_property_offset(offset, visit->reader->tree, visit->node)
    {
        value.bytes = fdt_getprop_by_offset(visit->reader->tree, offset, &value.name, &size);
        value.size = (size_t)size;
        if (!read_property(visit, &value)) {
            return false;
        }
    }
    value.name = NULL;
    for (size_t i = 0; i < visit->schema->field_count; i++) {
        if (visit->schema->fields[i].required && (visit->seen >> i & 1) == 0) {
            return reader_refuse(visit->reader, &value, "the property \"",
                                 visit->schema->fields[i].name, "\" is missing", NULL);
        }
    }
    return true;
}

static bool find_child(struct visit *visit, int node)
{
    const char *name = fdt_get_name(visit->reader->tree, node, NULL);
    struct value place = {.node = node};

    for (size_t i = 0; i < visit->schema->child_count; i++) {
        if (!text_equal(visit->schema->children[i].name, name)) {
            continue;
        }
        if (visit->children[i] != 0) {
            return reader_refuse(visit->reader, &place, "this node is there twice", NULL);
        }
        visit->children[i] = node;
        return true;
    }
    return reader_refuse(visit->reader, &place, "there is no node of this name here", NULL);
}

static bool find_children(struct visit *visit)
{
    struct value place = {.node = visit->node};
    int node;

    fdt_for_each_subnode(node, visit->reader->tree, visit->node)
    {
        if (!find_child(visit, node)) {
            return false;
        }
    }
    for (size_t i = 0; i < visit->schema->child_count; i++) {
        if (visit->schema->children[i].required && visit->children[i] == 0) {
            return reader_refuse(visit->reader, &place, "the node \"",
                                 visit->schema->children[i].name, "\" is missing", NULL);
        }
    }
    return true;
}

static bool name_element(const struct reader *reader, int node, char *array, const size_t extent[2])
{
    const char *name = fdt_get_name(reader->tree, node, NULL);
    struct value place = {.node = node};
    char *own = array + extent[0] * extent[1];

    if (!text_is_name(name, MANIFEST_NAME)) {
        return reader_refuse(reader, &place,
                             "this is not a name ([a-z][a-z0-9.-]*, at most 31 characters)", NULL);
    }
    for (size_t i = 0; i < extent[0]; i++) {
        if (text_equal(array + i * extent[1], name)) {
            return reader_refuse(reader, &place, "this name is there twice", NULL);
        }
    }
    memcpy(own, name, strlen(name) + 1);
    return true;
}

static bool has_properties(const struct reader *reader, int node)
{
    struct value place = {.node = node};

    if (fdt_first_property_offset(reader->tree, node) >= 0) {
        return !reader_refuse(reader, &place, "this node takes no properties, only children", NULL);
    }
    return false;
}

static bool read_folder(const struct reader *reader, int folder, const struct child *child,
                        void *target)
{
    char *array = (char *)target + child->offset;
    struct number_text most;
    uint32_t count = 0;
    int node;

    if (has_properties(reader, folder)) {
        return false;
    }
    fdt_for_each_subnode(node, reader->tree, folder)
    {
        struct value place = {.node = node};
        if (count == child->most) {
            return reader_refuse(reader, &place, "there are at most ",
                                 text_decimal(&most, child->most), " of these", NULL);
        }
        if (!name_element(reader, node, array, (size_t[2]){count, child->size}) ||
            !reader_node(reader, node, child->schema, array + count * child->size)) {
            return false;
        }
        count++;
        memcpy((char *)target + child->count_offset, &count, sizeof(count));
    }
    return true;
}

static bool read_child(struct visit *visit, size_t index)
{
    const struct child *child = &visit->schema->children[index];

    if (visit->children[index] == 0) {
        return true;
    }
    if (child->most != 0) {
        return read_folder(visit->reader, visit->children[index], child, visit->target);
    }
    return reader_node(visit->reader, visit->children[index], child->schema,
                       (char *)visit->target + child->offset);
}

/* Recursive, as deep as the schemas are. */
bool reader_node(const struct reader *reader, int node, const struct schema *schema, void *target)
{
    struct visit visit = {.reader = reader, .schema = schema, .target = target, .node = node};

    if (!read_properties(&visit) || !find_children(&visit)) {
        return false;
    }
    for (size_t i = 0; i < schema->child_count; i++) {
        if (!read_child(&visit, i)) {
            return false;
        }
    }
    return true;
}
