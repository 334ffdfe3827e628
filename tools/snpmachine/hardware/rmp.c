/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The RMP and the instructions a host has for it. Each operation checks everything, then changes
 * the entry, then takes the page out of every view; the views fill themselves again on the next
 * access.
 */
#include "hardware/rmp.h"
#include "hardware/firmware.h"
#include "hardware/view.h"
#include "trace.h"

/* What a trace says of them. */
enum { ASSIGN, RELEASE, SMASH, LARGE = 0x100 };

HOT_DATA struct spinlock hardware_lock;

HOT_DATA uint64_t rmp_running[CPUS_MAX];
HOT_DATA static struct rmp_entry *entries;
HOT_DATA static uint64_t entry_count;

void rmp_start(void)
{
    uint64_t top = 0;
    for (unsigned i = 0; i < machine.map_count; i++)
        if (machine.map[i].type == 1)
            top = machine.map[i].base + machine.map[i].size;
    entry_count = (top + LARGE_SIZE - 1) / LARGE_SIZE * (LARGE_SIZE / PAGE_SIZE);
    entries = memory_pages((entry_count * sizeof *entries + PAGE_SIZE - 1) / PAGE_SIZE);
    for (unsigned i = 0; i < machine.map_count; i++) {
        if (machine.map[i].type != 1)
            continue;
        uint64_t first = machine.map[i].base / PAGE_SIZE;
        for (uint64_t n = 0; n < machine.map[i].size / PAGE_SIZE; n++)
            entries[first + n].ram = 1;
    }
}

HOT struct rmp_entry *rmp_own(uint64_t spa)
{
    uint64_t n = spa / PAGE_SIZE;
    return n < entry_count && entries[n].ram ? &entries[n] : NULL;
}

HOT struct rmp_entry *rmp_entry(uint64_t spa)
{
    struct rmp_entry *own = rmp_own(spa);
    if (!own)
        return NULL;
    struct rmp_entry *head = &entries[spa / LARGE_SIZE * (LARGE_SIZE / PAGE_SIZE)];
    return head->large ? head : own;
}

HOT uint64_t rmp_gpa(uint64_t spa)
{
    const struct rmp_entry *entry = rmp_entry(spa);
    return entry->large ? entry->gpa + (spa & (LARGE_SIZE - PAGE_SIZE)) : entry->gpa;
}

HOT void rmp_decrypt(uint64_t spa, uint64_t size)
{
    for (uint64_t at = spa; at < spa + size; at += PAGE_SIZE) {
        struct rmp_entry *own = rmp_own(at);
        if (own->cipher)
            cipher_page(at, physical(at));
        own->cipher = 0;
    }
}

HOT bool rmp_in_use(uint64_t spa)
{
    for (unsigned cpu = 0; cpu < CPUS_MAX; cpu++)
        if (__atomic_load_n(&rmp_running[cpu], __ATOMIC_ACQUIRE) == (spa | RMP_RUNS))
            return true;
    return false;
}

static bool good_range(uint64_t spa, uint64_t size)
{
    if ((size != PAGE_SIZE && size != LARGE_SIZE) || spa & (size - 1))
        return false;
    for (uint64_t at = spa; at < spa + size; at += PAGE_SIZE)
        if (!rmp_own(at))
            return false;
    return true;
}

/* Why [spa, spa+size) may not change hands; OK if it may. */
static enum hw_rmp_result refuse(uint64_t spa, uint64_t size)
{
    bool large = rmp_entry(spa)->large;
    if (size == PAGE_SIZE && large)
        return HW_RMP_OVERLAP;
    for (uint64_t at = spa; at < spa + size; at += PAGE_SIZE) {
        const struct rmp_entry *entry = rmp_own(at);
        if (size == LARGE_SIZE && !large && entry->assigned)
            return HW_RMP_OVERLAP;
        if (entry->immutable)
            return HW_RMP_PERMISSION;
        if (entry->vmsa && rmp_in_use(at))
            return HW_RMP_INUSE;
    }
    return HW_RMP_OK;
}

/* The pages of an assigned range leave every view; then memory holds ciphertext (again). */
static void withdraw(uint64_t spa, uint64_t size)
{
    for (uint64_t at = spa; at < spa + size; at += PAGE_SIZE)
        if (rmp_entry(at)->assigned)
            view_forget(rmp_gpa(at), PAGE_SIZE);
    view_settle();
    for (uint64_t at = spa; at < spa + size; at += PAGE_SIZE) {
        struct rmp_entry *own = rmp_own(at);
        if (rmp_entry(at)->assigned && !own->cipher)
            cipher_page(at, physical(at));
        own->cipher = 0;
    }
}

