/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The methods of guest CPUs. Order of errors:
 *
 * SetService: RangeError (protocol), InvalidCapability (endpoint), InvalidArgument (calls that
 * carry a page, and no page), InvalidCapability (page: a private one of 4 KiB, to read and write).
 * Start: IllegalOperation (not sealed, not the first CPU, begun before, or no guest).
 */
#include "delete.h"
#include "guest.h"
#include "invoke.h"
#include "page.h"
#include "system.h"
#include "vcpu.h"

/* The slot gets a copy, or becomes empty. The copy of a page has no mapping. */
static void fill(struct invocation *inv, struct slot *slot, struct slot *source)
{
    struct cap cap;

    delete_derived(inv->config, slot);
    if (source == NULL)
        return;
    cap = source->cap;
    if (cap.type == CAP_Page)
        cap.badge = 0;
    slot_insert(inv->config, slot, slot_original(source), cap);
}

static seL4_Error find_page(const struct invocation *inv, struct slot **page)
{
    *page = NULL;
    if (inv->mr[3] == 0)
        return seL4_NoError;
    if (inv->mr[2] == seL4_CapNull)
        return seL4_InvalidArgument;
    *page = invocation_cap(inv, inv->mr[2], CAP_Page, seL4_ReadWrite);
    return *page != NULL && (*page)->cap.aux == 0 ? seL4_NoError : seL4_InvalidCapability;
}

seL4_Error invoke_VCpu_SetService(struct invocation *inv)
{
    struct vcpu *vcpu = vcpu_of(inv->slot->cap);
    uint64_t protocol = inv->mr[0];
    struct slot *endpoint = NULL, *page;
    seL4_Error error;

    if (protocol == SVSM_PROTOCOL_CORE || protocol >= SVSM_PROTOCOLS)
        return seL4_RangeError;
    if (inv->mr[1] != seL4_CapNull) {
        endpoint = invocation_cap(inv, inv->mr[1], CAP_Endpoint, seL4_CanWrite);
        if (endpoint == NULL)
            return seL4_InvalidCapability;
    }
    error = find_page(inv, &page);
    if (error != seL4_NoError)
        return error;
    fill(inv, &vcpu->services[protocol].endpoint, NULL); /* no call finds the old with the new */
    fill(inv, &vcpu->services[protocol].page, page);
    __atomic_store_n(&vcpu->page_calls[protocol], inv->mr[3], __ATOMIC_RELEASE);
    fill(inv, &vcpu->services[protocol].endpoint, endpoint);
    return seL4_NoError;
}

seL4_Error invoke_VCpu_Start(struct invocation *inv)
{
    if (!system_is_sealed() || !guest_begin(vcpu_of(inv->slot->cap)))
        return seL4_IllegalOperation;
    return seL4_NoError;
}
