/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which platform it is. The stub says so in a register, measured with the launch; a kernel built
 * for one of them only has a table of one.
 */
#include "platform.h"

#include <svsm/hostcall.h>

#include "console.h"
#include "native/native.h"
#include "paging.h"
#include "snp/snp.h"
#include "window.h"

#define ADDRESS_SIZES 0x80000008u

uint64_t platform_private_mask;
uint64_t platform_shared_mask;
const struct platform *platform = &platform_native;

static const struct platform *const kinds[] = {
    [BOOT_NATIVE] = &platform_native,
    [BOOT_SNP] = &platform_snp,
};

void platform_start(const struct boot_block *block, uint64_t kind, uint64_t private_mask)
{
    if (kind < sizeof(kinds) / sizeof(*kinds)) {
        platform = kinds[kind];
    }
    platform_private_mask = private_mask;
    platform->start(block, private_mask);
}

void *platform_shared_at(uint64_t pa)
{
    return (void *)(PAGING_SHARED_VA + (pa - kernel_window.phys));
}

/* words {offset, width, 1 to write, value}; the argument is first port | count << 16. */
static void access_port(struct host_call *call)
{
    uint16_t port = (uint16_t)(call->argument + call->words[0]);
    unsigned int width = (unsigned int)call->words[1];

    if (call->words[2] == 1) {
        platform->port_write(port, (uint32_t)call->words[3], width);
        call->words[0] = 0;
    } else {
        call->words[0] = platform->port_read(port, width);
    }
}

/* A page outside of our memory that a page-table entry can name. */
static bool may_be_device(uint64_t pa)
{
    static uint32_t bits; /* of a physical address; 36 where the processor does not say */
    struct cpuid_result r = {.eax = 36};

    if (bits == 0) {
        platform->cpuid(ADDRESS_SIZES, 0, &r);
        bits = r.eax & 0x3f;
    }
    return pa % PAGE_SIZE == 0 && pa >> bits == 0 && !window_contains(pa, PAGE_SIZE);
}

/* words {offset, width, 1 to write, value}; the argument is where the page of registers begins. */
static enum platform_error access_mmio(struct host_call *call)
{
    uint64_t pa = call->argument + call->words[0];
    unsigned int width = (unsigned int)call->words[1];

    if (!may_be_device(call->argument)) {
        return PLATFORM_UNSUPPORTED;
    }
    if (call->words[2] == 1) {
        return platform->mmio_write(pa, width, call->words[3]);
    }
    return platform->mmio_read(pa, width, &call->words[0]);
}

enum platform_error platform_host_call(struct host_call *call)
{
    switch (call->class) {
    case SVSM_HOST_CONSOLE:
        console_bytes((const char *)platform_shared_at(call->page) + call->words[0],
                      call->words[1]);
        return PLATFORM_OK;
    case SVSM_HOST_PORT:
        access_port(call);
        return PLATFORM_OK;
    case SVSM_HOST_MMIO:
        return access_mmio(call);
    default:
        return platform->host_call != NULL ? platform->host_call(call) : PLATFORM_UNSUPPORTED;
    }
}
