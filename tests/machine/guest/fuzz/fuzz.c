/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fuzzing the SVSM from the guest: PROCESSORS CALLS SEED [1] on the command line, CALLS in all, 1
 * for many of them.
 *
 * Most turns know what must come of them; the others throw anything. The kernel below checks itself
 * against its model after every entry. Memory that no call named is looked at all the time, a page
 * now and then, and as a whole in the end, when also no processor may have kept a claim.
 */
#include "fuzz.h"

#define REPORTS   20u     /* lines on the way of a long run */
#define LONG      1000000 /* calls */
#define LOOK_EACH 16u     /* turns between looks at memory nobody names */

unsigned fuzz_processors;

static struct fuzz fuzzers[PROCESSORS];
static uint64_t wanted, seed, made;
static bool light;
static unsigned arrived;

/* How often a kind's turn comes, of 64: evenly, and so that ten million calls come to an end. What
   changes the rights to pages costs the SNP machine many times what other calls do. */
static const struct {
    const char *name;
    void (*turn)(struct fuzz *);
    unsigned weights[2];
} kinds[KINDS] = {
    [KIND_OWN] = {"own memory", own_turn, {16, 2}},
    [KIND_RACE] = {"raced for", race_turn, {6, 2}},
    [KIND_LISTS] = {"common lists", lists_turn, {6, 2}},
    [KIND_REMAP] = {"areas", remap_turn, {8, 6}},
    [KIND_CREATE] = {"creations", create_turn, {6, 2}},
    [KIND_DELETE] = {"deletions", delete_turn, {4, 6}},
    [KIND_PLAIN] = {"plain", plain_turn, {10, 34}},
    [KIND_NOISE] = {"noise", noise_turn, {8, 10}},
};

static const struct {
    uint64_t start, end;
} untouched[] = {{LISTS + PAGE, RACE}, {RACE + RACE_SIZE, MEMORY_END}};

static uint64_t read_number(const char **words)
{
    uint64_t number = 0;

    while (**words == ' ')
        ++*words;
    while (**words >= '0' && **words <= '9')
        number = number * 10 + (uint64_t)(*(*words)++ - '0');
    return number;
}

static uint64_t canary(uint64_t address)
{
    return address * UINT64_C(0x9e3779b97f4a7c15);
}

static void fill_untouched(void)
{
    for (unsigned i = 0; i < sizeof(untouched) / sizeof(untouched[0]); i++)
        for (uint64_t at = untouched[i].start; at < untouched[i].end; at += 8)
            *(volatile uint64_t *)at = canary(at);
}

static void check_untouched(uint64_t start, uint64_t end)
{
    for (uint64_t at = start; at < end; at += 8)
        if (*(volatile uint64_t *)at != canary(at))
            expect_equal(*(volatile uint64_t *)at, canary(at), "memory that was never named");
}

static void look_at_untouched(struct fuzz *fuzz)
{
    unsigned i = (unsigned)fuzz_random(fuzz, sizeof(untouched) / sizeof(untouched[0]));
    uint64_t pages = (untouched[i].end - untouched[i].start) / PAGE;
    uint64_t start = untouched[i].start + fuzz_random(fuzz, pages) * PAGE;

    check_untouched(start, start + PAGE);
}

static void one_turn(struct fuzz *fuzz)
{
    uint64_t at = fuzz_random(fuzz, 64);
    unsigned kind = 0;

    while (at >= kinds[kind].weights[light])
        at -= kinds[kind++].weights[light];
    fuzz->kind = (enum kind)kind;
    kinds[kind].turn(fuzz);
    if (fuzz_random(fuzz, LOOK_EACH) == 0)
        look_at_untouched(fuzz);
}

static uint64_t sum(const uint64_t *numbers)
{
    uint64_t all = 0;

    for (unsigned i = 0; i < KINDS; i++)
        all += numbers[i];
    return all;
}

/* Until everybody is here. */
static void wait_for_all(void)
{
    unsigned mine = __atomic_fetch_add(&arrived, 1, __ATOMIC_ACQ_REL);

    while (__atomic_load_n(&arrived, __ATOMIC_ACQUIRE) / fuzz_processors == mine / fuzz_processors)
        relax();
}

