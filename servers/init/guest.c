/* SPDX-License-Identifier: BSD-2-Clause */
/* Each guest CPU has an endpoint capability of its own, whose badge says which it is. */
#include "guest.h"

#include "say.h"

void guest_serve(const struct system *system, const struct server *server, unsigned number,
                 const struct pages *frame)
{
    const seL4_SlotRegion *vcpus = &system->boot->vcpus;

    (void)number;
    (void)frame;
    if (vcpus->start != vcpus->end)
        init_fail_at("there is a guest nobody can serve", server->entry->name);
}

void guest_start(const struct system *system)
{
    const seL4_SlotRegion *vcpus = &system->boot->vcpus;

    if (vcpus->start != vcpus->end)
        init_fail("there is a guest nobody can start");
}
