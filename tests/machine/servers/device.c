/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The judge of the test of devices: interrupts reach the driver, and reach the next one when it has
 * ended in the middle of one.
 */
#include <sel4/syscalls.h>

#include "device.h"
#include "test.h"

#define ENOUGH 10u

static volatile struct counts *counts;

static void await(uint64_t more)
{
    uint64_t before = counts->levels;

    while (counts->levels < before + more)
        seL4_Yield();
}

/* The back-off is over at the first call. */
static void settle(void)
{
    struct message message = {.label = 1};
    uint64_t status = SVSM_AWAY;

    while (status == SVSM_AWAY || status == SVSM_RESTARTED)
        status = channel_call(channel_find("driver"), &message);
    test_equal(status, SVSM_NO_CHANNEL, "a service without calls");
}

int main(void)
{
    counts = test_region("counts");
    await(ENOUGH);
    for (unsigned i = 0; i < ENOUGH; i++) {
        counts->end = 1;
        while (counts->end != 0)
            seL4_Yield();
        settle();
        await(i % 2 == 0 ? ENOUGH : 1); /* a short life makes the next one wait */
    }
    while (counts->edges < ENOUGH)
        seL4_Yield();
    test_equal(counts->wrong, 0, "a line of driver.c");
    test_equal(test_look(DEVICE_DRIVER).generation, ENOUGH + 1, "lives of the driver");
    test_check();
    test_say("device: interrupts came, in every life\n");
    test_end(true);
}
