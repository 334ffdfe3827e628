/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The methods of CNodes. Order of errors, after those of methods.def:
 *
 * Copy, Mint: RangeError (index), FailedLookup or RangeError (slot), FailedLookup (source empty),
 * DeleteFirst (destination in use), IllegalOperation (type has one capability only),
 * InvalidArgument (a badge where there can be none, or a second one).
 * Move: the same up to DeleteFirst, then RevokeFirst (children), IllegalOperation (levels).
 * Delete: RangeError, RevokeFirst. Revoke, Inspect: RangeError.
 */
#include "cnode.h"
#include "delete.h"
#include "endpoint.h"
#include "object.h"
#include "page.h"
#include "reply.h"
#include "untyped.h"

struct cap cnode_cap(uint32_t first_slot, unsigned bits, unsigned level)
{
    return (struct cap){
        .type = CAP_CNode,
        .rights = CAP_RIGHTS,
        .aux = (uint16_t)(bits | level << 8),
        .object = first_slot,
    };
}

struct cspace cnode_space(struct cap cap)
{
    return (struct cspace){slot_at(cap.object), UINT64_C(1) << cnode_bits(cap)};
}

unsigned cnode_level_of(struct cap cap)
{
    if (cap.type == CAP_CNode)
        return cnode_level(cap);
    return cap.type == CAP_Untyped ? untyped_level(cap) : CNODE_MAX_LEVEL + 1;
}

/* The rights go first, so nothing can be put behind the search, whose progress is the badge. */
struct slot *cnode_contents(struct config *config, struct slot *slot)
{
    struct cap cap = slot->cap;
    struct cspace space = cnode_space(cap);

    cap.rights = 0;
    while (cap.badge < space.count && slot_is_empty(&space.slots[cap.badge]))
        cap.badge++;
    slot_update(config, slot, cap);
    return cap.badge < space.count ? &space.slots[cap.badge] : NULL;
}

static struct slot *own_slot(const struct invocation *inv, seL4_Word index)
{
    struct cspace space = cnode_space(inv->slot->cap);

    return cspace_lookup(&space, index);
}

/* What Copy, Mint and Move find before they decide. */
struct transfer {
    struct slot *to;
    struct slot *from;
};

static seL4_Error transfer_find(const struct invocation *inv, seL4_CapRights_t rights,
                                struct transfer *t)
{
    struct place source;
    seL4_Error error;

    t->to = own_slot(inv, inv->mr[0]);
    if (t->to == NULL)
        return seL4_RangeError;
    error = invocation_place(inv, inv->mr[1], rights, &source);
    if (error != seL4_NoError)
        return error;
    t->from = source.slot;
    if (slot_is_empty(t->from))
        return seL4_FailedLookup;
    return slot_is_empty(t->to) ? seL4_NoError : seL4_DeleteFirst;
}

/* A copy with no more rights, and without what only one capability can have: a mapping. */
static struct cap derive(struct cap cap, seL4_CapRights_t rights)
{
    cap.rights = (uint8_t)(cap.rights & rights & CAP_RIGHTS);
    if (cap.type == CAP_Page)
        cap.badge = 0;
    return cap;
}

static seL4_Error check_badge(struct cap cap, seL4_Word badge)
{
    if (badge == 0)
        return seL4_NoError;
    if ((cap.type != CAP_Endpoint && cap.type != CAP_Notification) || cap.badge != 0)
        return seL4_InvalidArgument;
    return seL4_NoError;
}

static seL4_Error copy(struct invocation *inv, seL4_Word badge)
{
    struct transfer t;
    struct cap cap;
    seL4_Error error = transfer_find(inv, seL4_CanRead, &t);

    if (error != seL4_NoError)
        return error;
    if (!object_may_be_copied(t.from->cap.type))
        return seL4_IllegalOperation;
    error = check_badge(t.from->cap, badge);
    if (error != seL4_NoError)
        return error;
    cap = derive(t.from->cap, inv->mr[2]);
    if (badge != 0)
        cap.badge = badge;
    slot_insert(inv->config, t.to, slot_original(t.from), cap);
    return seL4_NoError;
}

seL4_Error invoke_CNode_Copy(struct invocation *inv)
{
    return copy(inv, 0);
}

seL4_Error invoke_CNode_Mint(struct invocation *inv)
{
    return copy(inv, inv->mr[3]);
}

seL4_Error invoke_CNode_Move(struct invocation *inv)
{
    struct transfer t;
    seL4_Error error = transfer_find(inv, seL4_CanWrite, &t);

    if (error != seL4_NoError)
        return error;
    if (slot_has_children(t.from))
        return seL4_RevokeFirst;
    if (!slot_is_derived(t.from) && cnode_level_of(t.from->cap) <= cnode_level(inv->slot->cap))
        return seL4_IllegalOperation;
    slot_move(inv->config, t.to, t.from);
    return seL4_NoError;
}

seL4_Error invoke_CNode_Drain(struct invocation *inv)
{
    struct slot *slot = own_slot(inv, inv->mr[0]);

    if (slot == NULL)
        return seL4_RangeError;
    if (slot->cap.type != CAP_Endpoint || (slot->cap.rights & seL4_CanRead) == 0)
        return seL4_InvalidCapability;
    endpoint_drain(endpoint_of(slot->cap));
    return seL4_NoError;
}

seL4_Error invoke_CNode_Delete(struct invocation *inv)
{
    struct slot *slot = own_slot(inv, inv->mr[0]);

    if (slot == NULL)
        return seL4_RangeError;
    if (slot_is_empty(slot))
        return seL4_NoError;
    if (slot_has_children(slot))
        return seL4_RevokeFirst;
    return delete_step(inv->config, slot) ? seL4_NoError : INVOKE_AGAIN;
}

seL4_Error invoke_CNode_Revoke(struct invocation *inv)
{
    struct slot *slot = own_slot(inv, inv->mr[0]);

    if (slot == NULL)
        return seL4_RangeError;
    return revoke_step(inv->config, slot) ? seL4_NoError : INVOKE_AGAIN;
}

seL4_Error invoke_CNode_Inspect(struct invocation *inv)
{
    struct slot *slot = own_slot(inv, inv->mr[0]);

    if (slot == NULL)
        return seL4_RangeError;
    inv->mr[0] = slot->cap.type | (seL4_Word)(slot->cap.rights & CAP_RIGHTS) << 8;
    inv->mr[1] = slot->cap.object;
    inv->mr[2] = slot->cap.badge;
    inv->mr[3] = slot->cap.aux;
    if (slot->cap.type == CAP_Reply) {
        inv->mr[2] = reply_calls(reply_of(slot->cap));
        inv->mr[3] = reply_is_held(reply_of(slot->cap));
    }
    inv->result_length = 4;
    return seL4_NoError;
}
