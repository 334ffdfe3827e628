/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Retype. Order of errors, after those of methods.def:
 *
 * InvalidArgument (no such type), RangeError (size; count), InvalidArgument (not of device memory),
 * FailedLookup or RangeError (slot; the last of count slots), DeleteFirst (a slot in use),
 * IllegalOperation (levels exhausted), NotEnoughMemory (address spaces; memory).
 * When nothing was made of the memory, or all of it is gone, the memory is zeroed and used again
 * from its start: in steps, from the watermark down, each a restart of the whole call.
 */
#include "untyped.h"
#include "bytes.h"
#include "cnode.h"
#include "cpu.h"
#include "object.h"
#include "pagetable.h"

struct retype {
    struct object_request request;
    struct slot *first; /* where the capabilities go */
    uint64_t count;
    unsigned bits;   /* log2 of one object's bytes */
    uint64_t offset; /* of the first object */
};

struct cap untyped_cap(uint64_t phys, unsigned bits, bool device, unsigned level)
{
    return (struct cap){
        .type = CAP_Untyped,
        .rights = CAP_RIGHTS,
        .aux = (uint16_t)(bits | (device ? 0x40u : 0u) | level << 8),
        .object = (uint32_t)(phys >> PAGE_SHIFT),
    };
}

static seL4_Error check_request(const struct invocation *inv, struct retype *r)
{
    struct cap cap = inv->slot->cap;

    r->request.type = inv->mr[0] & UINT32_MAX;
    r->request.user_bits = inv->mr[0] >> 32;
    r->request.device = untyped_is_device(cap);
    r->count = inv->mr[2];
    if (!object_type_exists(r->request.type))
        return seL4_InvalidArgument;
    r->bits = object_size_bits(&r->request);
    if (r->bits == 0 || r->count == 0 || r->count > svsm_RetypeMaxCount)
        return seL4_RangeError;
    /* A piece is smaller than the whole, which bounds the depth of the tree. */
    if (r->request.type == seL4_UntypedObject && r->bits >= untyped_bits(cap))
        return seL4_RangeError;
    if (r->request.device && !object_may_be_device(r->request.type))
        return seL4_InvalidArgument;
    return seL4_NoError;
}

static seL4_Error check_slots(const struct invocation *inv, struct retype *r)
{
    struct place place;
    struct cspace space;
    seL4_Error error = invocation_place(inv, inv->mr[1], seL4_CanWrite, &place);
    unsigned own = untyped_level(inv->slot->cap);

    if (error != seL4_NoError)
        return error;
    space = cnode_space(place.cnode);
    if (r->count > space.count - (uint64_t)(place.slot - space.slots))
        return seL4_RangeError;
    for (uint64_t i = 0; i < r->count; i++)
        if (!slot_is_empty(&place.slot[i]))
            return seL4_DeleteFirst;
    r->first = place.slot;
    r->request.level = cnode_level(place.cnode) + 1;
    if (r->request.level < own)
        r->request.level = own;
    return r->request.level > CNODE_MAX_LEVEL ? seL4_IllegalOperation : seL4_NoError;
}

/* Where the objects would begin above the watermark; false when they do not fit. */
static bool fits(struct cap cap, uint64_t watermark, struct retype *r)
{
    uint64_t size = UINT64_C(1) << untyped_bits(cap);
    uint64_t object = UINT64_C(1) << r->bits;

    r->offset = (watermark + object - 1) & ~(object - 1);
    return r->offset <= size && r->count <= (size - r->offset) >> r->bits;
}

static seL4_Error check_memory(const struct invocation *inv, struct retype *r)
{
    struct cap cap = inv->slot->cap;
    uint64_t watermark = slot_has_children(inv->slot) ? cap.badge : 0;

    if (r->request.type == seL4_VSpaceObject && r->count > vspaces_free())
        return seL4_NotEnoughMemory;
    return fits(cap, watermark, r) ? seL4_NoError : seL4_NotEnoughMemory;
}

/* One step of making childless memory as good as new. */
static void reset_step(struct invocation *inv)
{
    struct cap cap = inv->slot->cap;
    uint64_t step = cap.badge < UNTYPED_ZERO_STEP ? cap.badge : UNTYPED_ZERO_STEP;

    /* Nobody still uses what was deleted: only then may its bytes change. */
    cpus_quiesce();
    if (untyped_is_device(cap))
        step = cap.badge;
    else
        bytes_zero(window_at(untyped_phys(cap) + cap.badge - step), step);
    cap.badge -= step;
    slot_update(inv->config, inv->slot, cap);
}

static void retype(struct invocation *inv, const struct retype *r)
{
    struct cap cap = inv->slot->cap;
    uint64_t phys = untyped_phys(cap) + r->offset;

    for (uint64_t i = 0; i < r->count; i++)
        slot_insert(inv->config, &r->first[i], inv->slot,
                    object_create(&r->request, phys + (i << r->bits)));
    cap.badge = r->offset + (r->count << r->bits);
    slot_update(inv->config, inv->slot, cap);
}

seL4_Error invoke_Untyped_Retype(struct invocation *inv)
{
    struct retype r;
    seL4_Error error = check_request(inv, &r);

    if (error == seL4_NoError)
        error = check_slots(inv, &r);
    if (error == seL4_NoError)
        error = check_memory(inv, &r);
    if (error != seL4_NoError)
        return error;
    if (!slot_has_children(inv->slot) && inv->slot->cap.badge != 0) {
        reset_step(inv);
        return INVOKE_AGAIN;
    }
    retype(inv, &r);
    return seL4_NoError;
}