/* No range is another processor's any more: nothing is BUSY, not even once. */
static void check_claims(uint64_t start, uint64_t end)
{
    volatile struct page_list *list = (volatile struct page_list *)(calling_area() + 8);

    for (uint64_t range = start; range < end; range += LARGE) {
        list->count = 1;
        list->next = 0;
        list->entries[0] = range | 2; /* refused, but not before */
        expect_equal(svsm(CALL(0, 1), (uint64_t)list, 0, 0), SVSM_INVALID_PARAMETER, "no size");
        list->entries[0] = range | ENTRY_VALIDATE | ENTRY_AS_IS;
        expect(svsm(CALL(0, 1), (uint64_t)list, 0, 0) != SVSM_BUSY, "all claims are let go");
    }
}

/* What the processor after this one has changed, and what everybody has. */
static void check_others(unsigned number)
{
    const struct fuzz *next = &fuzzers[(number + 1) % fuzz_processors];

    check_claims(next->base, next->base + OWN_SIZE);
    wait_for_all();
    if (number != 0)
        return;
    check_claims(LISTS, MEMORY_END);
    for (unsigned i = 0; i < sizeof(untouched) / sizeof(untouched[0]); i++)
        check_untouched(untouched[i].start, untouched[i].end);
}

static void report_progress(void)
{
    static uint64_t reported;
    uint64_t now = __atomic_load_n(&made, __ATOMIC_RELAXED);

    if (wanted < LONG || now < reported + wanted / REPORTS)
        return;
    reported = now;
    print("guest: ");
    print_number(now);
    print(" calls\n");
}

static void fuzz_processor(uint64_t number)
{
    struct fuzz *fuzz = &fuzzers[number];

    fuzz->random = (seed + number + 1) * UINT64_C(0x9e3779b97f4a7c15);
    own_start(fuzz, (unsigned)number);
    wait_for_all();
    while (__atomic_load_n(&made, __ATOMIC_RELAXED) < wanted) {
        uint64_t before = sum(fuzz->calls);

        one_turn(fuzz);
        __atomic_add_fetch(&made, sum(fuzz->calls) - before, __ATOMIC_RELAXED);
        if (number == 0)
            report_progress();
        relax();
    }
    wait_for_all();
    own_check(fuzz);
    check_others((unsigned)number);
}

static void print_count(const char *what, uint64_t number)
{
    print(", ");
    print(what);
    print(" ");
    print_number(number);
}

static uint64_t calls_of(unsigned kind)
{
    uint64_t all = 0;

    for (unsigned i = 0; i < fuzz_processors; i++)
        all += fuzzers[i].calls[kind];
    return all;
}

static void report(void)
{
    uint64_t refused = 0, retried = 0, changed = 0;

    for (unsigned i = 0; i < fuzz_processors; i++) {
        refused += fuzzers[i].refused;
        retried += fuzzers[i].retried;
        changed += fuzzers[i].changed;
    }
    print("guest: fuzzed ");
    print_number(made);
    print(" calls");
    print_count("refused", refused);
    print_count("repeated", retried);
    print_count("entries that changed own memory", changed);
    print("\nguest: calls by kind");
    for (unsigned kind = 0; kind < KINDS; kind++)
        print_count(kinds[kind].name, calls_of(kind));
    print("\n");
}

int guest_main(const char *words)
{
    fuzz_processors = (unsigned)read_number(&words);
    expect(fuzz_processors >= 2 && fuzz_processors <= OWN_MOST, "a number of processors");
    wanted = read_number(&words);
    seed = read_number(&words);
    light = read_number(&words) != 0;
    fill_untouched();
    for (unsigned i = 1; i < fuzz_processors; i++)
        expect(start_processor(i, fuzz_processor, i), "a processor starts");
    fuzz_processor(0);
    for (unsigned i = 1; i < fuzz_processors; i++)
        join_processor(i);
    report();
    return 0;
}
