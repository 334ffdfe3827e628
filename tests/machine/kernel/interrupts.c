/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interrupts of devices: the clock's, which counts edges, and the HPET's, which stays raised until
 * the device is told. A platform without interrupts says so.
 */
#include "tests.h"

#include <svsm/hostcall.h>

#define CNODE     seL4_CapInitThreadCNode
#define NO_IRQ    (boot_info->timerIrq + 1) /* the timer's is the last */
#define CLOCK_IRQ 8u
#define HPET_IRQ  20u

#define CLOCK_A        0x0au
#define CLOCK_B        0x0bu
#define CLOCK_C        0x0cu
#define CLOCK_PERIODIC 0x40u
#define CLOCK_RATE     8u /* 256 a second */

#define HPET_PA         UINT64_C(0xfed00000)
#define HPET_CAPS       0u
#define HPET_CONFIG     0x10u
#define HPET_STATUS     0x20u
#define HPET_COUNTER    0xf0u
#define HPET_TIMER      0x100u
#define HPET_COMPARATOR 0x108u
#define HPET_VENDOR     0x8086u
#define TIMER_LEVEL     2u
#define TIMER_ENABLE    4u
#define TIMER_ROUTE     9

static seL4_CPtr bell, ring, clock_ports, hpet;

static seL4_Word access(seL4_CPtr device, uint64_t offset, uint64_t width_and_write, uint64_t value)
{
    seL4_Word results[seL4_MsgMaxLength];

    expect_equal(seL4_HostCall_Invoke(device, offset, width_and_write & 15, width_and_write >> 4,
                                      value, results),
                 seL4_NoError, "a device's register");
    return results[0];
}

static void write_clock(uint64_t which, uint64_t value)
{
    access(clock_ports, 0, 0x11, which);
    access(clock_ports, 1, 0x11, value);
}

static uint64_t read_clock(uint64_t which)
{
    access(clock_ports, 0, 0x11, which);
    return access(clock_ports, 1, 1, 0);
}

static void write_hpet(uint64_t which, uint64_t value)
{
    access(hpet, which, 0x14, value);
}

static uint64_t read_hpet(uint64_t which)
{
    return access(hpet, which, 4, 0);
}

static seL4_CPtr get_handler(seL4_Word irq)
{
    seL4_CPtr handler = new_slot();

    expect_equal(seL4_IRQControl_Get(seL4_CapIRQControl, irq, here(handler)), seL4_NoError,
                 "an interrupt's handler");
    return handler;
}

static void test_errors(seL4_CPtr handler)
{
    seL4_CPtr slot = new_slot();

    expect_equal(seL4_IRQControl_Get(seL4_CapIRQControl, NO_IRQ, here(slot)), seL4_RangeError,
                 "an interrupt that is none");
    expect_equal(seL4_IRQControl_Get(seL4_CapIRQControl, CLOCK_IRQ, here(slot)), seL4_RevokeFirst,
                 "a second handler");
    expect_equal(seL4_IRQControl_Get(seL4_CapIRQControl, 3, here(handler)), seL4_DeleteFirst,
                 "a slot in use");
    expect_equal(seL4_IRQControl_Get(seL4_CapIRQControl, 3, 0), seL4_FailedLookup, "no CNode");
    expect_equal(seL4_IRQHandler_SetNotification(handler, handler), seL4_InvalidCapability,
                 "no notification");
}

/* Until the device says that it has asked for an interrupt. */
static void wait_for_clock(void)
{
    while ((read_clock(CLOCK_C) & CLOCK_PERIODIC) == 0) {
        rest();
    }
}

static void test_clock(void)
{
    seL4_CPtr handler = get_handler(CLOCK_IRQ);

    test_errors(handler);
    expect_equal(seL4_HostControl_Get(svsm_CapHostControl, SVSM_HOST_PORT, 0, here(clock_ports),
                                      0x70 | 2 << 16),
                 seL4_NoError, "the clock's ports");
    write_clock(CLOCK_A, (read_clock(CLOCK_A) & 0xf0) | CLOCK_RATE);
    write_clock(CLOCK_B, read_clock(CLOCK_B) | CLOCK_PERIODIC);
    wait_for_clock();
    expect_equal(seL4_Poll(bell), 0, "an interrupt with no notification");
    expect_equal(seL4_IRQHandler_SetNotification(handler, ring), seL4_NoError, "set it");
    for (unsigned int i = 0; i < 3; i++) {
        wait_for_clock();
        expect_equal(seL4_Wait(bell), 4, "the interrupt's signal");
        expect_equal(seL4_IRQHandler_Ack(handler), seL4_NoError, "acknowledge");
    }
    expect_equal(seL4_IRQHandler_Clear(handler), seL4_NoError, "clear");
    wait_for_clock();
    seL4_Poll(bell);
    wait_for_clock();
    expect_equal(seL4_Poll(bell), 0, "an interrupt that was cleared");
    write_clock(CLOCK_B, read_clock(CLOCK_B) & ~(uint64_t)CLOCK_PERIODIC);
    expect_equal(seL4_CNode_Delete(CNODE, handler), seL4_NoError, "delete");
    get_handler(CLOCK_IRQ);
}

static void start_hpet(void)
{
    write_hpet(HPET_CONFIG, 0);
    write_hpet(HPET_STATUS, 1);
    write_hpet(HPET_TIMER, TIMER_LEVEL | TIMER_ENABLE | HPET_IRQ << TIMER_ROUTE);
    write_hpet(HPET_COMPARATOR, read_hpet(HPET_COUNTER) + 100000);
    write_hpet(HPET_CONFIG, 1);
}

/* A level: masked while the thread is at work, and back at once if the device was not served. */
static void test_hpet(void)
{
    seL4_CPtr handler;

    expect_equal(seL4_HostControl_Get(svsm_CapHostControl, SVSM_HOST_MMIO, 0, here(hpet), HPET_PA),
                 seL4_NoError, "the HPET's registers");
    if (read_hpet(HPET_CAPS) >> 16 != HPET_VENDOR) {
        return;
    }
    handler = get_handler(HPET_IRQ);
    expect_equal(seL4_IRQHandler_SetNotification(handler, ring), seL4_NoError, "set it");
    start_hpet();
    expect_equal(seL4_Wait(bell), 4, "the HPET's signal");
    rest();
    expect_equal(seL4_Poll(bell), 0, "still raised, and masked");
    seL4_IRQHandler_Ack(handler);
    expect_equal(seL4_Wait(bell), 4, "still raised, and acknowledged");
    write_hpet(HPET_CONFIG, 0);
    write_hpet(HPET_STATUS, 1);
    seL4_IRQHandler_Ack(handler);
    rest();
    expect_equal(seL4_Poll(bell), 0, "no longer raised");
    expect_equal(seL4_CNode_Revoke(CNODE, bell), seL4_NoError, "revoke the notification");
    start_hpet();
    while (read_hpet(HPET_STATUS) == 0) {
        rest();
    }
    expect_equal(seL4_Poll(bell), 0, "an interrupt nobody hears");
    print("test: interrupts by level\n");
}

void test_interrupts(void)
{
    bell = new_object(seL4_NotificationObject, 0);
    ring = new_badged(bell, seL4_CanWrite, 4);
    clock_ports = new_slot();
    hpet = new_slot();
    if (boot_info->platform != 0) {
        expect_equal(seL4_IRQControl_Get(seL4_CapIRQControl, 0, here(clock_ports)), seL4_RangeError,
                     "no interrupt exists");
        return;
    }
    test_clock();
    test_hpet();
}
