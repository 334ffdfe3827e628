/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The vTPM's core in the first thread: libtpms, facade and libsvsm/libc at CPL3, without servers.
 *
 * The TPM tests itself, answers the commands people use most, fails closed where no state can be
 * had, and says for each command how many ticks of the time-stamp counter it took: instructions,
 * under -icount. What stands around a server (start page, canary, heap) is made by hand here.
 */
#include "root.h"

#include "command.h"
#include "crypto.h"
#include "memory_store.h"
#include "steps.h"
#include "vtpm.h"

#include <string.h>

#include <svsm/heap.h>
#include <svsm/time.h>

enum { HEAP_BYTES = 512 * 1024, CANARY_WORD = 5 };

static _Alignas(16) uint8_t heap[HEAP_BYTES];
static uint64_t block[64]; /* where FS points: the canary is its word 5 */

_Noreturn void svsm_panic(const char *text);
_Noreturn void __stack_chk_fail(void);

void svsm_panic(const char *text)
{
    print(text);
    print("\n");
    root_end(1);
}

void __stack_chk_fail(void)
{
    svsm_panic("stack");
}

static void say(const char *text)
{
    print("vtpm: ");
    print(text);
    print("\n");
}

static uint64_t nanoseconds(void *context)
{
    (void)context;
    return time_nanoseconds();
}

static void print_bytes(const char *what, uint64_t bytes)
{
    print(what);
    print_number(bytes);
    print("\n");
}

static void tell(const struct step *step, uint32_t code, uint64_t ticks)
{
    expect_equal(code, 0, step->name);
    print("ticks: ");
    print_number(ticks);
    print(" ");
    print(step->name);
    print("\n");
}

/* PCR 23 of a new TPM, extended once with 32 bytes 5ah. */
static void check_pcr(void)
{
    static const uint8_t want[4] = {0xd3, 0x42, 0xb8, 0xb5};
    struct command c = {.length = 0};

    expect_equal(run_pcr_extend(23, 0x5a, 0), 0, "PCR_Extend");
    expect_equal(run_pcr_read(&c, 23), 0, "PCR_Read");
    expect(memcmp(c.response + c.response_length - 32, want, sizeof want) == 0, "the PCR's value");
}

static void prepare(void)
{
    uint64_t secret;

    expect(processor_random(&secret), "RDSEED");
    block[CANARY_WORD] = secret & ~UINT64_C(0xff);
    __asm__ volatile("wrfsbase %0" ::"r"(block));
    expect(processor_random(&secret), "RDSEED again");
    heap_open(heap, sizeof heap, secret);
    time_open(boot_info->tscHz);
}

int root_main(void)
{
    static struct memory_store memory;
    struct vtpm_config config = {
        .store = &memory.store,
        .entropy = entropy_processor,
        .clock = {nanoseconds, NULL},
        .log = say,
        .origin = VTPM_POWER_ON,
    };

    prepare();
    memory_store_open(&memory);
    expect(!vtpm_start(&config), "a TPM without its state does not start");
    expect_equal(run_startup(0), VTPM_RC_FAILURE, "Startup without a state");
    config.origin = VTPM_MANUFACTURE;
    expect(vtpm_start(&config), "a new TPM starts");
    expect_equal(run_startup(0), 0, "Startup");
    check_pcr();
    print_bytes("counter: ", boot_info->tscHz);
    steps_run(cycles, tell);
    vtpm_stop();
    expect(heap_is_whole(), "the heap is whole");
    print_bytes("heap: peak ", heap_stats().peak);
    print_bytes("heap: used after the end ", heap_stats().used);
    return 0;
}
