/* SPDX-License-Identifier: BSD-2-Clause */
/* One to four changes to cells of the structure block or to letters of the strings; see mutate.h.
 */
#include "mutate.h"

#include <string.h>

#define HEADER 40u

struct tree {
    uint8_t *cells; /* the structure block */
    size_t cell_count;
    uint8_t *strings;
    size_t string_bytes;
    uint64_t random;
};

/* xorshift64*: small, seeded, the same everywhere. */
static size_t below(struct tree *tree, size_t limit)
{
    tree->random ^= tree->random >> 12;
    tree->random ^= tree->random << 25;
    tree->random ^= tree->random >> 27;
    return (size_t)((tree->random * UINT64_C(2685821657736338717) >> 33) % limit);
}

static uint32_t cell(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static void set_cell(uint8_t *bytes, uint32_t value)
{
    for (int i = 0; i < 4; i++) {
        bytes[i] = (uint8_t)(value >> (24 - 8 * i));
    }
}

static void interesting(struct tree *tree)
{
    static const uint32_t values[] = {0,  1,      2,      3,          4,          9,         63,
                                      64, 0x1000, 0x1001, 0x3fffffff, 0x40000000, UINT32_MAX};

    set_cell(tree->cells + 4 * below(tree, tree->cell_count),
             values[below(tree, sizeof(values) / sizeof(values[0]))]);
}

static void copy_cells(struct tree *tree)
{
    size_t most = tree->cell_count < 16 ? tree->cell_count : 16;
    size_t count = 1 + below(tree, most);
    size_t from = below(tree, tree->cell_count - count + 1);
    size_t to = below(tree, tree->cell_count - count + 1);

    memmove(tree->cells + 4 * to, tree->cells + 4 * from, 4 * count);
}

static void nudge(struct tree *tree)
{
    uint8_t *at = tree->cells + 4 * below(tree, tree->cell_count);

    set_cell(at, cell(at) + (below(tree, 2) == 0 ? 1u : UINT32_MAX));
}

static void flip(struct tree *tree)
{
    tree->cells[below(tree, 4 * tree->cell_count)] ^= (uint8_t)(1u << below(tree, 8));
}

static void letter(struct tree *tree)
{
    if (tree->string_bytes != 0) {
        tree->strings[below(tree, tree->string_bytes)] = (uint8_t)below(tree, 128);
    }
}

void mutate_tree(uint8_t *bytes, size_t size, uint64_t seed)
{
    static void (*const changes[])(struct tree *) = {interesting, copy_cells, nudge, flip, letter};
    struct tree tree = {.random = seed * 2 + 1};
    size_t offset;
    size_t strings;

    if (size < HEADER) {
        return;
    }
    offset = cell(bytes + 8);
    strings = cell(bytes + 12);
    tree.cell_count = cell(bytes + 36) / 4;
    tree.string_bytes = cell(bytes + 32);
    if (offset < HEADER || offset > size || tree.cell_count == 0 ||
        tree.cell_count > (size - offset) / 4 || strings > size ||
        tree.string_bytes > size - strings) {
        return;
    }
    tree.cells = bytes + offset;
    tree.strings = bytes + strings;
    for (size_t i = 1 + below(&tree, 4); i > 0; i--) {
        changes[below(&tree, sizeof(changes) / sizeof(changes[0]))](&tree);
    }
}
