/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The call PVALIDATE, but for its steps, which pvalidate_step is about. Wherever a list begins, its
 * entries lie in its page or it is refused; what does not begin at a word is refused unseen. The
 * page is the caller's calling area or a held, valid page of the guest's; of it only the head is
 * written. The result is one of the defined ones, and everything held is let go. The call as a
 * whole is run for a list at one place, whose head another vCPU may write at any moment.
 *
 * options: --unwind 3
 */
#include "pvalidate_proof.h"

#define FIRST 1u /* the head's word, of the whole call */

static bool racing;

static void others_write(void)
{
    if (racing)
        page[FIRST] = nondet_u64();
}

static void call(uint64_t offset)
{
    const uint64_t rcx = (nondet_u64() & ~UINT64_C(0xfff)) | offset;
    struct guest_registers registers = {.rcx = rcx, .rdx = 7};
    const uint64_t entry = nondet_u64();
    uint16_t count = nondet_u16();
    uint64_t result;

    page[FIRST] = (nondet_u64() << 16) | count;
    page[FIRST + 1] = page[FIRST + 2] = entry;
    result = pvalidate_call(NULL, &registers);
    ASSERT(is_defined(result), "a defined result");
    ASSERT(registers.rcx == rcx && registers.rdx == 7, "registers stay");
    ASSERT(!held && !list_held, "nothing is held any more");
    ASSERT(result != SVSM_BUSY || changes == 0, "busy only before anything was done");
    ASSERT(offset % sizeof(uint64_t) == 0 || (!mapped && result == SVSM_INVALID_PARAMETER),
           "at a word");
    ASSERT(page[0] == 0 && page[FIRST + 1] == entry, "only the head is written");
    ASSERT(racing || (uint16_t)page[FIRST] == count, "of it only `next`");
    REACHED(result == SVSM_SUCCESS && changes == STEPS);
    REACHED(result == SVSM_BUSY && mapped);
    REACHED(result == SVSM_PVALIDATE_UNCHANGED);
    REACHED(result == SVSM_INVALID_ADDRESS && !mapped);
}

/* From any place; only its first word is read, once. */
static void head(void)
{
    uint64_t gpa = nondet_u64() & ~UINT64_C(7);
    struct list list = {.page = gpa & ~UINT64_C(0xfff)};
    uint64_t first = gpa / sizeof(uint64_t) % 512, word = nondet_u64(), result;

    list_at = area = list.page;
    page[first] = word;
    result = list_read(&list, gpa);
    ASSERT(result == SVSM_SUCCESS || result == SVSM_INVALID_PARAMETER, "a defined result");
    ASSERT(list.head == &page[first], "where it is");
    ASSERT(page[first] == word, "nothing is written");
    if (result == SVSM_SUCCESS)
        ASSERT(list.next < list.count && first + list.count < 512, "all of it in the page");
    else
        ASSERT(list.next >= list.count || first + list.count >= 512, "not refused for nothing");
    REACHED(result == SVSM_SUCCESS && first + list.count == 511);
    REACHED(result == SVSM_INVALID_PARAMETER && list.next == 0);
}

void harness(void)
{
    uint64_t odd = nondet_u64();

    racing = nondet_bool();
    area = nondet_u64() & ~UINT64_C(0xfff);
    if (nondet_bool()) {
        head();
    } else if (nondet_bool()) {
        call(FIRST * sizeof(uint64_t));
    } else {
        ASSUME(odd < PAGE_SIZE && odd % sizeof(uint64_t) != 0);
        call(odd);
    }
}
