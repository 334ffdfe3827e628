/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hostile behaviours that concern memory: what lies behind a guest's page, and who owns it.
 */
#include "host/hostile_acts.h"
#include "host/spare.h"

static bool private_page(uint64_t *spa)
{
    return hw_translate(hostile_target, spa, NULL) && hw_rmp_assigned(*spa, NULL, NULL);
}

/* Puts another page behind a private one: the new one is assigned to the same address. */
bool act_remap(const struct hostile_occasion *at)
{
    uint64_t spa = 0;
    (void)at;
    if (!private_page(&spa)) {
        return false;
    }
    uint64_t other = spare_page();
    if (hw_rmp_assign(other, hostile_target, PAGE_SIZE) != HW_RMP_OK) {
        return false;
    }
    hw_map(hostile_target, other, PAGE_SIZE);
    return true;
}

/* The same again and again between two pages, both assigned to the address: whoever validates the
 * second one has two pages there that the host may choose from. */
bool act_swap(const struct hostile_occasion *at)
{
    static uint64_t other;
    uint64_t spa = 0;
    if (!private_page(&spa)) {
        return false;
    }
    if (other == 0) {
        other = spa;
        return act_remap(at);
    }
    hw_map(hostile_target, other, PAGE_SIZE);
    other = spa;
    return true;
}

/* First occasion: keeps the ciphertext of a private page. Second: puts it back in place of what the
 * guest wrote since. The page loses its validated bit on the way, as on hardware. */
bool act_replay(const struct hostile_occasion *at)
{
    static uint8_t old[PAGE_SIZE];
    static bool kept;
    uint64_t spa = 0;
    (void)at;
    if (!kept) {
        kept = hw_read(hostile_target, old, PAGE_SIZE);
        return false;
    }
    return private_page(&spa) && hw_rmp_release(spa, PAGE_SIZE) == HW_RMP_OK &&
           hw_write(hostile_target, old, PAGE_SIZE) &&
           hw_rmp_assign(spa, hostile_target, PAGE_SIZE) == HW_RMP_OK;
}

static bool concerned(const struct page_state_entry *page)
{
    uint64_t size = page->large ? LARGE_SIZE : PAGE_SIZE;
    return hostile_target >= page->gpa && hostile_target < page->gpa + size;
}

/* A page that the guest gives up and takes back has its old text again, not noise: the host kept
 * the ciphertext. */
bool act_stale(const struct hostile_occasion *at)
{
    static uint8_t old[PAGE_SIZE];
    static bool kept;
    uint64_t spa = 0;
    if (!concerned(at->page)) {
        return false;
    }
    if (at->page->operation == PSC_SHARED && private_page(&spa)) {
        kept = hw_read(hostile_target, old, PAGE_SIZE);
        return false;
    }
    return at->page->operation == PSC_PRIVATE && kept && hw_write(hostile_target, old, PAGE_SIZE);
}

/* Takes a private page away without being asked. */
bool act_take(const struct hostile_occasion *at)
{
    uint64_t spa = 0;
    (void)at;
    return private_page(&spa) && hw_rmp_release(spa, PAGE_SIZE) == HW_RMP_OK;
}

/* One entry of 2 MiB becomes 512 of 4 KiB. */
bool act_smash(const struct hostile_occasion *at)
{
    uint64_t spa = 0;
    (void)at;
    return private_page(&spa) && hw_psmash(spa & ~(LARGE_SIZE - 1)) == HW_RMP_OK;
}

/* 512 entries of 4 KiB become one of 2 MiB, which is not validated. */
bool act_grow(const struct hostile_occasion *at)
{
    uint64_t spa = 0;
    uint64_t first = hostile_target & ~(LARGE_SIZE - 1);
    (void)at;
    if (!hw_translate(first, &spa, NULL) || spa % LARGE_SIZE != 0) {
        return false;
    }
    for (uint64_t offset = 0; offset < LARGE_SIZE; offset += PAGE_SIZE) {
        uint64_t page = 0;
        if (!hw_translate(first + offset, &page, NULL) || page != spa + offset ||
            hw_rmp_release(page, PAGE_SIZE) != HW_RMP_OK) {
            return false;
        }
    }
    hw_map(first, spa, LARGE_SIZE);
    return hw_rmp_assign(spa, first, LARGE_SIZE) == HW_RMP_OK;
}

/* Says that a page state change is done, and has done nothing. */
bool act_lie(const struct hostile_occasion *at)
{
    *at->skip = concerned(at->page);
    return *at->skip;
}

/* A CPU without a running vCPU changes eight bytes of the shared page at "target" all the time,
 * from "value" to zero and back, while the guest's other CPUs run. */
bool act_race(const struct hostile_occasion *at)
{
    static uint64_t turn;
    uint64_t text = ++turn % 2 != 0 ? hostile_value : 0;
    (void)at;
    return hw_write(hostile_target, &text, sizeof text);
}
