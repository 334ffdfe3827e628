/* SPDX-License-Identifier: BSD-2-Clause */
/* What the host gets to see: nothing without the right, and of a flood only so much. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "console.h"
#include "host.h"

#include <string.h>

static char page[4096];
static char written[4096];
static unsigned lines;
static uint32_t slot_used;
static struct console console;

/* In the host's place; it also spoils the page at once. */
void host_write(uint32_t slot, const char *from, uint32_t length)
{
    assert_ptr_equal(from, page);
    assert_in_range(length, 1, sizeof(page));
    memcpy(written, from, length);
    written[length] = 0;
    memset(page, 0xee, sizeof(page));
    slot_used = slot;
    lines++;
}

static int open_console(void **state)
{
    const struct svsm_start_host_call call = {.slot = 11, .page = (uintptr_t)page};

    (void)state;
    lines = 0;
    written[0] = 0;
    console_open(&console, &call, 1000);
    return 0;
}

static void show(uint8_t source, uint8_t level, const char *text, uint64_t now)
{
    struct book_line line = {.source = source, .level = level, .length = (uint16_t)strlen(text)};

    memcpy(line.text, text, line.length);
    console_show(&console, "vtpm", &line, now);
}

static void test_line(void **state)
{
    (void)state;
    show(0, LOG_NOTICE, "hello", 1000);
    assert_string_equal(written, "[vtpm] hello\n");
    assert_int_equal(slot_used, 11);
    show(0, LOG_ERROR, "broken", 1000);
    assert_string_equal(written, "[vtpm] error: broken\n");
    show(0, LOG_WARNING, "", 1000);
    assert_string_equal(written, "[vtpm] warning: \n");
}

static void test_no_right_no_line(void **state)
{
    (void)state;
    console_open(&console, NULL, 0);
    show(0, LOG_ERROR, "secret", 0);
    assert_int_equal(lines, 0);
}

static void test_flood(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 1000; i++) {
        show(1, LOG_NOTICE, "noise", 1000);
    }
    assert_int_equal(lines, CONSOLE_BURST);
    show(2, LOG_NOTICE, "heard", 1000);
    assert_string_equal(written, "[vtpm] heard\n");
    show(1, LOG_NOTICE, "too early", 1000 + CONSOLE_TICKS - 1);
    assert_string_equal(written, "[vtpm] heard\n");
    show(1, LOG_NOTICE, "paid", 1000 + CONSOLE_TICKS);
    assert_string_equal(written, "[vtpm, 969 lines not shown] paid\n");
    show(1, LOG_NOTICE, "not paid", 1000 + CONSOLE_TICKS);
    assert_string_equal(written, "[vtpm, 969 lines not shown] paid\n");
}

static void test_a_purse_holds_no_more_than_a_burst(void **state)
{
    (void)state;
    lines = 0;
    for (unsigned i = 0; i < 1000; i++) {
        show(3, LOG_NOTICE, "noise", 1000 + 1000000 * CONSOLE_TICKS);
    }
    assert_int_equal(lines, CONSOLE_BURST);
    show(3, LOG_NOTICE, "noise", 0);
    assert_int_equal(lines, CONSOLE_BURST);
}

static void test_longest_line(void **state)
{
    char text[LOG_LINE + 1];

    (void)state;
    memset(text, 'x', LOG_LINE);
    text[LOG_LINE] = 0;
    console.purses[4].silent = UINT64_MAX;
    show(4, LOG_WARNING, text, 1000);
    assert_int_equal(strlen(written), strlen("[vtpm, 18446744073709551615 lines not shown] ") +
                                          strlen("warning: ") + LOG_LINE + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_line, open_console),
        cmocka_unit_test_setup(test_no_right_no_line, open_console),
        cmocka_unit_test_setup(test_flood, open_console),
        cmocka_unit_test_setup(test_a_purse_holds_no_more_than_a_burst, open_console),
        cmocka_unit_test_setup(test_longest_line, open_console),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
