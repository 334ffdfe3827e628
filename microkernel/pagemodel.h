/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The reference model of page states: the same rules once more, written to be read, a byte a page.
 *
 * In builds with SELFCHECK the kernel tells it what it did, page by page, and the model ends the
 * virtual machine when it would have done something else or when the table is not as it says. It
 * shares no code with the table. Its bytes change only while their range is held.
 */
#ifndef MICROKERNEL_PAGEMODEL_H
#define MICROKERNEL_PAGEMODEL_H

#include <stdint.h>

#include "pagestate.h"
#include "selfcheck.h"

/* `bytes` has one for each page; what the table says now is where the model begins. */
void pagemodel_start(uint8_t *bytes, uint64_t pages);

/* An entry of PVALIDATE in a held range, and what came of it. */
void pagemodel_entry(uint64_t entry, uint64_t result);

/* A held page changed. What PVALIDATE does is compared entry by entry; here the rest: pages that
   become a vCPU's, and are given back. */
void pagemodel_changed(uint64_t gpa, enum page_state from, enum page_state to);

/* The two pages of a vCPU that belongs to this processor: they are a vCPU's, and as a page becomes
   one only from VALID, no other's. The first saved state of all is in memory of ours. */
void pagemodel_vcpu(uint64_t vmsa, uint64_t area);

#endif
