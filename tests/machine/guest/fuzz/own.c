/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PVALIDATE of a processor's own memory. The result of every entry is known beforehand, and so is
 * what is in a page afterwards: zeros when it became valid, and what it held when it did not.
 */
#include "fuzz.h"

#define AS_IS   UINT64_C(8)
#define ENTRIES 6u

static volatile uint64_t *words_of(const struct fuzz *fuzz, uint64_t page)
{
    return (volatile uint64_t *)(fuzz->base + page * PAGE);
}

/* First word, last word and one between say whose page it is. */
static void write_tag(struct fuzz *fuzz, uint64_t page)
{
    uint32_t tag = (uint32_t)fuzz_random(fuzz, UINT32_MAX) + 1;

    fuzz->tags[page] = tag;
    words_of(fuzz, page)[0] = tag;
    words_of(fuzz, page)[511] = tag;
    words_of(fuzz, page)[tag % 512] = tag;
}

static void check_page(const struct fuzz *fuzz, uint64_t page)
{
    uint32_t tag = fuzz->tags[page];

    expect_equal(words_of(fuzz, page)[0], tag, "the first word of a page");
    expect_equal(words_of(fuzz, page)[511], tag, "the last word of a page");
    expect_equal(words_of(fuzz, page)[tag % 512], tag, "a word of a page");
}

static void check_zero(const struct fuzz *fuzz, uint64_t page)
{
    uint64_t all = 0;

    for (unsigned i = 0; i < 512; i++)
        all |= words_of(fuzz, page)[i];
    expect_equal(all, 0, "a page that became valid is zero");
}

void own_start(struct fuzz *fuzz, unsigned processor)
{
    fuzz->base = SPARE + processor * OWN_SIZE;
    for (uint64_t page = 0; page < OWN_PAGES; page++) {
        fuzz->valid[page] = 1;
        write_tag(fuzz, page);
    }
}

void own_check(const struct fuzz *fuzz)
{
    for (uint64_t page = 0; page < OWN_PAGES; page++)
        if (fuzz->valid[page])
            check_page(fuzz, page);
}

static uint64_t random_entry(struct fuzz *fuzz)
{
    uint64_t page = fuzz_random(fuzz, OWN_PAGES), bits = fuzz_random(fuzz, 4) << 2;

    if (fuzz_random(fuzz, 5) != 0)
        bits = fuzz->valid[page] ? 0 : ENTRY_VALIDATE; /* a change */
    if (fuzz_random(fuzz, 40) == 0)
        bits |= 2 | fuzz_random(fuzz, 1024) << 2;
    if (fuzz_random(fuzz, 100) == 0)
        return (fuzz->base + page / 512 * LARGE) | bits | ENTRY_LARGE;
    return (fuzz->base + page * PAGE) | bits | (fuzz_random(fuzz, 100) == 0);
}

struct meaning {
    uint64_t first, pages, result;
    bool valid, change;
};

static uint64_t count_valid(const struct fuzz *fuzz, const struct meaning *meaning)
{
    uint64_t valid = 0;

    for (uint64_t i = 0; i < meaning->pages; i++)
        valid += fuzz->valid[meaning->first + i];
    return valid;
}

/* What must come of an entry, if the host has not split the range. */
static struct meaning predict(const struct fuzz *fuzz, uint64_t entry)
{
    bool large = (entry & 3) == 1;
    struct meaning m = {(entry - fuzz->base) / PAGE, large ? 512 : 1, SVSM_INVALID_PARAMETER,
                        (entry & ENTRY_VALIDATE) != 0, false};
    uint64_t valid;

    if ((entry & 3) > 1 || (entry & 0xff0) != 0 || (large && entry % LARGE >= PAGE))
        return m;
    valid = count_valid(fuzz, &m);
    if (valid != 0 && valid != m.pages)
        m.result = SVSM_PVALIDATE_SIZE;
    else if ((valid != 0) == m.valid)
        m.result = (entry & AS_IS) != 0 ? SVSM_SUCCESS : SVSM_PVALIDATE_UNCHANGED;
    else
        m.result = SVSM_SUCCESS;
    m.change = m.result == SVSM_SUCCESS && (valid != 0) != m.valid;
    return m;
}

static void apply(struct fuzz *fuzz, const struct meaning *m)
{
    for (uint64_t page = m->first; page < m->first + m->pages; page++) {
        fuzz->valid[page] = m->valid;
        fuzz->tags[page] = 0;
    }
}

/* What became valid and still is, when all of a list has been done. */
static void look_at(struct fuzz *fuzz, uint64_t entry)
{
    uint64_t page = (entry - fuzz->base) / PAGE;

    if ((entry & ENTRY_LARGE) != 0)
        page += fuzz_random(fuzz, 512);
    if (!fuzz->valid[page])
        return;
    if (fuzz->tags[page] == 0)
        check_zero(fuzz, page);
    else
        check_page(fuzz, page);
    write_tag(fuzz, page);
}

/* An entry the call got past. */
static void passed(struct fuzz *fuzz, uint64_t entry)
{
    struct meaning m = predict(fuzz, entry);

    expect_equal(m.result, SVSM_SUCCESS, "an entry that was done");
    if (m.change)
        apply(fuzz, &m);
}

static void stopped(struct fuzz *fuzz, uint64_t entry, uint64_t result)
{
    struct meaning m = predict(fuzz, entry);

    if (m.change && m.pages == 512 && result == SVSM_PVALIDATE_SIZE)
        return; /* the host has small pages there */
    fuzz->refused++;
    expect_equal(result, m.result, "an entry that was refused");
}

/* The list lies at any place of the calling area. */
static volatile struct page_list *any_list(struct fuzz *fuzz, unsigned count)
{
    uint64_t room = PAGE / 8 - 2 - count;

    return (volatile struct page_list *)(calling_area() + 8 + fuzz_random(fuzz, room) * 8);
}

void own_turn(struct fuzz *fuzz)
{
    uint64_t entries[ENTRIES], result;
    unsigned count = 1 + (unsigned)fuzz_random(fuzz, ENTRIES), next;
    volatile struct page_list *list = any_list(fuzz, count);

    list->count = (uint16_t)count;
    list->next = 0;
    for (unsigned i = 0; i < count; i++)
        list->entries[i] = entries[i] = random_entry(fuzz);
    do {
        result = svsm(CALL(0, 1), (uint64_t)list, 0, 0);
        fuzz->calls++;
        fuzz->retried += result == SVSM_BUSY || result == SVSM_INCOMPLETE;
    } while (result == SVSM_BUSY || result == SVSM_INCOMPLETE);
    next = list->next;
    expect(list->count == count && next <= count, "the list's head");
    for (unsigned i = 0; i < next; i++)
        passed(fuzz, entries[i]);
    for (unsigned i = 0; i < next; i++)
        look_at(fuzz, entries[i]);
    expect((result == SVSM_SUCCESS) == (next == count), "success is the end of the list");
    if (next < count)
        stopped(fuzz, entries[next], result);
}
