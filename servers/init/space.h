/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory into address spaces: a server's, and init's own, where init sees every page it may have to
 * write.
 *
 * Only before the seal. Tables are made as they are needed. What does not go ends the virtual
 * machine: addresses are init's own choice, or were checked when the ELF file was read.
 */
#ifndef INIT_SPACE_H
#define INIT_SPACE_H

#include "objects.h"

struct space {
    seL4_CPtr vspace;
    uint32_t tables; /* made for it, the root included */
};

/* How a page is seen in an address space. */
enum access {
    ACCESS_READ,
    ACCESS_WRITE,
    ACCESS_EXECUTE,
};

/* A new address space. */
void space_make(struct space *space);

/* Maps a page capability that is not mapped yet. */
void space_map(struct space *space, seL4_CPtr page, uint64_t va, enum access access);

/* init's own address space. */
extern struct space space_own;

/* Addresses of init's own, for `count` pages, that nothing else is at. */
uint64_t space_reserve(uint64_t count);

/* `count` new zeroed pages that init sees, side by side. */
struct pages {
    uint8_t *mine;   /* where init sees them */
    seL4_CPtr first; /* the originals, not mapped; to be mapped once or copied */
    uint64_t count;
};

struct pages pages_new(uint64_t count);

/* Maps the originals: memory of one server alone. */
void pages_map(struct space *space, const struct pages *pages, uint64_t va);
/* Maps copies that carry no more rights than the access needs: memory of several. */
void pages_map_copies(struct space *space, const struct pages *pages, uint64_t va,
                      enum access access);

#endif
