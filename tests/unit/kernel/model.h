/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A reference model of the capability system: what every operation shall do, said as simply as
 * possible and without the kernel's data structures.
 *
 * Capabilities lie in numbered places; the derivation is a list of edges between places; deleting
 * is recursive and happens at once. The differential test does each operation here and in the
 * kernel and compares errors and all of the state.
 */
#ifndef MODEL_H
#define MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include <sel4/objecttype.h>
#include <sel4/types.h>

#define MODEL_ROOT   48   /* places of the first thread's CNode that take part */
#define MODEL_PLACES 4096 /* those, and the slots of CNodes and threads made of memory */
#define MODEL_WINDOW 16   /* pages that can be mapped, in one address space */
#define MODEL_NONE   (-1)

struct model_cap {
    int type; /* enum seL4_CapType; CAP_Null: the place is empty */
    uint64_t rights, badge;
    uint64_t base; /* physical address of the object */
    unsigned bits; /* CNode: log2 of slots; untyped: of bytes */
    unsigned level;
    uint64_t watermark;
    int contents; /* first place of a CNode's or a thread's slots */
    int mapped;   /* a page: where in the window */
};

struct model_edge {
    int parent, child; /* MODEL_NONE: unused */
};

struct model {
    struct model_cap caps[MODEL_PLACES];
    struct model_edge edges[MODEL_PLACES];
    int edge_count;
    int next_place;
    int window[MODEL_WINDOW]; /* the place of the capability that is mapped there */
    bool window_writable[MODEL_WINDOW];
};

/* A place found by a CNode's place and an index; MODEL_NONE for no such slot. */
int model_place(const struct model *m, int cnode, uint64_t index);

struct model_transfer {
    int to, from; /* MODEL_NONE: there is no such slot */
    uint64_t rights, badge;
    unsigned level; /* of the CNode that receives */
};

struct model_retype {
    int untyped, first;
    uint64_t type, user_bits, count;
    uint64_t room; /* slots from the first on */
    unsigned level;
};

void model_start(struct model *m);
int model_parent(const struct model *m, int place);
bool model_is_derived(const struct model *m, int place);
seL4_Error model_copy(struct model *m, const struct model_transfer *t);
seL4_Error model_move(struct model *m, const struct model_transfer *t);
seL4_Error model_delete(struct model *m, int place);
void model_revoke(struct model *m, int place);
seL4_Error model_retype(struct model *m, const struct model_retype *r);
struct model_mapping {
    int page, at;
    uint64_t rights;
    bool execute;
};

seL4_Error model_map(struct model *m, const struct model_mapping *wanted);
void model_unmap(struct model *m, int page);
seL4_Error model_configure(struct model *m, int thread, int cspace, int vspace);

#endif
