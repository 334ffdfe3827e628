/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The methods of the system. Seal: none. Shutdown: RangeError (reasons are below 256); does not
 * return. Check: IllegalOperation (not a test build).
 */
#include "system.h"
#include "invoke.h"
#include "platform.h"
#include "selfcheck.h"

static bool sealed;

bool system_is_sealed(void)
{
    return sealed;
}

seL4_Error invoke_System_Seal(struct invocation *inv)
{
    (void)inv;
    sealed = true;
    return seL4_NoError;
}

seL4_Error invoke_System_Shutdown(struct invocation *inv)
{
    if (inv->mr[0] > 0xff)
        return seL4_RangeError;
    platform->end((enum end_reason)inv->mr[0]);
}

seL4_Error invoke_System_Check(struct invocation *inv)
{
    if (!SELFCHECK)
        return seL4_IllegalOperation;
    inv->mr[0] = selfcheck();
    inv->result_length = 1;
    return seL4_NoError;
}
