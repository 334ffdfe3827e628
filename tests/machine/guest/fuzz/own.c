/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PVALIDATE of a processor's own memory. The result of every entry is known beforehand, and so is
 * what is in a page afterwards: zeros when it became valid, and what it held when it did not. In
 * most of that memory pages change one by one, and once the host has split them a 2 MiB entry can
 * not change it; the last range is for 2 MiB entries alone. Lists lie in the calling area or in a
 * page of this memory. Among the entries are pages that no call may touch.
 */
#include "fuzz.h"

#define ENTRIES     6u
#define CALL_PAGES  1024u  /* of which the SVSM does no more in one call */
#define MOST_REPEAT 100000 /* of a call that others are in the way of */

/* A list and what is to become of it. */
struct request {
    uint64_t page; /* the list's */
    volatile struct page_list *list;
    uint64_t entries[ENTRIES];
    unsigned count, next;
};

/* What an entry must come to. */
struct meaning {
    uint64_t first, pages, result;
    bool valid, change;
};

static volatile uint64_t *words_of(const struct fuzz *fuzz, uint64_t page)
{
    return (volatile uint64_t *)(fuzz->base + page * PAGE);
}

static bool is_own(const struct fuzz *fuzz, uint64_t address)
{
    return address >= fuzz->base && address < fuzz->base + OWN_SIZE;
}

static uint64_t pattern(uint32_t tag, unsigned word)
{
    return tag == 0 ? 0 : (uint64_t)tag << 32 | word << 16;
}

static void fill_page(struct fuzz *fuzz, uint64_t page)
{
    uint32_t tag = (uint32_t)fuzz_random(fuzz, UINT32_MAX) + 1;

    fuzz->tags[page] = tag;
    for (unsigned i = 0; i < 512; i++)
        words_of(fuzz, page)[i] = pattern(tag, i);
}

static void check_page(const struct fuzz *fuzz, uint64_t page)
{
    for (unsigned i = 0; i < 512; i++)
        if (words_of(fuzz, page)[i] != pattern(fuzz->tags[page], i))
            expect_equal(words_of(fuzz, page)[i], pattern(fuzz->tags[page], i), "a word of a page");
}

void own_start(struct fuzz *fuzz, unsigned processor)
{
    fuzz->base = SPARE + processor * OWN_SIZE;
    for (uint64_t page = 0; page < OWN_PAGES; page++) {
        fuzz->valid[page] = 1;
        fill_page(fuzz, page);
    }
}

void own_check(const struct fuzz *fuzz)
{
    for (uint64_t page = 0; page < OWN_PAGES; page++)
        if (fuzz->valid[page])
            check_page(fuzz, page);
}

uint64_t own_page(struct fuzz *fuzz, bool valid)
{
    uint64_t page = fuzz_random(fuzz, SMALL);

    return (fuzz->valid[page] != 0) == valid ? fuzz->base + page * PAGE : 0;
}

void own_look(const struct fuzz *fuzz, uint64_t gpa)
{
    check_page(fuzz, (gpa - fuzz->base) / PAGE);
}

/* ---- Entries ---- */

static uint64_t bits_for(struct fuzz *fuzz, uint64_t page)
{
    if (fuzz_random(fuzz, 5) == 0)
        return fuzz_random(fuzz, 4) << 2;
    return fuzz->valid[page] ? 0 : ENTRY_VALIDATE; /* a change */
}

static uint64_t whole_entry(struct fuzz *fuzz)
{
    return (fuzz->base + SMALL * PAGE) | bits_for(fuzz, SMALL) | ENTRY_LARGE;
}

static uint64_t other_entry(struct fuzz *fuzz, const struct request *request)
{
    switch (fuzz_random(fuzz, 4)) {
    case 0:
        return request->page | fuzz_random(fuzz, 4) << 2;
    case 1:
        return (request->page & ~(LARGE - 1)) | fuzz_random(fuzz, 4) << 2 | ENTRY_LARGE;
    case 2:
        return (fuzz_foreign_page(fuzz) & ~(LARGE - 1)) | fuzz_random(fuzz, 4) << 2 | ENTRY_LARGE;
    default:
        return fuzz_foreign_page(fuzz) | fuzz_random(fuzz, 4) << 2;
    }
}

