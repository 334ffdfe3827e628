/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The call PVALIDATE, but for its steps, which pvalidate_step is about. The first part: wherever a
 * list begins, its head is read once, and the entries lie in its page or it is refused. The second:
 * what does not begin at a word is refused unseen; the page is the caller's calling area or a held,
 * valid page of the guest's, and steps are made only of what was checked; of it only the head is
 * written, and says how far the call got. The result is one of the defined ones, and everything
 * held is let go. The list is of any length: its loop has an invariant in pvalidate.contracts.
 * Another vCPU writes the head at any moment.
 *
 * parts: 2
 * instrument: --isr others_write --replace-calls list_step:any_step
 * statics: page shared may_write list_held held mapped stepped steps platform
 * options: --unwind 4 --arrays-uf-always
 */
#include "pvalidate_proof.h"

static bool stepped;
static uint16_t steps; /* that have succeeded */

/* What list_step() may do, as far as the rest can see. */
uint64_t any_step(struct list *list)
{
    uint64_t result = nondet_u64();

    ASSUME(is_defined(result));
    ASSERT(mapped && list->head == &page[shared] && list->next < list->count,
           "an entry of the list");
    ASSERT(list->page == area || list_held, "which is the caller's as long as it takes");
    stepped = true;
    if (result == SVSM_SUCCESS) {
        list->next++;
        steps++;
    }
    return result;
}

static bool is_head(uint16_t count, uint16_t next, uint64_t word)
{
    return count == (uint16_t)word && next == (uint16_t)(word >> 16);
}

/* Only its first word is read, once. */
static void head(void)
{
    uint64_t gpa = nondet_u64() & ~UINT64_C(7), first = gpa / sizeof(uint64_t) % 512, result;
    struct list list = {.page = gpa & ~UINT64_C(0xfff)};

    list_at = area = list.page;
    share(first);
    result = list_read(&list, gpa);
    ASSERT(result == SVSM_SUCCESS || result == SVSM_INVALID_PARAMETER, "a defined result");
    ASSERT(list.head == &page[first], "where it is");
    ASSERT(is_head(list.count, list.next, words[0]) || is_head(list.count, list.next, words[1]),
           "as it was at one moment");
    if (result == SVSM_SUCCESS)
        ASSERT(list.next < list.count && first + list.count < 512, "all of it in the page");
    else
        ASSERT(list.next >= list.count || first + list.count >= 512, "not refused for nothing");
    REACHED(result == SVSM_SUCCESS && first + list.count == 511);
    REACHED(result == SVSM_INVALID_PARAMETER && list.next == 0);
}

static void call(void)
{
    uint64_t rcx = nondet_u64(), first = rcx / sizeof(uint64_t) % 512, other = nondet_u64(), result;
    struct guest_registers registers = {.rcx = rcx, .rdx = 7};

    ASSUME(other < 512 && other != first);
    page[other] = 5;
    share(first);
    result = pvalidate_call(NULL, &registers);
    ASSERT(is_defined(result), "a defined result");
    ASSERT(registers.rcx == rcx && registers.rdx == 7, "registers stay");
    ASSERT(!list_held, "nothing is held any more");
    ASSERT(rcx % sizeof(uint64_t) == 0 || (!mapped && result == SVSM_INVALID_PARAMETER),
           "at a word");
    ASSERT(page[other] == 5, "only the head is written");
    ASSERT((uint16_t)page[first] == (uint16_t)words[0] || !may_write, "of it only `next`");
    ASSERT(!may_write || page[first] == words[0] + ((uint64_t)steps << 16) ||
               (stepped && words[0] >> 32 != 0),
           "which goes on by what was done");
    ASSERT(!may_write || result != SVSM_SUCCESS ||
               (uint16_t)(page[first] >> 16) == (uint16_t)page[first],
           "success is all of the list");
    REACHED(result == SVSM_SUCCESS && steps == 300);
    REACHED(result == SVSM_BUSY && mapped);
    REACHED(result == SVSM_PVALIDATE_UNCHANGED && list_at != area);
    REACHED(result == SVSM_INVALID_ADDRESS && !mapped);
}

void harness(void)
{
    area = nondet_u64() & ~UINT64_C(0xfff);
    if (PART == 0)
        head();
    else
        call();
}
