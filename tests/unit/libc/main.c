/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libsvsm/libc beside glibc: the same arguments, the same results. An argument on the command line
 * is the seed of the random ones; without it the seed is fixed. Both are printed.
 */
#include "ours.h"

#include <cpuid.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <svsm/channel.h>
#include <svsm/entropy.h>
#include <svsm/time.h>

/* setjmp.S with the buffer it asks for. */
typedef unsigned long our_buffer[25];
int our_setjmp(our_buffer) __attribute__((returns_twice));
_Noreturn void our_longjmp(our_buffer, int);

__extension__ typedef unsigned __int128 uint128;

jmp_buf panic_return;
const char *panic_text;
static uint64_t random_state;

_Noreturn void svsm_panic(const char *text)
{
    panic_text = text;
    longjmp(panic_return, 1);
}

uint32_t random_below(uint32_t limit)
{
    random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)((random_state >> 32) * limit >> 32);
}

void random_bytes(void *out, size_t length)
{
    for (uint8_t *p = out; length > 0; length--)
        *p++ = (uint8_t)random_below(256);
}

static __attribute__((noinline)) void jump_from(our_buffer buffer, const volatile char *stack)
{
    our_longjmp(buffer, stack[1]);
}

static __attribute__((noinline)) void jump(our_buffer buffer, int value)
{
    volatile char stack[64] = {1};

    stack[1] = (char)value;
    jump_from(buffer, stack);
}

static void test_jumps(void **state)
{
    our_buffer buffer;
    volatile int times = 0;
    int value = our_setjmp(buffer);

    (void)state;
    times++;
    if (times < 4)
        jump(buffer, times - 1);
    assert_int_equal(times, 4);
    assert_int_equal(value, 2);
    times = 0;
    if (our_setjmp(buffer) == 0)
        jump(buffer, 0);
    else
        times = 1;
    assert_int_equal(times, 1);
}

static void test_time(void **state)
{
    static const uint64_t rates[] = {1000000, 24000000, 1999999999, 2994375123, 5700000001};

    (void)state;
    for (unsigned i = 0; i < 20000; i++) {
        uint64_t hz = rates[i % 5], counter, got;
        uint128 exact;

        random_bytes(&counter, sizeof counter);
        counter >>= 2 + random_below(60);
        got = time_convert(counter, hz);
        exact = (uint128)counter * 1000000000u / hz;
        if (exact >> 63 != 0)
            continue;
        assert_true(got <= exact);
        assert_true((uint64_t)exact - got <= (uint64_t)exact / 500000000 + 1);
    }
    assert_int_equal(time_convert(12345, 0), 0);
    time_open(1000000000);
    assert_true(time_nanoseconds() < time_nanoseconds());
}

static bool has_rdseed(void)
{
    unsigned a, b, c, d, unused;

    return __get_cpuid(1, &unused, &unused, &c, &unused) && (c & bit_RDRND) != 0 &&
           __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & bit_RDSEED) != 0;
}

static void test_entropy(void **state)
{
    uint64_t a = 0, b = 0;
    uint8_t bytes[37] = {0}, zero[37] = {0};

    (void)state;
    if (!has_rdseed()) {
        print_message("this processor has no RDSEED\n");
        skip();
    }
    assert_true(processor_random(&a) && processor_random(&b));
    assert_true(a != b);
    assert_true(entropy_open(&entropy_processor));
    assert_true(entropy_read(bytes, sizeof bytes) && entropy_is_healthy());
    assert_memory_not_equal(bytes, zero, sizeof bytes);
    assert_memory_not_equal(bytes + 29, zero, 8);
}

int main(int count, char **words)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_memory),        cmocka_unit_test(test_overlap),
        cmocka_unit_test(test_strings),       cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_formats),       cmocka_unit_test(test_format_room),
        cmocka_unit_test(test_letters),       cmocka_unit_test(test_checked),
        cmocka_unit_test(test_regex_profile), cmocka_unit_test(test_regex_random),
        cmocka_unit_test(test_regex_refused), cmocka_unit_test(test_heap_random),
        cmocka_unit_test(test_heap_limits),   cmocka_unit_test(test_heap_misuse),
        cmocka_unit_test(test_jumps),         cmocka_unit_test(test_time),
        cmocka_unit_test(test_entropy),
    };

    random_state = count > 1 ? strtoull(words[1], NULL, 0) : 1;
    printf("seed %llu\n", (unsigned long long)random_state);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
