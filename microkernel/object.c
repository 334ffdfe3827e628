/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The two tables of object types.
 */
#include "object.h"
#include "cnode.h"
#include "endpoint.h"
#include "irq.h"
#include "notification.h"
#include "page.h"
#include "pagetable.h"
#include "reply.h"
#include "tcb.h"
#include "untyped.h"

struct kind {
    struct cap (*create)(const struct object_request *, uint64_t phys);
    uint8_t bits; /* of the object, or what is added to the caller's */
    uint8_t user_min, user_max;
    bool device;
};

static struct cap create_simple(enum seL4_CapType type, uint64_t phys)
{
    return (struct cap){
        .type = (uint8_t)type,
        .rights = CAP_RIGHTS,
        .object = window_granule(window_at(phys)),
    };
}

static struct cap create_untyped(const struct object_request *request, uint64_t phys)
{
    return untyped_cap(phys, (unsigned)request->user_bits, request->device, request->level);
}

static struct cap create_cnode(const struct object_request *request, uint64_t phys)
{
    return cnode_cap(window_granule(window_at(phys)), (unsigned)request->user_bits, request->level);
}

static struct cap create_tcb(const struct object_request *request, uint64_t phys)
{
    (void)request;
    tcb_init(window_at(phys));
    return create_simple(CAP_TCB, phys);
}

static struct cap create_endpoint(const struct object_request *request, uint64_t phys)
{
    (void)request;
    return create_simple(CAP_Endpoint, phys);
}

static struct cap create_notification(const struct object_request *request, uint64_t phys)
{
    (void)request;
    return create_simple(CAP_Notification, phys);
}

static struct cap create_reply(const struct object_request *request, uint64_t phys)
{
    (void)request;
    return create_simple(CAP_Reply, phys);
}

static struct cap create_vspace(const struct object_request *request, uint64_t phys)
{
    (void)request;
    return vspace_create(window_at(phys));
}

static struct cap create_pagetable(const struct object_request *request, uint64_t phys)
{
    (void)request;
    return create_simple(CAP_PageTable, phys);
}

static struct cap create_page(const struct object_request *request, uint64_t phys)
{
    unsigned large = request->type == seL4_X86_LargePageObject ? PAGE_LARGE : 0;

    return page_cap(phys, large | (request->device ? PAGE_DEVICE : 0), CAP_RIGHTS);
}

static const struct kind kinds[seL4_ObjectTypeCount] = {
    [seL4_UntypedObject] = {create_untyped, 0, seL4_MinUntypedBits, seL4_MaxUntypedBits, true},
    [seL4_TCBObject] = {create_tcb, seL4_TCBBits, 0, 0, false},
    [seL4_EndpointObject] = {create_endpoint, seL4_EndpointBits, 0, 0, false},
    [seL4_NotificationObject] = {create_notification, seL4_NotificationBits, 0, 0, false},
    [seL4_CapTableObject] = {create_cnode, seL4_SlotBits, 1, svsm_MaxCNodeBits, false},
    [seL4_ReplyObject] = {create_reply, seL4_ReplyBits, 0, 0, false},
    [seL4_VSpaceObject] = {create_vspace, seL4_VSpaceBits, 0, 0, false},
    [seL4_X86_4K] = {create_page, seL4_PageBits, 0, 0, true},
    [seL4_X86_LargePageObject] = {create_page, seL4_LargePageBits, 0, 0, true},
    [seL4_X86_PageTableObject] = {create_pagetable, seL4_PageTableBits, 0, 0, false},
};

bool object_type_exists(uint64_t type)
{
    return type < seL4_ObjectTypeCount && kinds[type].create != NULL;
}

unsigned object_size_bits(const struct object_request *request)
{
    const struct kind *kind = &kinds[request->type];

    if (kind->user_max == 0)
        return kind->bits;
    if (request->user_bits < kind->user_min || request->user_bits > kind->user_max)
        return 0;
    return kind->bits + (unsigned)request->user_bits;
}

bool object_may_be_device(uint64_t type)
{
    return kinds[type].device;
}

struct cap object_create(const struct object_request *request, uint64_t phys)
{
    return kinds[request->type].create(request, phys);
}

bool object_may_be_copied(enum seL4_CapType type)
{
    return type != CAP_Untyped && type != CAP_PageTable && type != CAP_IRQControl &&
           type != CAP_HostControl;
}

static void end_tcb(struct config *config, struct slot *slot)
{
    (void)config;
    tcb_destroy(tcb_of(slot->cap));
}

static void end_endpoint(struct config *config, struct slot *slot)
{
    (void)config;
    endpoint_destroy(endpoint_of(slot->cap));
}

static void end_notification(struct config *config, struct slot *slot)
{
    (void)config;
    notification_destroy(notification_of(slot->cap));
}

static void end_reply(struct config *config, struct slot *slot)
{
    (void)config;
    reply_destroy(reply_of(slot->cap));
}

/* What the original does when it goes, and what every copy does. */
static void (*const ends[CAP_TYPES])(struct config *, struct slot *) = {
    [CAP_TCB] = end_tcb,       [CAP_Endpoint] = end_endpoint, [CAP_Notification] = end_notification,
    [CAP_Reply] = end_reply,   [CAP_Page] = page_end,         [CAP_PageTable] = pagetable_end,
    [CAP_VSpace] = vspace_end, [CAP_IRQHandler] = irq_end,
};

void object_end(struct config *config, struct slot *slot)
{
    if (slot->cap.type == CAP_Page)
        page_unmap(config, slot);
    if (!slot_is_derived(slot) && ends[slot->cap.type] != NULL)
        ends[slot->cap.type](config, slot);
}
