/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The page-state table: what each 4 KiB page of the virtual machine is, and whose.
 *
 * Four bits a page: the state in the lower two, the owner's class in the upper two. Whatever a
 * guest names by address is looked up here first; a page that is not the guest's is in reach of no
 * call. Sharing: a 2 MiB range belongs to one processor at a time, by one compare-and-swap on its
 * claim word. Only the holder reads states to act on them, or changes them. Nobody waits for a
 * claim, so a processor may hold several, and the same one more than once; it lets go before it
 * leaves the kernel. Without a claim, a page in STATE_VMSA or STATE_CALLING is safe for the vCPU
 * that has it.
 */
#ifndef MICROKERNEL_PAGESTATE_H
#define MICROKERNEL_PAGESTATE_H

#include <stdbool.h>
#include <stdint.h>

#define RANGE_SHIFT 21u /* of what is claimed at once */
#define RANGE_SIZE  (UINT64_C(1) << RANGE_SHIFT)
#define RANGE_PAGES 512u
#define RANGE_WORDS 32u /* of the table */

/* Nobody's or the kernel's: owner 0. The guest's: owner 1. Two more for a vCPU's. */
enum page_state {
    STATE_HOLE = 0x0,    /* no memory of this virtual machine */
    STATE_SVSM = 0x1,    /* the kernel's and the servers' */
    STATE_INVALID = 0x4, /* the guest's, not valid: shared with the host, or nothing at all */
    STATE_VALID = 0x5,   /* the guest's, valid, all rights */
    STATE_VMSA = 0x9,    /* a vCPU's registers; the guest has no right to write them */
    STATE_CALLING = 0xd, /* a vCPU's calling area; the guest reads and writes it */
    STATE_MIXED = 0x10,  /* no state, an answer about a range: INVALID and VALID, nothing else */
};

/* RANGE_WORDS words and one claim for each range, all zero: holes that nobody holds. */
struct pagestate_room {
    uint64_t *states;
    uint32_t *claims;
    uint64_t ranges;
};

/* Boot only, before anybody else looks: the table, and what [first, end) in pages is in it. */
void pagestate_init(const struct pagestate_room *room);
void pagestate_mark(uint64_t first, uint64_t end, enum page_state state);

/* How many pages the table covers, from page 0 on. */
uint64_t pagestate_pages(void);

/* Claims the range of the page at `gpa` if the page is as expected: SVSM_SUCCESS; otherwise holds
   nothing and says SVSM_INVALID_ADDRESS, or SVSM_BUSY when another processor is at work there. */
uint64_t pagestate_hold(uint64_t gpa, enum page_state expected);

/* Claims the range whatever its pages are, and says that of one page, or of all: STATE_MIXED, or
   STATE_HOLE when there are others than INVALID and VALID. */
uint64_t pagestate_hold_any(uint64_t gpa, bool large, enum page_state *state);

/* Of a page in a held range. */
enum page_state pagestate_of(uint64_t gpa);

/* Of a held page or range; along INVALID - VALID - VMSA or CALLING, either way. */
void pagestate_set(uint64_t gpa, enum page_state to);
void pagestate_set_large(uint64_t gpa, enum page_state to);

/* Once for each hold. */
void pagestate_release(uint64_t gpa);

#endif
