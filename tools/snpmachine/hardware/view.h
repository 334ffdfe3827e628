/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The nested tables: the one the host writes (nested_*) and the views derived from it and the RMP,
 * one per VMPL, that the CPU really walks. A view has a private half (addresses with the C-bit) and
 * a shared half, and a flat root in which addresses without C-bit are private, for guests without
 * paging. Only hardware/ includes this. Under hardware_lock but view_root.
 */
#ifndef SNPMACHINE_VIEW_H
#define SNPMACHINE_VIEW_H

#include "hardware/rmp.h"

enum nested_kind { NESTED_NONE, NESTED_MMIO, NESTED_MEMORY };

struct nested {
    enum nested_kind kind;
    uint64_t spa;  /* of the address asked for */
    uint64_t size; /* of the mapping */
};

void view_start(void);
void nested_start(void);
struct nested nested_lookup(uint64_t gpa);

/* What one access wants. */
struct view_access {
    uint64_t gpa;
    unsigned vmpl;
    bool private, write, fetch, walk, user;
    bool shared_alias; /* private by rule (walk, fetch), but the address has no C-bit */
};

enum view_kind { VIEW_OK, VIEW_MMIO, VIEW_UNVALIDATED, VIEW_NPF };

struct view_result {
    enum view_kind kind;
    uint64_t info1; /* of VIEW_NPF */
    uint64_t spa;   /* of VIEW_OK: of the address asked for */
};

/* Is the access allowed? VIEW_OK does not say that a view maps it. */
struct view_result view_check(const struct view_access *access);

/* The same, and maps the page (and allowed neighbours) in the VMPL's view. */
struct view_result view_fill(const struct view_access *access);

/* Takes a range out of all views, or out of one; view_settle waits until no CPU can use what was
 * taken out since it was last called. */
void view_forget(uint64_t gpa, uint64_t size);
void view_forget_vmpl(uint64_t gpa, uint64_t size, unsigned vmpl);
void view_forget_spa(uint64_t spa, uint64_t size);
void view_settle(void);

/* Rises whenever something may have been taken out: what view_check said before is void. */
extern uint64_t view_generation;

uint64_t view_root(unsigned vmpl, bool flat);

/* Around VMRUN: while a CPU is inside, view_settle must wait for it. */
void view_enter_guest(unsigned cpu);
void view_leave_guest(unsigned cpu);

#endif
