/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libsvsm/libc under the names rename.h gives it, declared with glibc's types, and what the tests
 * share: the groups of tests, a random generator, and a way to see a server's panic.
 */
#ifndef LIBC_OURS_H
#define LIBC_OURS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <regex.h>

#include <svsm/heap.h>

void *our_memcpy(void *, const void *, size_t);
void *our_memmove(void *, const void *, size_t);
void *our_memset(void *, int, size_t);
int our_memcmp(const void *, const void *, size_t);
void *our_memchr(const void *, int, size_t);
size_t our_strlen(const char *);
size_t our_strnlen(const char *, size_t);
int our_strcmp(const char *, const char *);
int our_strncmp(const char *, const char *, size_t);
int our_strcasecmp(const char *, const char *);
int our_strncasecmp(const char *, const char *, size_t);
char *our_strchr(const char *, int);
char *our_strrchr(const char *, int);
char *our_strstr(const char *, const char *);
size_t our_strspn(const char *, const char *);
size_t our_strcspn(const char *, const char *);
char *our_index(const char *, int);
char *our_strdup(const char *);
char *our_strndup(const char *, size_t);
void *our_malloc(size_t);
void *our_calloc(size_t, size_t);
void *our_realloc(void *, size_t);
void our_free(void *);
unsigned long our_strtoul(const char *, char **, int);
long our_strtol(const char *, char **, int);
_Noreturn void our_abort(void);
int our_snprintf(char *, size_t, const char *, ...);
int our_asprintf_chk(char **, int, const char *, ...);
void *our_memcpy_chk(void *, const void *, size_t, size_t);
const unsigned short **our_ctype_b_loc(void);
int our_regcomp(regex_t *, const char *, int);
int our_regexec(const regex_t *, const char *, size_t, regmatch_t *, int);
void our_regfree(regex_t *);

/* A server's panic comes back here: expect_panic(text) around what must not go on. */
extern jmp_buf panic_return;
extern const char *panic_text;
#define expect_panic(expression, text)                                                             \
    do {                                                                                           \
        panic_text = NULL;                                                                         \
        if (setjmp(panic_return) == 0)                                                             \
            (void)(expression);                                                                    \
        assert_non_null(panic_text);                                                               \
        assert_string_equal(panic_text, text);                                                     \
    } while (0)

uint32_t random_below(uint32_t limit);
void random_bytes(void *out, size_t length);

void test_memory(void **state);
void test_overlap(void **state);
void test_strings(void **state);
void test_numbers(void **state);
void test_formats(void **state);
void test_format_room(void **state);
void test_letters(void **state);
void test_checked(void **state);
void test_regex_profile(void **state);
void test_regex_random(void **state);
void test_regex_refused(void **state);
void test_heap_random(void **state);
void test_heap_limits(void **state);
void test_heap_misuse(void **state);

#endif
