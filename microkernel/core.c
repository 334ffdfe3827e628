/* SPDX-License-Identifier: BSD-2-Clause */
/* The table of core calls, and those that need nothing else; see core.h. */
#include "core.h"

#include <stddef.h>

#include <svsm/result.h>

#define PROTOCOL_VERSION UINT64_C(1) /* of every protocol there is, the only one */

typedef uint64_t core_function(struct vcpu *caller, struct guest_registers *registers);

/* Version wanted in the lower half, protocol in the upper; the answer 0 stands for neither. */
static uint64_t query_protocol(struct vcpu *caller, struct guest_registers *registers)
{
    uint32_t protocol = (uint32_t)(registers->rcx >> 32);
    uint32_t version = (uint32_t)registers->rcx;
    bool there = protocol == 0 || vcpu_serves(caller, protocol);

    registers->rcx =
        there && version == PROTOCOL_VERSION ? PROTOCOL_VERSION << 32 | PROTOCOL_VERSION : 0;
    return SVSM_SUCCESS;
}

/* The kernel never asks for memory, so there is none to give back. */
static core_function *const calls[CORE_CALLS] = {
    [CORE_REMAP_CA] = vcpu_remap,           [CORE_PVALIDATE] = pvalidate_call,
    [CORE_CREATE_VCPU] = vcpu_create,       [CORE_DELETE_VCPU] = vcpu_delete,
    [CORE_QUERY_PROTOCOL] = query_protocol, [CORE_CONFIGURE_VTOM] = vcpu_vtom,
};

uint64_t core_call(struct vcpu *caller, uint32_t number, struct guest_registers *registers)
{
    if (number >= CORE_CALLS || calls[number] == NULL)
        return SVSM_UNSUPPORTED_CALL;
    return calls[number](caller, registers);
}
