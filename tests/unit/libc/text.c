/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory, strings, numbers and formats against glibc's, with random arguments and the edges.
 */
#define _GNU_SOURCE
#include "ours.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static int sign(int x)
{
    return (x > 0) - (x < 0);
}

/* Each buffer is as long as what may be touched, so that ASan sees a byte too many. */
void test_memory(void **state)
{
    (void)state;
    for (unsigned round = 0; round < 4000; round++) {
        size_t length = random_below(150), shift = random_below(9), same = random_below(151);
        char *a = malloc(shift + length + 1), *b = malloc(length + 1), *c = malloc(length + 1);
        int byte = (int)random_below(300) - 20;

        random_bytes(a, shift + length);
        memset(b, 0, length);
        assert_ptr_equal(our_memcpy(b, a + shift, length), b);
        assert_memory_equal(b, a + shift, length);
        memcpy(c, b, length);
        if (same < length)
            c[same] = (char)(c[same] + (int)random_below(2));
        assert_int_equal(sign(our_memcmp(b, c, length)), sign(memcmp(b, c, length)));
        assert_ptr_equal(our_memchr(b, byte, length), memchr(b, byte, length));
        assert_ptr_equal(our_memset(c, byte, length), c);
        memset(b, byte, length);
        assert_memory_equal(b, c, length);
        free(a);
        free(b);
        free(c);
    }
}

void test_overlap(void **state)
{
    char ours[200], theirs[200];

    (void)state;
    for (unsigned round = 0; round < 4000; round++) {
        size_t length = random_below(100), from = random_below(100), to = random_below(100);

        random_bytes(ours, sizeof ours);
        memcpy(theirs, ours, sizeof ours);
        assert_ptr_equal(our_memmove(ours + to, ours + from, length), ours + to);
        memmove(theirs + to, theirs + from, length);
        assert_memory_equal(ours, theirs, sizeof ours);
    }
}

static char *random_string(const char *alphabet, uint32_t most)
{
    size_t length = random_below(most + 1);
    char *s = malloc(length + 1);

    for (size_t i = 0; i < length; i++)
        s[i] = alphabet[random_below((uint32_t)strlen(alphabet))];
    s[length] = '\0';
    return s;
}

static void compare_strings(const char *a, const char *b)
{
    size_t most = random_below(12);
    int letter = random_below(4) == 0 ? 0 : 'a';

    assert_int_equal(our_strlen(a), strlen(a));
    assert_int_equal(our_strnlen(a, most), strnlen(a, most));
    assert_int_equal(sign(our_strcmp(a, b)), sign(strcmp(a, b)));
    assert_int_equal(sign(our_strncmp(a, b, most)), sign(strncmp(a, b, most)));
    assert_int_equal(sign(our_strcasecmp(a, b)), sign(strcasecmp(a, b)));
    assert_int_equal(sign(our_strncasecmp(a, b, most)), sign(strncasecmp(a, b, most)));
    assert_ptr_equal(our_strchr(a, letter), strchr(a, letter));
    assert_ptr_equal(our_index(a, 'B'), strchr(a, 'B'));
    assert_ptr_equal(our_strrchr(a, letter), strrchr(a, letter));
    assert_ptr_equal(our_strstr(a, b), strstr(a, b));
    assert_int_equal(our_strspn(a, b), strspn(a, b));
    assert_int_equal(our_strcspn(a, b), strcspn(a, b));
}

void test_strings(void **state)
{
    static char room[4096];

    (void)state;
    for (unsigned round = 0; round < 20000; round++) {
        char *a = random_string("aAbB\xe9", 10), *b = random_string("aAbB\xe9", 4);

        compare_strings(a, b);
        compare_strings(a, a);
        free(a);
        free(b);
    }
    heap_open(room, sizeof room, 1);
    assert_string_equal(our_strdup("a string"), "a string");
    assert_string_equal(our_strndup("a string", 3), "a s");
    assert_string_equal(our_strndup("", 3), "");
}

static void compare_number(const char *s, int base)
{
    char *ours = NULL, *theirs = NULL;

    assert_true(our_strtoul(s, &ours, base) == strtoul(s, &theirs, base));
    assert_ptr_equal(ours, theirs);
    assert_true(our_strtol(s, &ours, base) == strtol(s, &theirs, base));
    assert_ptr_equal(ours, theirs);
    assert_true(our_strtoul(s, NULL, base) == strtoul(s, NULL, base));
}

