/* SPDX-License-Identifier: BSD-2-Clause */
/* See service.h. */
#include "service.h"

#include <svsm/status.h>

#include "status.h"

uint64_t service_call(struct system *system, uint64_t badge, uint64_t label,
                      uint64_t words[seL4_MsgMaxLength])
{
    (void)badge;
    switch (label) {
    case SERVICE_STATUS:
        status_all(system);
        return SVSM_OK;
    case SERVICE_CHECK:
        return seL4_System_Check(svsm_CapSystem, words) == seL4_NoError ? SVSM_OK : SVSM_DENIED;
    default:
        return SVSM_UNKNOWN_CALL;
    }
}
