/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random calls, the kernel and the model in lock-step; then as many from four threads at once.
 *
 *   pages-random [CALLS [SEED]]
 *
 * The model is compiled in and compares every entry. Here besides: the whole table against the RMP
 * now and then, and that no page of another owner ever changes.
 */
#include "world.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MEMORY  (160 * MIB)
#define RANGES  6u /* that calls are about, so that they meet */
#define THREADS 4u

static uint64_t calls = 60000, seed;
static _Thread_local uint64_t state_of_random;
static uint64_t met[8]; /* results: success, incomplete, address, parameter, busy, size, same */

static uint64_t random_below(uint64_t bound)
{
    state_of_random ^= state_of_random << 13;
    state_of_random ^= state_of_random >> 7;
    state_of_random ^= state_of_random << 17;
    return (state_of_random >> 11) % bound;
}

static uint64_t random_page(void)
{
    if (random_below(50) == 0)
        return random_below(UINT64_C(1) << 52) & PVALIDATE_ADDRESS;
    if (random_below(50) == 0)
        return WORLD_REGION + random_below(64) * MIB;
    return random_below(RANGES) * RANGE_SIZE +
           (random_below(3) == 0 ? 0 : random_below(RANGE_PAGES) * PAGE_SIZE);
}

static uint64_t random_entry(void)
{
    uint64_t entry = random_page() | (random_below(2) << 2) | (random_below(4) == 0 ? 8 : 0);

    if (entry % RANGE_SIZE < PAGE_SIZE && random_below(2) == 0)
        entry |= PVALIDATE_2M;
    if (random_below(60) == 0)
        entry |= random_below(PAGE_SIZE);
    return entry;
}

static void count(uint64_t result)
{
    static const uint64_t known[] = {
        SVSM_SUCCESS, SVSM_INCOMPLETE,     SVSM_INVALID_ADDRESS,     SVSM_INVALID_PARAMETER,
        SVSM_BUSY,    SVSM_PVALIDATE_SIZE, SVSM_PVALIDATE_UNCHANGED,
    };

    for (unsigned i = 0; i < sizeof(known) / sizeof(*known); i++)
        if (known[i] == result) {
            __atomic_add_fetch(&met[i], 1, __ATOMIC_RELAXED);
            return;
        }
    fail_msg("a result that no call has: %llx", (unsigned long long)result);
}

/* A list in the calling area, seldom in another page. */
static void call(unsigned cpu)
{
    uint64_t area = world.vcpus[cpu].calling_area;
    uint64_t gpa = area + random_below(PAGE_SIZE - 200) / 8 * 8;
    struct guest_registers registers = {.rcx = gpa};
    uint64_t *words = world_at(gpa);
    unsigned entries = (unsigned)random_below(20);
    uint16_t next;

    words[0] = entries | (random_below(8) == 0 ? random_below(entries + 2) << 16 : 0);
    for (unsigned i = 0; i < entries; i++)
        words[1 + i] = random_entry();
    if (random_below(30) == 0)
        registers.rcx = random_page() + random_below(PAGE_SIZE);
    count(core_call(&world.vcpus[cpu], CORE_PVALIDATE, &registers));
    next = ((uint16_t *)words)[1];
    assert_true(next <= entries + 1);
}

/* A valid page becomes a VMSA or a calling area for a while, as the calls for vCPUs do it. */
static void borrow(void)
{
    enum page_state to = random_below(2) == 0 ? STATE_VMSA : STATE_CALLING;
    uint64_t gpa = random_below(RANGES) * RANGE_SIZE + random_below(RANGE_PAGES) * PAGE_SIZE;

    if (pagestate_hold(gpa, STATE_VALID) != SVSM_SUCCESS)
        return;
    pagestate_set(gpa, to);
    pagestate_release(gpa);
    call(machine_cpu()->id);
    while (pagestate_hold(gpa, to) == SVSM_BUSY)
        continue;
    pagestate_set(gpa, STATE_VALID);
    pagestate_release(gpa);
}

static void run(unsigned cpu, uint64_t many)
{
    for (uint64_t i = 0; i < many; i++) {
        if (random_below(20) == 0)
            borrow();
        else
            call(cpu);
        if (!world.threads && i % 4096 == 0)
            world_check();
    }
}

static void alone(void **state)
{
    (void)state;
    world_start(MEMORY);
    run(0, calls);
    world_check();
    world_end();
}

static void *one_thread(void *argument)
{
    unsigned cpu = (unsigned)(uintptr_t)argument;

    world_be(cpu);
    state_of_random = seed + cpu + 1;
    run(cpu, calls / THREADS);
    return NULL;
}

static void together(void **state)
{
    pthread_t threads[THREADS];

    (void)state;
    world_start(MEMORY);
    world.threads = true;
    for (uintptr_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, one_thread, (void *)i), 0);
    for (unsigned i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    world_check();
    world_end();
}

/* Every kind of result was among them. */
static void all_results(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 7; i++)
        assert_true(met[i] != 0);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(alone),
        cmocka_unit_test(together),
        cmocka_unit_test(all_results),
    };

    if (argc > 1)
        calls = strtoull(argv[1], NULL, 0);
    seed = argc > 2 ? strtoull(argv[2], NULL, 0) : (uint64_t)time(NULL);
    printf("seed %llu, %llu calls\n", (unsigned long long)seed, (unsigned long long)calls);
    state_of_random = seed | 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
