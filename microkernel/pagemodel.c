/* SPDX-License-Identifier: BSD-2-Clause */
/* The model's rules; see pagemodel.h. */
#include "pagemodel.h"

#include "panic.h"
#include "window.h"
#include <svsm/result.h>

static uint8_t *model;
static uint64_t model_pages;

static enum page_state table_at(uint64_t page)
{
    enum page_state state;

    if (pagestate_hold_any(page * PAGE_SIZE, false, &state) != SVSM_SUCCESS)
        return STATE_HOLE;
    pagestate_release(page * PAGE_SIZE);
    return state;
}

void pagemodel_start(uint8_t *bytes, uint64_t pages)
{
    for (uint64_t page = 0; page < pages; page++)
        bytes[page] = (uint8_t)table_at(page);
    model = bytes;
    model_pages = pages;
}

static uint64_t count(uint64_t first, uint64_t pages, enum page_state state)
{
    uint64_t found = 0;

    for (uint64_t i = 0; i < pages; i++)
        found += model[first + i] == state;
    return found;
}

/* What must come of a change that the instruction says went well. */
static uint64_t predict(uint64_t entry, uint64_t first, uint64_t pages)
{
    uint64_t valid = count(first, pages, STATE_VALID), invalid = count(first, pages, STATE_INVALID);
    uint64_t already = (entry & 4) != 0 ? valid : invalid;

    if (valid + invalid != pages)
        return SVSM_INVALID_ADDRESS;
    if (valid != 0 && invalid != 0)
        return SVSM_PVALIDATE_SIZE;
    if (already != 0)
        return (entry & 8) != 0 ? SVSM_SUCCESS : SVSM_PVALIDATE_UNCHANGED;
    return SVSM_SUCCESS;
}

/* What the processor may say instead, having done nothing. */
static bool is_instruction_code(uint64_t result)
{
    return result == SVSM_PVALIDATE_FAILED + 1 || result == SVSM_PVALIDATE_FAILED + 2 ||
           result == SVSM_PVALIDATE_SIZE || result == SVSM_PVALIDATE_UNKNOWN;
}

void pagemodel_entry(uint64_t entry, uint64_t result)
{
    uint64_t first = entry / PAGE_SIZE, pages = (entry & 3) != 0 ? RANGE_PAGES : 1;
    uint64_t predicted;

    if (model == NULL)
        return;
    kernel_assert(first + pages <= model_pages, "model: a page beyond the table");
    predicted = predict(entry, first, pages);
    kernel_assert(result == predicted || (predicted == SVSM_SUCCESS && is_instruction_code(result)),
                  "model: PVALIDATE has another result");
    for (uint64_t i = 0; i < pages; i++) {
        if (result == SVSM_SUCCESS)
            model[first + i] = (entry & 4) != 0 ? STATE_VALID : STATE_INVALID;
        kernel_assert(pagestate_of((first + i) * PAGE_SIZE) == model[first + i],
                      "model: a page is in another state");
    }
}

static bool is_vcpus(enum page_state state)
{
    return state == STATE_VMSA || state == STATE_CALLING;
}

void pagemodel_changed(uint64_t gpa, enum page_state from, enum page_state to)
{
    uint64_t page = gpa / PAGE_SIZE;

    if (model == NULL || (!is_vcpus(from) && !is_vcpus(to)))
        return;
    kernel_assert(page < model_pages && model[page] == from, "model: a page comes from elsewhere");
    kernel_assert((from == STATE_VALID) != (to == STATE_VALID), "model: a page skips the guest");
    model[page] = (uint8_t)to;
}

void pagemodel_vcpu(uint64_t vmsa, uint64_t area)
{
    uint64_t state = vmsa / PAGE_SIZE, calling = area / PAGE_SIZE;

    if (model == NULL)
        return;
    kernel_assert(calling < model_pages && model[calling] == STATE_CALLING,
                  "model: a vCPU's calling area is none");
    kernel_assert(state >= model_pages || model[state] == STATE_VMSA || model[state] == STATE_SVSM,
                  "model: a vCPU's saved state is none");
}
