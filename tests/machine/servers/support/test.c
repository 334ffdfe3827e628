/* SPDX-License-Identifier: BSD-2-Clause */
/* See test.h. */
#include "test.h"

#include <stdio.h>
#include <string.h>

static uint64_t ask(uint64_t label, uint64_t word, struct message *answer)
{
    static struct channel *init;
    struct message message = {.label = label, .length = 1, .words = {word}};

    if (init == NULL)
        init = channel_find("init");
    if (init == NULL)
        svsm_panic("no channel to init");
    if (channel_call(init, &message) != SVSM_OK)
        svsm_panic("init does not do that");
    *answer = message;
    return message.words[0];
}

void test_say(const char *text)
{
    size_t length = strlen(text);

    for (size_t at = 0; at < length; at += SVSM_WORDS * 8) {
        struct message message = {.label = TEST_SAY, .length = SVSM_WORDS};
        size_t part = length - at < SVSM_WORDS * 8 ? length - at : SVSM_WORDS * 8;

        memcpy(message.words, text + at, part);
        channel_call(channel_find("init"), &message);
    }
}

void test_number(const char *name, uint64_t number)
{
    char text[80];

    snprintf(text, sizeof(text), " %s %lu", name, (unsigned long)number);
    test_say(text);
}

void test_hex(const char *name, uint64_t number)
{
    char text[80];

    snprintf(text, sizeof(text), " %s 0x%016lx", name, (unsigned long)number);
    test_say(text);
}

_Noreturn void test_end(bool passed)
{
    struct message answer;

    test_say(passed ? "test: passed\n" : "test: FAILED\n");
    for (;;)
        ask(TEST_END, passed ? 0 : 1, &answer);
}

void test_expect(bool holds, const char *what)
{
    if (holds)
        return;
    test_say("test: not so: ");
    test_say(what);
    test_say("\n");
    test_end(false);
}

void test_equal(uint64_t is, uint64_t wanted, const char *what)
{
    if (is == wanted)
        return;
    test_say("test: ");
    test_say(what);
    test_hex("is", is);
    test_hex("should be", wanted);
    test_say("\n");
    test_end(false);
}

void test_kill(uint64_t server)
{
    struct message answer;

    ask(TEST_KILL, server, &answer);
}

struct test_look test_look(uint64_t server)
{
    struct message answer;

    ask(TEST_LOOK, server, &answer);
    return (struct test_look){answer.words[0], answer.words[1], answer.words[2], answer.words[3]};
}

uint64_t test_check(void)
{
    struct message answer;

    return ask(TEST_CHECK, 0, &answer);
}

bool test_move(uint64_t server, uint64_t cpu)
{
    struct message message = {.label = TEST_MOVE, .length = 2, .words = {server, cpu}};

    return channel_call(channel_find("init"), &message) == SVSM_OK;
}

void test_status(void)
{
    struct message answer;

    ask(TEST_STATUS, 0, &answer);
}

uint64_t test_cost(uint64_t server, uint64_t *pages)
{
    struct message answer;

    ask(TEST_COST, server, &answer);
    *pages = answer.words[1];
    return answer.words[0];
}

void *test_region(const char *name)
{
    const struct svsm_start_window *windows = server_start()->windows;

    for (unsigned i = 0; i < SVSM_WINDOWS; i++)
        if (strcmp(windows[i].name, name) == 0)
            return (void *)windows[i].address;
    svsm_panic("no such region");
}
