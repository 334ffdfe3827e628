/* SPDX-License-Identifier: BSD-2-Clause */
/* Each guest CPU has an endpoint capability of its own, whose badge says which it is. */
#include "guest.h"

#include "objects.h"
#include "say.h"

void guest_serve(const struct system *system, const struct server *server, unsigned number,
                 const struct pages *frame)
{
    const seL4_SlotRegion *vcpus = &system->boot->vcpus;
    const struct manifest_protocol *protocol = NULL;

    for (unsigned i = 0; i < server->entry->protocol_count; i++) {
        if (server->entry->protocols[i].number == server->start->channels[number].protocol)
            protocol = &server->entry->protocols[i];
    }
    for (seL4_CPtr vcpu = vcpus->start; vcpu != vcpus->end; vcpu++) {
        seL4_CPtr end = slots_new(1);

        object_give(object_place(end), server->endpoint, seL4_CanWrite,
                    SVSM_BADGE_GUEST(number, vcpu - vcpus->start));
        if (seL4_VCpu_SetService(vcpu, protocol->number, end, frame->first, protocol->page_calls) !=
            seL4_NoError)
            init_fail_at("the guest cannot be given a service", server->entry->name);
    }
}

void guest_start(const struct system *system)
{
    const seL4_SlotRegion *vcpus = &system->boot->vcpus;

    if (vcpus->start != vcpus->end && seL4_VCpu_Start(vcpus->start) != seL4_NoError)
        init_fail("the guest cannot be started");
}
