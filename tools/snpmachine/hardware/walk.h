/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The guest's own address translation and accesses to its private memory on its behalf, for the
 * instructions and deliveries that the model does in software. Only hardware/ includes this.
 */
#ifndef SNPMACHINE_WALK_H
#define SNPMACHINE_WALK_H

#include "hardware/svm.h"
#include "hardware/view.h"

/* How an access on the guest's behalf ended, and what its failure means to the guest. */
enum walk_kind { WALK_OK, WALK_PAGE_FAULT, WALK_NPF, WALK_UNVALIDATED, WALK_MMIO };

struct walk {
    enum walk_kind kind;
    uint64_t gpa;   /* without C-bit; of WALK_NPF the one that faulted */
    uint64_t spa;   /* of walk_access only */
    uint64_t info1; /* of WALK_NPF */
    uint32_t error; /* of WALK_PAGE_FAULT */
    bool private;
};

/* Where private pages that were read before lie: what view_check said of them in this generation.
 * Only a shortcut through the RMP and the host's table; the guest's own tables are walked anew each
 * time. One set for each CPU. Under hardware_lock. */
#define KEPT       32u
#define KEPT_SHIFT 59u /* 64 less the bits that tell so many apart */
#define KEPT_VALID 8u

struct kept {
    uint64_t key; /* gpa | KEPT_VALID | VMPL */
    uint64_t spa, generation;
};

/* This CPU's set. */
void walk_start(struct kept *kept);

/* Is every access of this guest private, because its paging mode has no C-bit? */
bool walk_is_flat(const struct svm_save *save);

/* Linear to guest physical: the guest's tables only. The VMPL is the one in the save area. */
struct walk walk_linear(const struct svm_save *save, uint64_t linear, bool write);

/* The same, then the nested check of the target: spa is usable at once, for one page. */
struct walk walk_access(const struct svm_save *save, uint64_t linear, bool write);

/* Copies, page by page. */
struct walk walk_read(const struct svm_save *save, uint64_t linear, void *to, size_t size);
struct walk walk_write(const struct svm_save *save, uint64_t linear, const void *from, size_t size);

#endif
