/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The log's book: order, shares, text from hostile memory; and a long random run against a model
 * that keeps every line for ever and works out what must still be there.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "book.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct book book;

static const struct book_line *say(uint32_t source, const char *text)
{
    return book_write(&book, source, LOG_NOTICE, text, (uint32_t)strlen(text));
}

static void expect_line(uint64_t number, const char *text)
{
    const struct book_line *line = book_read(&book, number);

    assert_non_null(line);
    assert_int_equal(line->length, strlen(text));
    assert_memory_equal(line->text, text, line->length);
}

static void test_order(void **state)
{
    (void)state;
    book_open(&book, 3);
    assert_null(book_read(&book, 0));
    say(2, "first");
    say(0, "second");
    say(2, "third");
    expect_line(0, "first");
    expect_line(1, "second");
    expect_line(2, "third");
    assert_null(book_read(&book, 3));
    assert_int_equal(book_read(&book, 1)->source, 0);
    assert_int_equal(book_read(&book, 2)->level, LOG_NOTICE);
}

static void test_a_flood_pushes_out_its_own_lines_only(void **state)
{
    (void)state;
    book_open(&book, 4);
    say(1, "the quiet one");
    for (unsigned i = 0; i < 100000; i++) {
        say(0, "noise");
    }
    say(3, "another");
    expect_line(0, "the quiet one");
    expect_line(100001, "another");
    assert_int_equal(book_read(&book, 1)->number, 100001 - BOOK_LINES / 4);
    assert_int_equal(book.shares[0].kept, 100000);
    assert_int_equal(book.shares[0].lost, 100000 - BOOK_LINES / 4);
    assert_int_equal(book.shares[1].kept, 1);
    assert_int_equal(book.shares[1].lost, 0);
}

static void test_lines_that_were_read_are_not_lost(void **state)
{
    (void)state;
    book_open(&book, 1);
    for (unsigned i = 0; i < BOOK_LINES; i++) {
        say(0, "line");
    }
    assert_non_null(book_read(&book, 9));
    for (unsigned i = 0; i < 15; i++) {
        say(0, "line");
    }
    assert_int_equal(book.shares[0].lost, 5);
}

static void test_text(void **state)
{
    static const char hostile[] = "a\nb\x1b[2J\r\0c\x7f\xff~ ";
    char longer[2 * LOG_LINE];

    (void)state;
    book_open(&book, 1);
    book_write(&book, 0, LOG_ERROR, hostile, sizeof(hostile) - 1);
    expect_line(0, "a?b?[2J??c??~ ");
    memset(longer, 'x', sizeof(longer));
    assert_int_equal(book_write(&book, 0, 0, longer, sizeof(longer))->length, LOG_LINE);
    assert_int_equal(book_write(&book, 0, 0, longer, UINT32_MAX)->length, LOG_LINE);
    assert_int_equal(book_write(&book, 0, 0, NULL, 0)->length, 0);
}

/* The model: all lines ever written, in order. */
#define MODEL_LINES 4000u

static struct {
    uint8_t source;
    uint32_t stamp;
} model[MODEL_LINES];

/* Is the line still there: have fewer than a share's lines come from its source since? */
static bool is_there(uint64_t number, uint64_t count)
{
    uint32_t later = 0;

    for (uint64_t i = number + 1; i < count && later < book.room; i++) {
        later += model[i].source == model[number].source;
    }
    return later < book.room;
}

static void compare(uint64_t number, uint64_t count)
{
    const struct book_line *line = book_read(&book, number);
    char text[16];

    while (number < count && !is_there(number, count)) {
        number++;
    }
    if (number >= count) {
        assert_null(line);
        return;
    }
    assert_non_null(line);
    assert_int_equal(line->number, number);
    assert_int_equal(line->source, model[number].source);
    snprintf(text, sizeof(text), "%u", model[number].stamp);
    assert_int_equal(line->length, strlen(text));
    assert_memory_equal(line->text, text, line->length);
}

static void test_against_the_model(void **state)
{
    static const uint32_t sources[] = {1, 2, 7, 31, 32};

    (void)state;
    srand(1);
    for (size_t run = 0; run < sizeof(sources) / sizeof(sources[0]); run++) {
        book_open(&book, sources[run]);
        for (unsigned count = 0; count < MODEL_LINES; count++) {
            uint32_t source = (uint32_t)rand() % (count % 500 < 250 ? sources[run] : 1);
            char text[16];
            model[count].source = (uint8_t)source;
            model[count].stamp = (uint32_t)rand();
            snprintf(text, sizeof(text), "%u", model[count].stamp);
            say(source, text);
            if (count % 16 == 0) {
                compare((uint64_t)rand() % (count + 2), count + 1);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_a_flood_pushes_out_its_own_lines_only),
        cmocka_unit_test(test_lines_that_were_read_are_not_lost),
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_against_the_model),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
