/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a test inside the machine stands on: a first thread that can make objects, address spaces
 * with the same image, and threads in them, and that can say what happened.
 *
 * All threads of a test share the image's pages, also those in address spaces of their own; only
 * the translations differ. Objects are never given back but by revoking `untyped_for_tests`.
 */
#ifndef ROOT_H
#define ROOT_H

#include <stdbool.h>

#include <sel4/sel4.h>

#define STACK_BYTES   8192u
#define ROOT_PRIORITY 10u /* of the first thread; whom it joins must not have less */

struct thread {
    seL4_CPtr tcb;
    seL4_CPtr reply; /* a reply object of its own */
    seL4_CPtr space;
    void (*run)(struct thread *);
    uint64_t argument;
    uint64_t result;
    uint64_t extra; /* for the test, like argument */
    uint32_t done;
    uint8_t stack[STACK_BYTES] __attribute__((aligned(16)));
};

extern const seL4_BootInfo *boot_info;

/* Written by the program; called once. Its return ends the machine: 0 for success. */
int root_main(void);

_Noreturn void root_end(int failed);
void print(const char *text);
void print_number(uint64_t number);
void print_hex(uint64_t number);

/* Ends the test with a line when it does not hold. */
void expect(bool holds, const char *what);
void expect_equal(uint64_t is, uint64_t wanted, const char *what);

/* A slot nobody uses. */
seL4_CPtr new_slot(void);
/* An object in a new slot; size_bits for untyped memory and CNodes. */
seL4_CPtr new_object(seL4_ObjectType type, seL4_Word size_bits);
/* A copy with rights and badge. */
seL4_CPtr new_badged(seL4_CPtr original, seL4_CapRights_t rights, seL4_Word badge);
/* An address space with the image in it. */
seL4_CPtr new_space(void);
/* Maps a page with whatever tables it needs. */
seL4_Error map_page(seL4_CPtr page, seL4_CPtr space, uint64_t address, seL4_CapRights_t rights,
                    uint64_t attributes);
/* Packed address of a slot in the first thread's CNode. */
seL4_Word here(seL4_CPtr slot);

/* Makes a thread; it does not run yet. space 0: the first thread's. */
void thread_make(struct thread *thread, void (*run)(struct thread *), seL4_CPtr space);
void thread_start(struct thread *thread, seL4_Word priority, seL4_Word cpu,
                  seL4_CPtr fault_endpoint);
/* Waits, yielding, until run() has returned. */
void thread_join(struct thread *thread);

/* Lets others run, those on other processors too: under -icount QEMU switches on a PAUSE. */
static inline void rest(void)
{
    __asm__ volatile("pause");
    seL4_Yield();
}

static inline uint64_t cycles(void)
{
    uint32_t low, high;
    __asm__ volatile("lfence; rdtsc" : "=a"(low), "=d"(high)::"memory");
    return (uint64_t)high << 32 | low;
}

#endif
