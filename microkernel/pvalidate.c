/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The core protocol's PVALIDATE: a list of pages of the guest to be made valid or invalid.
 *
 * The list lies in the caller's calling area or in a valid page of the guest's, which is held from
 * beginning to end: no entry may name it. Other vCPUs can write it meanwhile, so the header and
 * each entry are read once. `next` in the list says how far the call got, whatever its result. The
 * call does a bounded amount of work; INCOMPLETE asks the guest to call again, BUSY too when
 * another processor is at work in the very range the first entry is in.
 */
#include "core.h"
#include "guestmemory.h"
#include "pagemodel.h"
#include "pagestate.h"
#include "platform.h"
#include "window.h"
#include <svsm/result.h>

#define PAGES_A_CALL 1024u /* zeroing 4 MiB is what one call may take */

#define HEAD_NEXT_SHIFT 16u /* of the head: the count below, zeros above */

struct list {
    uint64_t page;           /* where it lies */
    volatile uint64_t *head; /* in the window; the entries follow */
    bool held;
    uint16_t count, next; /* as they were read, `next` moving on */
    unsigned pages;       /* worked on */
};

/* 80000003 when the page with the list is not for the caller to name. */
static uint64_t list_hold(struct list *list, const struct vcpu *caller)
{
    if (list->page == vcpu_calling_area(caller))
        return SVSM_SUCCESS;
    list->held = true;
    return pagestate_hold(list->page, STATE_VALID);
}

static uint64_t list_read(struct list *list, uint64_t gpa)
{
    volatile uint64_t *page = platform->guest->map(GUEST_WINDOW_LIST, list->page);
    uint64_t first = gpa % PAGE_SIZE / sizeof(*page);
    uint64_t head = page[first];

    list->head = &page[first];
    list->count = (uint16_t)head;
    list->next = (uint16_t)(head >> HEAD_NEXT_SHIFT);
    if (list->next >= list->count || list->count > PAGE_SIZE / sizeof(*page) - first - 1)
        return SVSM_INVALID_PARAMETER;
    return SVSM_SUCCESS;
}

static void list_write_next(const struct list *list)
{
    *list->head = (uint64_t)list->next << HEAD_NEXT_SHIFT | list->count;
}

static uint64_t check_entry(uint64_t entry, const struct list *list)
{
    uint64_t gpa = entry & PVALIDATE_ADDRESS;
    bool large = (entry & PVALIDATE_SIZE) == PVALIDATE_2M;

    if ((entry & PVALIDATE_SIZE) > PVALIDATE_2M || (entry & PVALIDATE_RESERVED) != 0)
        return SVSM_INVALID_PARAMETER;
    if (large && gpa % RANGE_SIZE != 0)
        return SVSM_INVALID_PARAMETER;
    if (gpa == list->page || (large && gpa >> RANGE_SHIFT == list->page >> RANGE_SHIFT))
        return SVSM_INVALID_ADDRESS;
    return SVSM_SUCCESS;
}

/* What an entry comes to before anything is changed; *change: whether there is something to do. */
static uint64_t check_state(uint64_t entry, enum page_state state, bool *change)
{
    enum page_state wanted = (entry & PVALIDATE_VALID) != 0 ? STATE_VALID : STATE_INVALID;

    *change = false;
    if (state == STATE_MIXED)
        return SVSM_PVALIDATE_SIZE;
    if (state != STATE_VALID && state != STATE_INVALID)
        return SVSM_INVALID_ADDRESS;
    if (state == wanted)
        return (entry & PVALIDATE_UNCHANGED) != 0 ? SVSM_SUCCESS : SVSM_PVALIDATE_UNCHANGED;
    *change = true;
    return SVSM_SUCCESS;
}

static uint64_t do_entry(uint64_t entry, const struct list *list)
{
    uint64_t gpa = entry & PVALIDATE_ADDRESS;
    bool large = (entry & PVALIDATE_SIZE) == PVALIDATE_2M, change;
    enum page_state state;
    uint64_t result = check_entry(entry, list);

    if (result != SVSM_SUCCESS)
        return result;
    result = pagestate_hold_any(gpa, large, &state);
    if (result != SVSM_SUCCESS)
        return result;
    result = check_state(entry, state, &change);
    if (change)
        result = state == STATE_INVALID ? guestmemory_validate(gpa, large)
                                        : guestmemory_invalidate(gpa, large);
    if (SELFCHECK)
        pagemodel_entry(entry, result);
    pagestate_release(gpa);
    return result;
}

/* The next entry; the call goes on as long as this succeeds. */
static uint64_t list_step(struct list *list)
{
    uint64_t entry, result;

    if (list->pages >= PAGES_A_CALL)
        return SVSM_INCOMPLETE;
    entry = list->head[1 + list->next];
    result = do_entry(entry, list);
    if (result == SVSM_BUSY && list->pages != 0)
        return SVSM_INCOMPLETE;
    if (result != SVSM_SUCCESS)
        return result;
    list->next++;
    list->pages += (entry & PVALIDATE_SIZE) == PVALIDATE_2M ? RANGE_PAGES : 1;
    return SVSM_SUCCESS;
}

static uint64_t do_list(struct list *list)
{
    uint64_t result = SVSM_SUCCESS;

    while (result == SVSM_SUCCESS && list->next < list->count)
        result = list_step(list);
    return result;
}

uint64_t pvalidate_call(struct vcpu *caller, struct guest_registers *registers)
{
    uint64_t gpa = registers->rcx;
    struct list list = {.page = gpa & PVALIDATE_ADDRESS};
    uint64_t result;

    if (gpa % sizeof(uint64_t) != 0)
        return SVSM_INVALID_PARAMETER;
    result = list_hold(&list, caller);
    if (result != SVSM_SUCCESS)
        return result;
    result = list_read(&list, gpa);
    if (result == SVSM_SUCCESS) {
        result = do_list(&list);
        list_write_next(&list);
    }
    if (list.held)
        pagestate_release(list.page);
    return result;
}
