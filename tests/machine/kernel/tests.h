/* SPDX-License-Identifier: BSD-2-Clause */
/* The tests of one image, each in the file of its name; they run in this order. */
#ifndef TESTS_H
#define TESTS_H

#include "root.h"

#define ABOVE_ROOT (ROOT_PRIORITY + 1)

void test_ipc(void);
void test_notifications(void);
void test_faults(void);
void test_ends(void);
void test_registers(void);
void test_objects(void);
void test_hostcalls(void);
void test_interrupts(void);
void test_processors(void);
void test_random(void);

/* Labels of the kernel's own answers. */
static inline uint64_t kernel_label(seL4_Error error)
{
    return SVSM_LABEL_KERNEL | error;
}

/* A receiver in a thread of its own, for tests that need a partner. */
struct partner {
    struct thread thread;
    seL4_CPtr endpoint;
};

#endif
