/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What tests/bench/guest counts: each call between two marks in the machine's trace, with a line
 * "step: MARK NAME" for the first of them, and "server: TICKS" for the echo server's own part.
 * "scale" has four processors change pages at once.
 */
#include "bare.h"
#include "echo.h"

#define QUERY      CALL(0, 6)
#define PVALIDATE  CALL(0, 1)
#define REPEATS    3u /* the first of a kind also fills what is filled once */
#define ENTRIES    510u
#define SMALL      (SPARE + LARGE)     /* in ranges of their own: the host splits these */
#define BIG        (SPARE + 4 * LARGE) /* and these stay whole */
#define OPERATIONS 200u

static uint32_t next_mark = 1;

static void measure(const char *name, struct svsm_call call)
{
    mark(next_mark);
    expect(svsm_call(&call), "the SVSM executes a call");
    mark(next_mark + 1);
    expect_equal(call.rax, SVSM_SUCCESS, name);
    print("step: ");
    print_number(next_mark);
    print(" ");
    print(name);
    print("\n");
    next_mark += 2;
}

/* What the call before took the server itself. */
static void ask_server(void)
{
    struct svsm_call call = {CALL(ECHO_PROTOCOL, ECHO_CLOCK), 0, 0, 0, 0};

    expect(svsm_call(&call), "the SVSM executes a call");
    expect_equal(call.rax, SVSM_SUCCESS, "the server's clock");
    print("server: ");
    print_number(call.rcx);
    print("\n");
}

static volatile struct page_list *list(void)
{
    return (volatile struct page_list *)(calling_area() + 8);
}

/* One call for `count` pages of this size from gpa on. */
static void measure_pages(const char *name, uint64_t first_entry, unsigned count)
{
    uint64_t size = (first_entry & ENTRY_LARGE) != 0 ? LARGE : PAGE;

    list()->count = (uint16_t)count;
    list()->next = 0;
    for (unsigned i = 0; i < count; i++)
        list()->entries[i] = first_entry + i * size;
    measure(name, (struct svsm_call){PVALIDATE, (uint64_t)list(), 0, 0, 0});
}

static void measure_all(void)
{
    const struct svsm_call echo = {CALL(ECHO_PROTOCOL, ECHO_ADD), 1, 2, 3, 4};
    const struct svsm_call page = {CALL(PAGE_PROTOCOL, PAGE_TOUCH), SPARE, 0, 0, 0};

    for (unsigned i = 0; i < REPEATS; i++) {
        measure("null-call", (struct svsm_call){QUERY, 1, 0, 0, 0});
        measure("echo-call", echo);
        ask_server();
        measure("echo-page-call", page);
        measure_pages("invalidate-4k", SMALL, 1);
        measure_pages("validate-4k", SMALL | ENTRY_VALIDATE, 1);
        measure_pages("invalidate-510x4k", SMALL, ENTRIES);
        measure_pages("validate-510x4k", SMALL | ENTRY_VALIDATE, ENTRIES);
        measure_pages("invalidate-2m", BIG | ENTRY_LARGE, 1);
        measure_pages("validate-2m", BIG | ENTRY_LARGE | ENTRY_VALIDATE, 1);
    }
}

static volatile uint64_t done[PROCESSORS], busy[PROCESSORS];

static void change(uint64_t entry)
{
    uint64_t result;

    do {
        list()->count = 1;
        list()->next = 0;
        list()->entries[0] = entry;
        result = svsm(PVALIDATE, (uint64_t)list(), 0, 0);
        busy[this_processor()] += result == SVSM_BUSY;
        relax();
    } while (result == SVSM_BUSY);
    expect_equal(result, SVSM_SUCCESS, "a page of one of several processors");
    done[this_processor()]++;
}

static void change_many(uint64_t gpa)
{
    for (unsigned i = 0; i < OPERATIONS / 2; i++) {
        change(gpa + i * PAGE);
        change((gpa + i * PAGE) | ENTRY_VALIDATE);
    }
}

static void scale(void)
{
    for (unsigned i = 1; i < 4; i++)
        expect(start_processor(i, change_many, SPARE + i * LARGE), "a processor");
    change_many(SPARE);
    for (unsigned i = 0; i < 4; i++) {
        if (i != 0)
            join_processor(i);
        print("scale: ");
        print_number(done[i]);
        print(" ");
        print_number(busy[i]);
        print("\n");
    }
}

int guest_main(const char *words)
{
    if (same_text(words, "scale"))
        scale();
    else
        measure_all();
    return 0;
}
