/* SPDX-License-Identifier: BSD-2-Clause */
/* The tokens of the flattened format, version 17; see tree.h. */
#include "tree.h"

#include <assert.h>
#include <string.h>

enum { OPEN = 1, CLOSE = 2, PROPERTY = 3, NOTHING = 4, END = 9 };

static void put(uint8_t *at, uint32_t value)
{
    for (int i = 0; i < 4; i++) {
        at[i] = (uint8_t)(value >> (24 - 8 * i));
    }
}

static void cell(struct tree *tree, uint32_t value)
{
    assert(tree->cell_bytes + 4 <= TREE_ROOM);
    put(tree->cells + tree->cell_bytes, value);
    tree->cell_bytes += 4;
}

static void bytes(struct tree *tree, const void *data, size_t size)
{
    assert(tree->cell_bytes + size + 4 <= TREE_ROOM);
    memcpy(tree->cells + tree->cell_bytes, data, size);
    tree->cell_bytes = (tree->cell_bytes + size + 3) & ~(size_t)3;
}

void tree_start(struct tree *tree)
{
    memset(tree, 0, sizeof(*tree));
    tree->version = 17;
}

void tree_open(struct tree *tree, const char *name)
{
    cell(tree, OPEN);
    bytes(tree, name, strlen(name) + 1);
}

void tree_close(struct tree *tree)
{
    cell(tree, CLOSE);
}

void tree_nothing(struct tree *tree)
{
    cell(tree, NOTHING);
}

void tree_bytes(struct tree *tree, const char *name, const void *data, size_t size)
{
    size_t length = strlen(name) + 1;

    cell(tree, PROPERTY);
    cell(tree, (uint32_t)size);
    cell(tree, (uint32_t)tree->string_bytes);
    assert(tree->string_bytes + length <= TREE_ROOM);
    memcpy(tree->strings + tree->string_bytes, name, length);
    tree->string_bytes += length;
    bytes(tree, data, size);
}

void tree_text(struct tree *tree, const char *name, const char *text)
{
    tree_bytes(tree, name, text, strlen(text) + 1);
}

void tree_number(struct tree *tree, const char *name, uint32_t number)
{
    uint8_t big[4];

    put(big, number);
    tree_bytes(tree, name, big, sizeof(big));
}

size_t tree_finish(struct tree *tree)
{
    const uint32_t reserve = 40; /* one empty entry of 16 bytes, then the cells */
    uint8_t *out = (uint8_t *)tree->aligned;
    size_t strings;
    uint32_t header[10];

    cell(tree, END);
    strings = reserve + 16 + tree->cell_bytes;
    memcpy(header,
           (uint32_t[10]){0xd00dfeed, (uint32_t)(strings + tree->string_bytes), reserve + 16,
                          (uint32_t)strings, reserve, tree->version, 16, 0,
                          (uint32_t)tree->string_bytes, (uint32_t)tree->cell_bytes},
           sizeof(header));
    for (unsigned i = 0; i < 10; i++) {
        put(out + (size_t)4 * i, header[i]);
    }
    memset(out + reserve, 0, 16);
    memcpy(out + reserve + 16, tree->cells, tree->cell_bytes);
    memcpy(out + strings, tree->strings, tree->string_bytes);
    return strings + tree->string_bytes;
}