void test_numbers(void **state)
{
    static const char *const edges[] = {
        "",
        "0",
        "0x",
        "0xg",
        "-0x10",
        "+7",
        "- 7",
        " \t\n\v\f\r12z",
        "08",
        "0x0x1",
        "--1",
        "18446744073709551615",
        "18446744073709551616",
        "-18446744073709551615",
        "-18446744073709551616",
        "9223372036854775807",
        "9223372036854775808",
        "-9223372036854775808",
        "-9223372036854775809",
        "99999999999999999999999z",
        "zz",
        "7fffffffffffffff",
        "ffffffffffffffff",
        "0b11",
    };

    (void)state;
    for (unsigned i = 0; i < sizeof edges / sizeof edges[0]; i++)
        for (int base = 0; base <= 36; base++)
            if (base != 1)
                compare_number(edges[i], base);
    for (unsigned round = 0; round < 20000; round++) {
        char *s = random_string("0x17fZ -+", 8);

        compare_number(s, (int[]){0, 2, 8, 10, 16, 36}[random_below(6)]);
        free(s);
    }
}

static void random_format(char *format, bool *is_text, bool *is_long)
{
    static const char *const lengths[] = {"", "hh", "h", "l", "ll", "z", "j", "t"};
    static const char conversions[] = "diuxXo";
    unsigned length = random_below(8);

    *is_text = random_below(5) == 0;
    *is_long = length >= 3;
    format += sprintf(format, "<%%");
    for (unsigned i = random_below(3); i > 0; i--)
        *format++ = *is_text ? '-' : "-0+ #"[random_below(5)];
    if (random_below(2))
        format += sprintf(format, "%u", random_below(30));
    if (random_below(2))
        format += sprintf(format, ".%u", random_below(28));
    if (*is_text)
        sprintf(format, "s|");
    else
        sprintf(format, "%s%c>", lengths[length], conversions[random_below(6)]);
}

static uint64_t random_value(void)
{
    static const uint64_t edges[] = {
        0, 1, 7, 8, 127, 128, 255, 32768, INT_MAX, UINT64_C(1) << 63, UINT64_MAX};
    uint64_t value;

    if (random_below(2))
        return edges[random_below(sizeof edges / sizeof edges[0])];
    random_bytes(&value, sizeof value);
    return value >> random_below(64);
}

#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#ifndef __clang__ /* which has no such warning */
#pragma GCC diagnostic ignored "-Wformat-truncation"
#endif
void test_formats(void **state)
{
    (void)state;
    for (unsigned round = 0; round < 40000; round++) {
        char format[64], ours[128], theirs[128], text[40];
        bool is_text, is_long;
        uint64_t value = random_value();
        int a, b;

        random_format(format, &is_text, &is_long);
        sprintf(text, "%llx and more", (unsigned long long)value);
        if (is_text) {
            a = our_snprintf(ours, sizeof ours, format, text);
            b = snprintf(theirs, sizeof theirs, format, text);
        } else if (is_long) {
            a = our_snprintf(ours, sizeof ours, format, value);
            b = snprintf(theirs, sizeof theirs, format, value);
        } else {
            a = our_snprintf(ours, sizeof ours, format, (unsigned)value);
            b = snprintf(theirs, sizeof theirs, format, (unsigned)value);
        }
        if (a != b || strcmp(ours, theirs) != 0)
            fail_msg("%s of %llx: '%s', not '%s'", format, (unsigned long long)value, ours, theirs);
    }
}

void test_format_room(void **state)
{
    char ours[32], theirs[32];

    (void)state;
    for (size_t room = 0; room < sizeof ours; room++) {
        memset(ours, 'x', sizeof ours);
        memset(theirs, 'x', sizeof theirs);
        assert_int_equal(our_snprintf(ours, room, "%s %d%%", "seventeen", 12345),
                         snprintf(theirs, room, "%s %d%%", "seventeen", 12345));
        assert_memory_equal(ours, theirs, sizeof ours);
    }
    our_snprintf(ours, sizeof ours, "%p %c %*.*s|%-*d|", (void *)0x1234, 'q', 6, 2, "abc", -4, 7);
    assert_string_equal(ours, "0x1234 q     ab|7   |");
    our_snprintf(ours, sizeof ours, "%s", (char *)NULL);
    assert_string_equal(ours, "(null)");
    assert_int_equal(our_snprintf(ours, sizeof ours, "ab%n and", NULL), 2);
    assert_string_equal(ours, "ab");
}

void test_letters(void **state)
{
    const unsigned short *ours = *our_ctype_b_loc(), *theirs = *__ctype_b_loc();

    (void)state;
    for (int letter = -128; letter < 256; letter++)
        assert_int_equal(ours[letter], theirs[letter]);
    assert_int_equal((*our_ctype_b_loc())['A'], ours['A']);
}

void test_checked(void **state)
{
    static char room[1024];
    char buffer[8], *text;

    (void)state;
    heap_open(room, sizeof room, 1);
    assert_int_equal(our_asprintf_chk(&text, 1, "%s=%d", "x", 17), 4);
    assert_string_equal(text, "x=17");
    assert_ptr_equal(our_memcpy_chk(buffer, "1234567", 8, 8), buffer);
    expect_panic(our_memcpy_chk(buffer, "12345678", 9, 8), "a buffer would have overflowed");
    expect_panic((our_abort(), 0), "abort");
}
