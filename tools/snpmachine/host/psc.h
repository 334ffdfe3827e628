/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Page state changes: what a guest asks for in the GHCB MSR or in a page-state buffer, turned into
 * RMPUPDATE and PSMASH. Also the host's answer to nested page faults, which can imply a change.
 */
#ifndef SNPMACHINE_HOST_PSC_H
#define SNPMACHINE_HOST_PSC_H

#include "host/vcpu.h"

enum page_operation { PSC_PRIVATE = 1, PSC_SHARED = 2, PSC_SMASH = 3, PSC_UNSMASH = 4 };

/* One entry, taken apart. */
struct page_state_entry {
    uint64_t gpa;
    unsigned operation;
    unsigned done; /* 4 KiB pages of a 2 MiB entry that are finished already */
    bool large;
};

#define PSC_ENTRIES 253u

/* false: reserved bits, an operation that does not exist, a large entry that is not aligned, or
 * more done than there is. */
bool page_state_decode(uint64_t raw, struct page_state_entry *entry);

/* Performs one entry; a page already in the wanted state is left alone. false: not RAM, or the
 * RMP refused. */
bool page_state_change(const struct page_state_entry *entry);

/* Serves a nested page fault of the vCPU's current VMPL, or stops the machine with the reason. */
void page_fault(struct vcpu *vcpu);

#endif
