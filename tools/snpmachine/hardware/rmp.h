/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The reverse map table. One entry per 4 KiB page of RAM; the first entry of a 2 MiB page governs
 * the 511 that follow while its "large" bit is set. Only hardware/ includes this.
 *
 * Everything here is read and written under hardware_lock but what hw_run looks at in passing.
 */
#ifndef SNPMACHINE_RMP_H
#define SNPMACHINE_RMP_H

#include "hardware/hardware.h"

#define PERM_READ       1u
#define PERM_WRITE      2u
#define PERM_USER       4u /* execute at CPL 3 */
#define PERM_SUPERVISOR 8u /* execute below */
#define PERM_ALL        0xFu

struct rmp_entry {
    uint64_t gpa;
    uint8_t perms[VMPLS];
    uint8_t ram : 1, assigned : 1, validated : 1, large : 1, vmsa : 1, immutable : 1;
    uint8_t cipher;  /* what memory holds is not yet decrypted for the guest (of each 4 KiB page) */
    uint8_t aliased; /* hw_map put it (of each 4 KiB page) behind a gpa that differs from its spa */
};

_Static_assert(sizeof(struct rmp_entry) == 16, "as many bytes as the real one");

extern struct spinlock hardware_lock;

void rmp_start(void);
bool rmp_covers(uint64_t spa);

/* The entry that governs the page, NULL where there is no RAM; rmp_own is the page's own. */
struct rmp_entry *rmp_entry(uint64_t spa);
struct rmp_entry *rmp_own(uint64_t spa);

/* The VMSA that each CPU runs, with RMP_RUNS, for there is a page at 0; 0 if none. What the
 * architecture calls in use. */
#define RMP_RUNS 1ull
extern uint64_t rmp_running[CPUS_MAX];
bool rmp_in_use(uint64_t spa);

/* The gpa that the governing entry gives this page. */
uint64_t rmp_gpa(uint64_t spa);

/* The private text of a guest-owned page (or of all 512 of a large one) lies in memory afterwards.
 */
void rmp_decrypt(uint64_t spa, uint64_t size);

/* XORs the page with its keystream: text to ciphertext and back. */
void cipher_page(uint64_t spa, uint64_t *words);
void cipher_start(void);

#endif
