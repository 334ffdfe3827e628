/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Retype, of any untyped memory with any words: objects lie inside the memory, aligned to their
 * size, above whatever was made before and apart from each other; memory is cleared and used again
 * only when it has no children, and then only below the watermark, which never rises by that; an
 * error changes nothing. Memory of up to 2^MEMORY bytes, up to COUNT objects of any size; that the
 * arithmetic holds for all sizes and counts is the proof "fits".
 *
 * The window's base stands for the address 0: pointers into the memory are formed, as the kernel
 * does, but nothing lies there and nothing is read. The slot that is named is always the same one,
 * and the CNode begins there or earlier and ends after it, anywhere: a slot's number is only a
 * name.
 *
 * sources: microkernel/cap.c
 * options: --unwind 9
 */
#include <untyped.c>

#include "proof.h"

#define SLOTS  8u /* of the window: 1 is the memory's, 2 a child's, 4 to 7 may be the CNode's */
#define PLACE  5u /* the slot that is named */
#define COUNT  3u
#define MEMORY 17u /* log2 */

static struct slot slots[SLOTS], before[SLOTS];
static bool begins_earlier;
static uint64_t rest;                 /* of the CNode, from that slot on */
static uint64_t low, high, watermark; /* of the memory, before */
static unsigned quiet, created, cleared;
static uint64_t last_end;  /* of the object created last */
static unsigned size_bits; /* of the objects asked for */

bool object_type_exists(uint64_t type)
{
    return type < seL4_ObjectTypeCount;
}

unsigned object_size_bits(const struct object_request *request)
{
    unsigned bits = nondet_u32();

    (void)request;
    size_bits = bits;
    ASSUME(bits == 0 || (bits >= 5 && bits <= MEMORY));
    return bits;
}

bool object_may_be_device(uint64_t type)
{
    (void)type;
    return nondet_bool();
}

unsigned vspaces_free(void)
{
    return nondet_u32();
}

void cpus_quiesce(void)
{
    quiet++;
}

struct cspace cnode_space(struct cap cap)
{
    (void)cap;
    return begins_earlier ? (struct cspace){&slots[PLACE - 1], rest + 1}
                          : (struct cspace){&slots[PLACE], rest};
}

seL4_Error invocation_place(const struct invocation *inv, seL4_Word packed, seL4_CapRights_t rights,
                            struct place *place)
{
    (void)inv;
    (void)packed;
    ASSERT(rights == seL4_CanWrite, "the CNode must be writable");
    place->slot = &slots[PLACE];
    place->cnode.aux = (uint16_t)(2u | nondet_u8() << 8);
    return nondet_bool() ? seL4_NoError : seL4_FailedLookup;
}

struct cap object_create(const struct object_request *request, uint64_t phys)
{
    uint64_t size = UINT64_C(1) << size_bits;

    (void)request;
    ASSERT(phys >= low + watermark, "above what was made before");
    ASSERT(phys <= high && size <= high - phys, "inside the memory");
    ASSERT((phys & (size - 1)) == 0, "aligned to its size");
    ASSERT(created == 0 || phys >= last_end, "apart from the one before");
    last_end = phys + size;
    created++;
    return (struct cap){.type = CAP_Page, .object = (uint32_t)(phys >> PAGE_SHIFT)};
}

/* The window's base stands for the address 0, so the distance is the address. */
void bytes_zero(void *start, uint64_t size)
{
    uint64_t phys = (uint64_t)start - (uint64_t)kernel_window.base;

    ASSERT(quiet != 0, "nobody uses what is cleared");
    ASSERT(phys >= low && phys + size <= low + watermark, "only what was handed out is cleared");
    ASSERT(!slot_has_children(&slots[1]), "and only when all of it came back");
    ASSERT(phys + size == low + watermark, "from the watermark down");
    cleared++;
}

static void any_memory(void)
{
    struct cap *cap = &slots[1].cap;
    uint64_t size;

    kernel_window.base = (uint8_t *)slots;
    ANYTHING(slots);
    ASSUME(cap->type == CAP_Untyped && untyped_bits(*cap) >= seL4_MinUntypedBits &&
           untyped_bits(*cap) <= MEMORY && cap->object < 64);
    size = UINT64_C(1) << untyped_bits(*cap);
    low = untyped_phys(*cap);
    high = low + size;
    watermark = cap->badge;
    ASSUME((low & (size - 1)) == 0 && watermark <= size);
    /* Where a walk of the tree may lead: to the one child there is, or to none. */
    ASSUME(slots[1].child == 0 || slots[1].child == 2);
    ASSUME(slots[2].next == 0 && slots[2].prev == 0);
    for (unsigned i = 4; i < SLOTS; i++)
        ASSUME(slots[i].parent == 0 && slots[i].child == 0);
    begins_earlier = nondet_bool();
    rest = nondet_u32();
    ASSUME(rest >= 1 && rest <= SLOTS - PLACE);
}

static void check_reset(bool children)
{
    struct cap cap = slots[1].cap;

    ASSERT(!children && created == 0, "memory in use is not used again");
    ASSERT(cap.badge < watermark, "it gets less each time");
    ASSERT(cleared == 1 || untyped_is_device(cap), "and is clean then");
    REACHED(cap.badge > 0);
    REACHED(cap.badge == 0 && cleared == 1);
}

static void check_made(uint64_t count, bool children)
{
    struct cap cap = slots[1].cap;

    ASSERT(created == count && count <= rest, "as many as were asked for, in the CNode");
    ASSERT(low + cap.badge == last_end, "the watermark is the end of the last one");
    ASSERT(cap.badge >= watermark || !children, "and does not fall");
    ASSERT(slot_at(slots[1].child) == &slots[PLACE + created - 1], "they are its children");
    REACHED(created == COUNT && watermark != 0);
    REACHED(created == COUNT && begins_earlier);
}

static bool is_same(struct cap now, struct cap then)
{
    return now.type == then.type && now.rights == then.rights && now.aux == then.aux &&
           now.object == then.object && now.badge == then.badge;
}

static void check_others(bool made)
{
    for (unsigned i = 0; i < SLOTS; i++) {
        bool new = made &&i >= PLACE &&i < PLACE + created;

        ASSERT(!new || (slot_is_empty(&before[i]) && slots[i].parent == 1), "in empty slots");
        ASSERT(new || i == 1 || is_same(slots[i].cap, before[i].cap), "no other slot changes");
    }
}

void harness(void)
{
    struct invocation inv;
    bool children;
    uint64_t count;
    seL4_Error error;

    any_memory();
    ANYTHING(&inv);
    inv.slot = &slots[1];
    count = inv.mr[2];
    ASSUME(count <= COUNT);
    children = slot_has_children(&slots[1]);
    for (unsigned i = 0; i < SLOTS; i++)
        before[i] = slots[i];
    error = invoke_Untyped_Retype(&inv);
    if (error == seL4_NoError)
        check_made(count, children);
    else if (error == INVOKE_AGAIN)
        check_reset(children);
    else
        ASSERT(is_same(slots[1].cap, before[1].cap) && created == 0 && cleared == 0,
               "an error changes nothing");
    check_others(error == seL4_NoError);
}
