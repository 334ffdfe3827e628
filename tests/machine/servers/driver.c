/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A driver of what every PC has: the clock behind ports and an interrupt, the HPET's registers, and
 * three pages a device could reach. All of it is what the manifest names, under these names.
 */
#include <string.h>

#include <sel4/sel4.h>
#include <svsm/hostcall.h>

#include "device.h"
#include "test.h"

#define CLOCK_A         0x0au
#define CLOCK_B         0x0bu
#define CLOCK_C         0x0cu
#define CLOCK_PERIODIC  0x40u
#define CLOCK_RATE      6u /* 1024 a second */
#define HPET_CAPS       0u
#define HPET_CONFIG     0x10u
#define HPET_STATUS     0x20u
#define HPET_COUNTER    0xf0u
#define HPET_TIMER      0x100u
#define HPET_COMPARATOR 0x108u
#define HPET_UPPER      4u    /* from a register's lower half to its upper one */
#define HPET_DELAY      20000 /* 0.2 ms of its 100 MHz */
#define HPET_VENDOR     0x8086u
#define HPET_LINE       20u
#define TIMER_LEVEL     2u
#define TIMER_ENABLE    4u
#define TIMER_ROUTE     9
#define SHARED_BYTES    0x3000u

static volatile struct counts *counts;

static void check(bool holds, uint64_t line)
{
    if (!holds && counts->wrong == 0)
        counts->wrong = line;
}

static const struct svsm_start_host_call *host_call(const char *name)
{
    const struct svsm_start_host_call *rows = server_start()->host_calls;

    for (unsigned i = 0; i < SVSM_HOST_CALLS; i++)
        if (strcmp(rows[i].name, name) == 0)
            return &rows[i];
    svsm_panic("no such host call");
}

static const struct svsm_start_window *window(const char *name)
{
    const struct svsm_start_window *rows = server_start()->windows;

    for (unsigned i = 0; i < SVSM_WINDOWS; i++)
        if (strcmp(rows[i].name, name) == 0)
            return &rows[i];
    svsm_panic("no such window");
}

static uint64_t clock_register(uint64_t which)
{
    uint32_t slot = host_call("clock-ports")->slot;
    seL4_Word results[seL4_MsgMaxLength];

    seL4_HostCall_Invoke(slot, 0, 1, 1, which, results);
    check(seL4_HostCall_Invoke(slot, 1, 1, 0, 0, results) == seL4_NoError, __LINE__);
    return results[0];
}

static void clock_write(uint64_t which, uint64_t value)
{
    uint32_t slot = host_call("clock-ports")->slot;
    seL4_Word results[seL4_MsgMaxLength];

    seL4_HostCall_Invoke(slot, 0, 1, 1, which, results);
    check(seL4_HostCall_Invoke(slot, 1, 1, 1, value, results) == seL4_NoError, __LINE__);
}

static uint64_t hpet_access(uint64_t which, uint64_t write, uint64_t value)
{
    seL4_Word results[seL4_MsgMaxLength];

    check(seL4_HostCall_Invoke(host_call("hpet")->slot, which, 4, write, value, results) ==
              seL4_NoError,
          __LINE__);
    return results[0];
}

/* One interrupt, that stays raised until this is done again. Both halves are written, of a counter
   that stands still: with less the time would be over at once, and nobody else would ever run. */
static void hpet_start(void)
{
    hpet_access(HPET_CONFIG, 1, 0);
    hpet_access(HPET_STATUS, 1, 1);
    hpet_access(HPET_TIMER, 1, TIMER_LEVEL | TIMER_ENABLE | HPET_LINE << TIMER_ROUTE);
    hpet_access(HPET_COUNTER, 1, 0);
    hpet_access(HPET_COUNTER + HPET_UPPER, 1, 0);
    hpet_access(HPET_COMPARATOR, 1, HPET_DELAY);
    hpet_access(HPET_COMPARATOR + HPET_UPPER, 1, 0);
    hpet_access(HPET_CONFIG, 1, 1);
}

static void look_at_registers(void)
{
    const struct svsm_start_host_call *call = host_call("hpet");
    seL4_Word results[seL4_MsgMaxLength];

    check(call->class == SVSM_HOST_MMIO && call->argument == window("hpet")->physical, __LINE__);
    check(hpet_access(HPET_CAPS, 0, 0) >> 16 == HPET_VENDOR, __LINE__);
    check(seL4_HostCall_Invoke(call->slot, 4096, 4, 0, 0, results) == seL4_RangeError, __LINE__);
    call = host_call("clock-ports");
    check(seL4_HostCall_Invoke(call->slot, 2, 1, 0, 0, results) == seL4_RangeError, __LINE__);
}

static void look_at_shared_pages(void)
{
    const struct svsm_start_window *shared = window("shared");
    volatile uint8_t *bytes = (volatile uint8_t *)shared->address;

    check(shared->size == SHARED_BYTES && shared->physical % 4096 == 0, __LINE__);
    check(shared->physical != 0, __LINE__);
    for (unsigned i = 0; i < SHARED_BYTES; i += 512)
        bytes[i] = (uint8_t)(i >> 9);
    for (unsigned i = 0; i < SHARED_BYTES; i += 512)
        check(bytes[i] == (uint8_t)(i >> 9), __LINE__);
}

static void on_clock(void)
{
    counts->edges++;
    clock_register(CLOCK_C);
    check(seL4_IRQHandler_Ack(window("clock")->irq_slot) == seL4_NoError, __LINE__);
}

static void on_hpet(void)
{
    counts->levels++;
    if (counts->end != 0) {
        counts->end = 0;
        svsm_panic("before the interrupt is acknowledged");
    }
    hpet_start();
    check(seL4_IRQHandler_Ack(window("hpet")->irq_slot) == seL4_NoError, __LINE__);
}

static void interrupt(unsigned number)
{
    if (&server_start()->windows[number] == window("clock"))
        on_clock();
    else if (&server_start()->windows[number] == window("hpet"))
        on_hpet();
    else
        check(false, __LINE__);
}

int main(void)
{
    static const struct service services[] = {{.channel = "judge", .interrupt = interrupt}};

    counts = test_region("counts");
    look_at_registers();
    look_at_shared_pages();
    clock_write(CLOCK_A, (clock_register(CLOCK_A) & 0xf0) | CLOCK_RATE);
    clock_write(CLOCK_B, clock_register(CLOCK_B) | CLOCK_PERIODIC);
    clock_register(CLOCK_C);
    hpet_start();
    server_run(services, 1);
}
