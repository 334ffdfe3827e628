/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writes flattened device trees token by token, the ill-formed ones included that dtc would never
 * write. Strings are not shared. The caller closes its nodes itself.
 */
#ifndef MANIFEST_TREE_H
#define MANIFEST_TREE_H

#include <stddef.h>
#include <stdint.h>

#define TREE_ROOM 4096u

struct tree {
    uint64_t aligned[2 * TREE_ROOM / 8]; /* the tree, after tree_finish */
    uint8_t cells[TREE_ROOM];
    size_t cell_bytes;
    char strings[TREE_ROOM];
    size_t string_bytes;
    uint32_t version;
};

void tree_start(struct tree *tree);
void tree_open(struct tree *tree, const char *name);
void tree_close(struct tree *tree);
void tree_nothing(struct tree *tree);
void tree_bytes(struct tree *tree, const char *name, const void *bytes, size_t size);
void tree_text(struct tree *tree, const char *name, const char *text);
void tree_number(struct tree *tree, const char *name, uint32_t number);

/* Returns the size; the tree is at tree->aligned. */
size_t tree_finish(struct tree *tree);

#endif
