/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the servers of a test system stand on: a channel named "init" to an init that also says
 * text, ends servers and ends the machine (service.c here takes the place of init's own).
 *
 * A failed expectation says what was wrong and ends the machine; so does test_end(true), with the
 * line "test: passed".
 */
#ifndef TEST_H
#define TEST_H

#include <stdbool.h>

#include <svsm/channel.h>

enum test_call {
    TEST_SAY = 16,   /* up to 32 bytes of text */
    TEST_END = 17,   /* word 0: 0 for success; ends the machine */
    TEST_KILL = 18,  /* word 0: number of a server, which ends as by a fault */
    TEST_LOOK = 19,  /* word 0: number of a server; see struct test_look */
    TEST_CHECK = 20, /* word 0: slots in use, as the kernel's self-check counts them; 0: no check */
    TEST_STATUS = 21, /* init says its status lines */
    TEST_COST = 22,   /* word 0: number of a server; its last restart: clock, pages */
    TEST_MOVE = 23,   /* word 0: number of a server, word 1: the CPU it is to run on */
};

struct test_look {
    uint64_t state; /* enum server_state of servers/init/server.h */
    uint64_t generation;
    uint64_t restarts;
    uint64_t ends; /* faults, exits and overruns together */
};

enum { TEST_DOWN, TEST_RUNNING, TEST_AWAY };

void test_say(const char *text);
void test_number(const char *name, uint64_t number);
void test_hex(const char *name, uint64_t number);
void test_expect(bool holds, const char *what);
void test_equal(uint64_t is, uint64_t wanted, const char *what);
_Noreturn void test_end(bool passed);

/* Servers by their numbers, which are their places in the manifest. */
void test_kill(uint64_t server);
struct test_look test_look(uint64_t server);
uint64_t test_check(void);
/* False: there is no such CPU. */
bool test_move(uint64_t server, uint64_t cpu);
void test_status(void);
uint64_t test_cost(uint64_t server, uint64_t *pages);

/* The manifest's region of this name. */
void *test_region(const char *name);

static inline uint64_t test_clock(void)
{
    uint32_t low, high;

    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return (uint64_t)high << 32 | low;
}

#endif
