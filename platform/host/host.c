/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The fake of the virtual machine: a host that does as the test says.
 */
#include "host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guest.h"
#include "pagetable.h"
#include "panic.h"
#include "window.h"

struct host host;

static uint64_t kernel_root[PT_ENTRIES];

static __attribute__((noreturn)) void host_end(enum end_reason reason)
{
    host.reason = reason;
    if (host.on_end != NULL)
        longjmp(*host.on_end, 1);
    fprintf(stderr, "the virtual machine ended: %d %s\n", (int)reason, host.why ? host.why : "");
    abort();
}

_Noreturn void panic(enum end_reason reason, const char *what)
{
    host.why = what;
    host_end(reason);
}

static enum platform_error host_share(uint64_t pa, void *va)
{
    if (host.answer == PLATFORM_OK) {
        host.shares++;
        memset(va, 0, PAGE_SIZE);
    }
    kernel_assert(window_at(pa) == va, "a page shared by two names");
    return host.answer;
}

static void host_unshare(uint64_t pa, void *va)
{
    kernel_assert(window_at(pa) == va, "a page unshared by two names");
    host.unshares++;
}

static void host_irq_ack(uint32_t irq)
{
    host.acks++;
    host.acked = irq;
}

static void host_irq_mask(uint32_t irq)
{
    host.masks++;
    host.masked = irq;
}

enum platform_error platform_host_call(struct host_call *call)
{
    kernel_assert(!host.locked, "a host call under the configuration lock");
    host.last_call = *call;
    call->words[0] = ~call->words[0];
    return host.answer;
}

struct platform host_platform = {
    .name = "host",
    .share = host_share,
    .unshare = host_unshare,
    .irq_ack = host_irq_ack,
    .irq_mask = host_irq_mask,
    .end = host_end,
};

const struct platform *platform = &host_platform;
uint64_t platform_private_mask = UINT64_C(1) << 51;
uint64_t platform_shared_mask;

void host_start(void *base, uint64_t phys, uint64_t size)
{
    memset(&host, 0, sizeof(host));
    memset(vspaces, 0, sizeof(vspaces));
    for (unsigned i = 0; i < PT_ENTRIES; i++)
        kernel_root[i] = i;
    vspaces[0].cr3 = 1;
    vspaces[0].root = kernel_root;
    vspace_pcid_mask = 63;
    kernel_window = (struct window){base, phys, size};
    host_start_threads();
}

bool guest_begin(struct vcpu *vcpu)
{
    (void)vcpu;
    host.guests++;
    return host.guests == 1;
}
