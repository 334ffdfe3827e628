/* SPDX-License-Identifier: BSD-2-Clause */
/* See parked.h and start.S. */
#include "parked.h"

#include <sel4/syscalls.h>
#include <svsm/result.h>
#include <svsm/status.h>

_Static_assert(PARKED_SLOT_ENDPOINT == SVSM_SLOT_ENDPOINT, "start.h");
_Static_assert(PARKED_SLOT_REPLY == SVSM_SLOT_REPLY, "start.h");
_Static_assert(PARKED_SYS_RECV == seL4_SysRecv, "syscalls.h");
_Static_assert(PARKED_SYS_REPLY_RECV == seL4_SysReplyRecv, "syscalls.h");
_Static_assert(UINT64_C(1) << PARKED_BADGE_CALL == SVSM_BADGE_CALL, "start.h");
_Static_assert(PARKED_GUEST_INFO == SVSM_INVALID_REQUEST << SEL4_LABEL_SHIFT, "result.h");

void parked_start(struct server *server, uint64_t due)
{
    seL4_Word label = due == ~UINT64_C(0) ? SVSM_GONE : SVSM_AWAY;
    const struct entry_state at = {
        .rip = server->parked_va,
        .rbp = seL4_MessageInfo_new(label, 0, 0, 0).words[0],
        .r13 = server->guest_channels,
        .r14 = due,
    };

    server_resume(server, &at);
}

bool parked_is_due(const struct server *server, uint64_t ip)
{
    return server->state == SERVER_AWAY && ip - server->parked_va < PAGE;
}