static uint64_t random_entry(struct fuzz *fuzz, const struct request *request)
{
    uint64_t page = fuzz_random(fuzz, SMALL), bits = bits_for(fuzz, page);

    switch (fuzz_random(fuzz, 64)) {
    case 0:
        return whole_entry(fuzz);
    case 1:
        return (fuzz->base + page / 512 * LARGE) | bits | ENTRY_LARGE;
    case 2:
        return (fuzz->base + page * PAGE) | bits | ENTRY_LARGE; /* most of them not aligned */
    case 3:
        return (fuzz->base + page * PAGE) | bits | 2 | fuzz_random(fuzz, 1024) << 2;
    case 4:
        return (fuzz->base + page * PAGE) | bits | UINT64_C(1) << (4 + fuzz_random(fuzz, 8));
    case 5:
    case 6:
        return other_entry(fuzz, request);
    default:
        return (fuzz->base + page * PAGE) | bits;
    }
}

static uint64_t count_valid(const struct fuzz *fuzz, const struct meaning *meaning)
{
    uint64_t valid = 0;

    for (uint64_t i = 0; i < meaning->pages; i++)
        valid += fuzz->valid[meaning->first + i];
    return valid;
}

static struct meaning predict_own(const struct fuzz *fuzz, uint64_t entry)
{
    struct meaning m = {.first = (entry - fuzz->base) / PAGE,
                        .pages = (entry & ENTRY_LARGE) != 0 ? 512 : 1,
                        .valid = (entry & ENTRY_VALIDATE) != 0};
    uint64_t valid = count_valid(fuzz, &m);

    m.result = SVSM_SUCCESS;
    if (valid != 0 && valid != m.pages)
        m.result = SVSM_PVALIDATE_SIZE;
    else if ((valid != 0) != m.valid)
        m.change = true;
    else if ((entry & ENTRY_AS_IS) == 0)
        m.result = SVSM_PVALIDATE_UNCHANGED;
    return m;
}

static struct meaning predict(const struct fuzz *fuzz, const struct request *request,
                              uint64_t entry)
{
    struct meaning m = {.result = SVSM_INVALID_PARAMETER};
    bool large = (entry & 3) == 1;
    uint64_t unit = large ? LARGE : PAGE;

    if ((entry & 3) > 1 || (entry & 0xff0) != 0 || (large && entry % LARGE >= PAGE))
        return m;
    m.result = SVSM_INVALID_ADDRESS;
    if (entry / unit == request->page / unit || !is_own(fuzz, entry))
        return m;
    return predict_own(fuzz, entry);
}

/* ---- A call ---- */

static void apply(struct fuzz *fuzz, const struct meaning *m)
{
    fuzz->changed++;
    for (uint64_t page = m->first; page < m->first + m->pages; page++) {
        fuzz->valid[page] = m->valid;
        fuzz->tags[page] = 0;
    }
}

/* What became valid and still is, when all of a list has been done. */
static void look_at(struct fuzz *fuzz, const struct request *request, uint64_t entry)
{
    uint64_t page = (entry - fuzz->base) / PAGE;

    if ((entry & ENTRY_LARGE) != 0) {
        if (fuzz->valid[page])
            check_page(fuzz, page + 511);
        page += fuzz_random(fuzz, 512);
    }
    if (!fuzz->valid[page] || fuzz->base + page * PAGE == request->page)
        return;
    check_page(fuzz, page);
    fill_page(fuzz, page);
}

/* An entry the call got past. */
static void passed(struct fuzz *fuzz, const struct request *request, uint64_t entry)
{
    struct meaning m = predict(fuzz, request, entry);

    expect_equal(m.result, SVSM_SUCCESS, "an entry that was done");
    if (m.change)
        apply(fuzz, &m);
}

static void stopped(struct fuzz *fuzz, const struct request *request, uint64_t result)
{
    uint64_t entry = request->entries[request->next];
    struct meaning m = predict(fuzz, request, entry);

    if (m.change && m.pages == 512 && m.first != SMALL && result == SVSM_PVALIDATE_SIZE)
        return; /* the host has small pages there */
    expect_equal(result, m.result, "an entry that was refused");
}

/* Another call is to go on where this one ended; *done counts pages until one must not. */
static bool goes_on(const struct fuzz *fuzz, const struct request *request, uint64_t result)
{
    uint64_t pages = 0, entry;
    unsigned next = request->list->next;

    if (result != SVSM_BUSY && result != SVSM_INCOMPLETE)
        return false;
    expect(next < request->count && next >= request->next, "the place of a call not yet done");
    for (unsigned i = request->next; i < next; i++)
        pages += (request->entries[i] & ENTRY_LARGE) != 0 ? 512 : 1;
    entry = request->entries[next];
    expect(!is_own(fuzz, entry) || (result == SVSM_INCOMPLETE && pages >= CALL_PAGES),
           "nobody else is at work in a processor's own memory");
    return true;
}

