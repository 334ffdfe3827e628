/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Regular expressions against glibc's: libtpms' own patterns over texts made to nearly match, with
 * what the groups caught; and random patterns, where only the verdicts must agree, because among
 * several ways to match POSIX and we may choose differently.
 */
#include "ours.h"

#include <stdio.h>
#include <string.h>

#include <svsm/heap.h>

#define S "[[:space:]]*"
static const char *const profile_patterns[] = {
    "^\\{.*" S "\"Algorithms\"" S ":" S "\"([^\"]+)\".*\\}$",
    "^\\{.*" S "\"Attributes\"" S ":" S "\"([^\"]*)\".*\\}$",
    "^\\{.*" S "\"Name\"" S ":" S "\"([^\"]+)\".*\\}$",
    "^\\{.*" S "\"StateFormatLevel\"" S ":" S "([0-9]+).*\\}$",
    "^\\{" S "(" S "\"[^\"]+\"" S ":" S "(\"[^\"]*\"|[[:digit:]]+)" S ")?(," S "\"[^\"]+\"" S ":" S
    "(\"[^\"]*\"|[[:digit:]]+)" S ")*\\}$",
};

static char room[256 * 1024];

/* Returns whether it matched. */
static bool compare(const char *pattern, const char *text, size_t groups)
{
    regex_t ours, theirs;
    regmatch_t a[3], b[3];
    int result;

    assert_int_equal(regcomp(&theirs, pattern, REG_EXTENDED), 0);
    assert_int_equal(our_regcomp(&ours, pattern, REG_EXTENDED), 0);
    result = regexec(&theirs, text, groups, b, 0);
    if (our_regexec(&ours, text, groups, a, 0) != result)
        fail_msg("'%s' on '%s': glibc says %d", pattern, text, result);
    for (size_t i = 0; result == 0 && i < groups; i++)
        if (a[i].rm_so != b[i].rm_so || a[i].rm_eo != b[i].rm_eo)
            fail_msg("'%s' on '%s': group %zu is %d to %d", pattern, text, i, b[i].rm_so,
                     b[i].rm_eo);
    our_regfree(&ours);
    regfree(&theirs);
    return result == 0;
}

static void random_text(char *out, size_t most)
{
    static const char *const parts[] = {
        "{",
        "}",
        "\"",
        "\"Name\"",
        "\"Algorithms\"",
        "\"Attributes\"",
        ":",
        ",",
        " ",
        "\t",
        "\"x\"",
        "\"a,b=1\"",
        "12",
        "\"StateFormatLevel\"",
        "\"\"",
        "n",
    };
    size_t length = 0;

    strcpy(out, random_below(8) ? "{" : "");
    for (unsigned i = random_below(14); i > 0; i--) {
        const char *part = parts[random_below(sizeof parts / sizeof parts[0])];

        length = strlen(out);
        if (length + strlen(part) + 2 < most)
            strcat(out, part);
    }
    if (random_below(8))
        strcat(out, "}");
}

/* A text that is a profile. */
static void good_text(char *out)
{
    static const char *const fields[] = {
        "\"Name\":\"custom\"",         "\"Name\" : \"x y\" ", "\"StateFormatLevel\":4",
        " \"Algorithms\":\"rsa,ecc\"", "\"Attributes\":\"\"", "\"Attributes\":\"fips\"",
    };
    const char *between = "{";

    *out = '\0';
    for (unsigned i = 1 + random_below(4); i > 0; i--, between = ", ")
        sprintf(out + strlen(out), "%s%s", between, fields[random_below(6)]);
    strcat(out, "}");
}

void test_regex_profile(void **state)
{
    char text[256];
    unsigned matches = 0;

    (void)state;
    heap_open(room, sizeof room, 3);
    for (unsigned round = 0; round < 4000; round++) {
        if (random_below(3))
            good_text(text);
        else
            random_text(text, sizeof text);
        for (unsigned i = 0; i < sizeof profile_patterns / sizeof profile_patterns[0]; i++)
            matches += compare(profile_patterns[i], text, 2);
    }
    assert_true(matches > 2000);
    assert_true(heap_is_whole() && heap_stats().used == 16);
}

static char *random_pattern(char *p, unsigned depth)
{
    for (unsigned atoms = 1 + random_below(3); atoms > 0; atoms--) {
        unsigned kind = random_below(depth > 0 ? 7 : 5);

        if (kind < 3)
            *p++ = (char)('a' + (int)kind);
        else if (kind == 3)
            *p++ = '.';
        else if (kind == 4)
            p += sprintf(p, "%s", random_below(2) ? "[ab]" : "[^a-b]");
        else {
            *p++ = '(';
            p = random_pattern(p, depth - 1);
            if (random_below(2)) {
                *p++ = '|';
                p = random_pattern(p, depth - 1);
            }
            *p++ = ')';
        }
        if (random_below(3) == 0)
            *p++ = "*+?"[random_below(3)];
    }
    *p = '\0';
    return p;
}

void test_regex_random(void **state)
{
    char pattern[512], text[16];
    unsigned matches = 0;

    (void)state;
    heap_open(room, sizeof room, 3);
    for (unsigned round = 0; round < 6000; round++) {
        bool anchored = random_below(2);
        size_t length = random_below(10);

        pattern[0] = '^';
        strcpy(random_pattern(pattern + anchored, 2), anchored ? "$" : "");
        for (size_t i = 0; i < length; i++)
            text[i] = (char)('a' + (int)random_below(4));
        text[length] = '\0';
        matches += compare(pattern, text, anchored);
    }
    assert_true(matches > 1000 && matches < 5000);
}

void test_regex_refused(void **state)
{
    static const char *const refused[] = {
        "(a", "a)", "[a", "[z-a]", "*a", "a{2}", "a\\", "[[:alpha:]]", "((((((((((a))))))))))"};
    static char huge[600];
    regex_t regex;

    (void)state;
    heap_open(room, sizeof room, 3);
    for (unsigned i = 0; i < sizeof refused / sizeof refused[0]; i++)
        assert_int_not_equal(our_regcomp(&regex, refused[i], REG_EXTENDED), 0);
    memset(huge, 'a', sizeof huge - 1);
    assert_int_not_equal(our_regcomp(&regex, huge, REG_EXTENDED), 0);
    assert_int_equal(heap_stats().used, 16);
}
