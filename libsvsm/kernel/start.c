/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The start of a server at CPL3 in C, its end, and how deep its stack has been.
 *
 * The stack below the first frame is filled with a pattern; the lowest word that has lost it is the
 * high-water mark. init's start page is believed.
 */
#include <svsm/entropy.h>
#include <svsm/heap.h>
#include <svsm/time.h>

#include "port.h"
#include "runtime.h"

#define PATTERN  UINT64_C(0x6b63617473656572) /* "reestack" */
#define OWN_ROOM 256u /* bytes that the fill leaves to itself; they count as used */

_Noreturn void start_main(const struct svsm_start *start);
_Noreturn void __stack_chk_fail(void);

void port_exit(uint64_t number)
{
    for (;;) {
        __asm__ volatile("movq %%rsp, %%rbx\n\tsyscall" ::"d"(number)
                         : "rax", "rbx", "rcx", "r11", "memory");
    }
}

__attribute__((no_stack_protector, noinline)) static void stack_fill(uint64_t *lowest)
{
    uint64_t *end = (uint64_t *)((uint64_t)__builtin_frame_address(0) - OWN_ROOM);

    for (volatile uint64_t *word = lowest; word < end; word++) {
        *word = PATTERN;
    }
}

uint64_t port_stack_used(void)
{
    const uint64_t *lowest = (const uint64_t *)runtime->start->stack;
    uint64_t words = runtime->start->stack_size / sizeof(*lowest), i = 0;

    while (i < words && lowest[i] == PATTERN) {
        i++;
    }
    return (words - i) * sizeof(*lowest);
}

uint64_t port_heap_used(void)
{
    return heap_stats().peak;
}

void __stack_chk_fail(void)
{
    block_last_words("the stack was written over");
    port_exit(SVSM_EXIT(SVSM_EXIT_STACK, 0));
}

__attribute__((no_stack_protector)) void start_main(const struct svsm_start *start)
{
    struct runtime *page = (struct runtime *)start->block;
    uint64_t secret;

    page->block.self = start->block;
    stack_fill((uint64_t *)start->stack);
    if (!processor_random(&secret)) {
        port_exit(SVSM_EXIT(SVSM_EXIT_START, 1));
    }
    heap_open((void *)start->heap, start->heap_size, secret);
    time_open(start->tsc_hz);
    svsm_begin(start, page);
}