static uint64_t carry_out(struct fuzz *fuzz, struct request *request)
{
    struct svsm_call call;
    unsigned first = request->next, repeated = 0;
    uint64_t result;

    do {
        call = (struct svsm_call){.rax = CALL(0, 1), .rcx = (uint64_t)request->list};
        call.rdx = fuzz_word(fuzz);
        request->next = request->list->next;
        result = fuzz_call(fuzz, &call);
        expect(repeated++ < MOST_REPEAT, "a call comes to an end");
        relax();
    } while (goes_on(fuzz, request, result));
    request->next = request->list->next;
    expect(request->list->count == request->count && request->list->reserved == 0 &&
               request->next >= first && request->next <= request->count,
           "the list's head");
    for (unsigned i = 0; i < request->count; i++)
        expect_equal(request->list->entries[i], request->entries[i], "an entry of the list");
    for (unsigned i = first; i < request->next; i++)
        passed(fuzz, request, request->entries[i]);
    for (unsigned i = first; i < request->next; i++)
        look_at(fuzz, request, request->entries[i]);
    return result;
}

/* ---- Lists ---- */

/* Heads that no list can have: refused, and left alone. */
static void bad_head(struct fuzz *fuzz, struct request *request)
{
    struct svsm_call call = {.rax = CALL(0, 1), .rcx = (uint64_t)request->list};
    unsigned room = 511 - (unsigned)(call.rcx % PAGE / 8);
    uint64_t head, word = fuzz_random(fuzz, UINT32_MAX) << 32;

    switch (fuzz_random(fuzz, 4)) {
    case 0: /* nothing left */
        request->list->next = (uint16_t)(request->count + fuzz_random(fuzz, 3));
        break;
    case 1: /* over the end of the page */
        request->list->count = (uint16_t)(room + 1 + fuzz_random(fuzz, 65535 - room));
        break;
    case 2:
        request->list->count = 0;
        break;
    default:
        call.rcx += 1 + fuzz_random(fuzz, 7);
    }
    request->list->reserved = (uint32_t)(word >> 32);
    head = *(volatile uint64_t *)request->list;
    fuzz_expect(fuzz, call, SVSM_INVALID_PARAMETER, "a list that is none");
    expect_equal(*(volatile uint64_t *)request->list, head, "the head of such a list");
}

static void write_list(struct fuzz *fuzz, struct request *request)
{
    uint64_t room = PAGE / 8 - 2 - request->count;

    if (request->list == NULL)
        request->list =
            (volatile struct page_list *)(request->page + 8 + fuzz_random(fuzz, room) * 8);
    request->list->count = (uint16_t)request->count;
    request->list->next = (uint16_t)request->next;
    request->list->reserved = 0;
    for (unsigned i = 0; i < request->count; i++)
        request->list->entries[i] = request->entries[i] = random_entry(fuzz, request);
}

static void one_list(struct fuzz *fuzz, struct request *request)
{
    uint64_t result;

    write_list(fuzz, request);
    if (fuzz_random(fuzz, 16) == 0) {
        bad_head(fuzz, request);
        return;
    }
    result = carry_out(fuzz, request);
    expect((result == SVSM_SUCCESS) == (request->next == request->count),
           "success is the end of the list");
    if (request->next < request->count)
        stopped(fuzz, request, result);
}

void own_turn(struct fuzz *fuzz)
{
    struct request request = {.page = (uint64_t)calling_area()};
    uint64_t page = (fuzz_random(fuzz, SMALL));

    request.count = 1 + (unsigned)fuzz_random(fuzz, ENTRIES);
    if (fuzz_random(fuzz, 4) == 0)
        request.next = (unsigned)fuzz_random(fuzz, request.count);
    if (fuzz_random(fuzz, 4) != 0) {
        one_list(fuzz, &request);
        return;
    }
    request.page = fuzz->base + page * PAGE;
    if (fuzz->valid[page]) {
        one_list(fuzz, &request);
        fill_page(fuzz, page);
    } else {
        struct svsm_call call = {.rax = CALL(0, 1), .rcx = request.page + 8};

        fuzz_expect(fuzz, call, SVSM_INVALID_ADDRESS, "a list in a page that is not valid");
    }
}