/* The new entry; where the page is mapped is not the RMP's to forget. */
static void put(uint64_t spa, struct rmp_entry value)
{
    struct rmp_entry *own = rmp_own(spa);
    value.ram = 1;
    value.aliased = own->aliased;
    *own = value;
}

static void clear(uint64_t spa, uint64_t size)
{
    for (uint64_t at = spa; at < spa + size; at += PAGE_SIZE)
        put(at, (struct rmp_entry){0});
}

enum hw_rmp_result hw_rmp_assign(uint64_t spa, uint64_t gpa, uint64_t size)
{
    if (!good_range(spa, size) || gpa & (size - 1))
        return HW_RMP_INPUT;
    spin_lock(&hardware_lock);
    enum hw_rmp_result result = refuse(spa, size);
    trace(TRACE_HOST, TRACE_RMP, ASSIGN | (size == LARGE_SIZE ? LARGE : 0), spa);
    if (result == HW_RMP_OK) {
        withdraw(spa, size);
        view_forget_spa(spa, size);
        view_settle();
        clear(spa, size);
        for (uint64_t at = 0; at < size; at += PAGE_SIZE)
            put(spa + at, (struct rmp_entry){.assigned = 1,
                                             .large = size == LARGE_SIZE && at == 0,
                                             .gpa = gpa + at,
                                             .perms = {PERM_ALL},
                                             .cipher = 1});
    }
    spin_unlock(&hardware_lock);
    return result;
}

enum hw_rmp_result hw_rmp_release(uint64_t spa, uint64_t size)
{
    if (!good_range(spa, size))
        return HW_RMP_INPUT;
    spin_lock(&hardware_lock);
    enum hw_rmp_result result = refuse(spa, size);
    trace(TRACE_HOST, TRACE_RMP, RELEASE | (size == LARGE_SIZE ? LARGE : 0), spa);
    if (result == HW_RMP_OK) {
        withdraw(spa, size);
        clear(spa, size);
    }
    spin_unlock(&hardware_lock);
    return result;
}

enum hw_rmp_result hw_psmash(uint64_t spa)
{
    enum hw_rmp_result result = HW_RMP_INPUT;
    trace(TRACE_HOST, TRACE_RMP, SMASH | LARGE, spa);
    spin_lock(&hardware_lock);
    struct rmp_entry *head = rmp_own(spa);
    if (head && !(spa & (LARGE_SIZE - 1)) && head->large) {
        struct rmp_entry whole = *head;
        whole.large = 0;
        for (uint64_t at = 0; at < LARGE_SIZE; at += PAGE_SIZE) {
            struct rmp_entry part = whole;
            part.gpa = whole.gpa + at;
            part.cipher = rmp_own(spa + at)->cipher;
            put(spa + at, part);
        }
        view_forget(whole.gpa, LARGE_SIZE);
        view_settle();
        result = HW_RMP_OK;
    }
    spin_unlock(&hardware_lock);
    return result;
}

enum hw_rmp_result hw_launch(const struct hw_launch_page *page)
{
    if (!good_range(page->spa, PAGE_SIZE) || page->gpa & (PAGE_SIZE - 1))
        return HW_RMP_INPUT;
    enum hw_rmp_result result = HW_RMP_INPUT;
    spin_lock(&hardware_lock);
    if (!rmp_entry(page->spa)->assigned) {
        view_forget_spa(page->spa, PAGE_SIZE);
        view_settle();
        struct rmp_entry entry = {.assigned = 1, .validated = 1, .gpa = page->gpa};
        entry.vmsa = page->vmsa;
        entry.perms[0] = PERM_ALL;
        for (unsigned vmpl = 1; vmpl < VMPLS; vmpl++)
            entry.perms[vmpl] = page->vmpl_perms[vmpl] & PERM_ALL;
        put(page->spa, entry);
        result = HW_RMP_OK;
    }
    spin_unlock(&hardware_lock);
    return result;
}

bool hw_rmp_assigned(uint64_t spa, uint64_t *gpa, uint64_t *size)
{
    bool assigned = false;
    spin_lock(&hardware_lock);
    const struct rmp_entry *entry = rmp_entry(spa);
    if (entry && entry->assigned) {
        assigned = true;
        if (gpa)
            *gpa = rmp_gpa(spa & ~(PAGE_SIZE - 1));
        if (size)
            *size = entry->large ? LARGE_SIZE : PAGE_SIZE;
    }
    spin_unlock(&hardware_lock);
    return assigned;
}

bool hw_is_shared(uint64_t spa)
{
    const struct rmp_entry *entry = rmp_entry(spa);
    return entry && !entry->assigned;
}
