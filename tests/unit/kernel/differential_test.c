/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel and the model in lock-step: random operations on both, the same errors from both, and
 * after each operation the same state.
 *
 *   kernel-differential [OPERATIONS [SEED]]
 */
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "model.h"

#define AT UINT64_C(0x10000000)

static struct model model;
static seL4_CPtr base; /* the slot of the model's place 0 */
static uint64_t operations = 60000, seed;
static uint64_t random_state;
static uint64_t done[seL4_NotEnoughMemory + 1]; /* by error */

static uint64_t random_below(uint64_t bound)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (random_state >> 11) % bound;
}

static int any_root_place(void)
{
    return (int)random_below(MODEL_ROOT);
}

/* A place of this type, MODEL_NONE if none was met soon. */
static int any_of(int type)
{
    for (unsigned i = 0; i < 24; i++) {
        int place = any_root_place();

        if (model.caps[place].type == type)
            return place;
    }
    return MODEL_NONE;
}

/* A CNode as both sides name it: the first thread's, or one whose capability lies in it. */
struct target {
    seL4_CPtr cptr;
    uint64_t index; /* as the kernel counts */
    int place;      /* as the model does; MODEL_NONE: beyond the end */
    uint64_t room;
    uint64_t rights;
    unsigned level;
};

static struct target any_target(void)
{
    int cnode = random_below(3) == 0 ? any_of(CAP_CNode) : MODEL_NONE;
    struct target t = {.cptr = CNODE, .rights = seL4_ReadWrite, .level = 0};
    uint64_t count = MODEL_ROOT;
    uint64_t index;

    if (cnode != MODEL_NONE) {
        t.cptr = base + (seL4_CPtr)cnode;
        t.rights = model.caps[cnode].rights;
        t.level = model.caps[cnode].level;
        count = UINT64_C(1) << model.caps[cnode].bits;
        index = random_below(count + 1);
        t.index = index;
        t.place = model_place(&model, cnode, index);
    } else {
        index = random_below(count);
        t.index = base + index;
        t.place = (int)index;
    }
    t.room = index < count ? count - index : 0;
    return t;
}

static void same_error(seL4_Error kernel, seL4_Error expected)
{
    if (kernel != expected)
        fail_msg("the kernel says %d, the model %d (seed %llu)", (int)kernel, (int)expected,
                 (unsigned long long)seed);
    done[kernel]++;
}

/* What the kernel says before it looks at more than the CNodes' rights. */
static seL4_Error check_cnodes(const struct target *to, const struct target *from, uint64_t rights)
{
    if ((to->rights & seL4_CanWrite) == 0)
        return seL4_IllegalOperation;
    if (to->place == MODEL_NONE)
        return seL4_RangeError;
    return (from->rights & rights) == 0 ? seL4_FailedLookup : seL4_NoError;
}

static void do_copy(void)
{
    struct target to = any_target(), from = any_target();
    struct model_transfer t = {to.place, from.place, random_below(4), 0, to.level};
    bool mint = random_below(2) == 0;
    seL4_Error expected = check_cnodes(&to, &from, seL4_CanRead);

    if (mint)
        t.badge = random_below(3);
    if (expected == seL4_NoError)
        expected = model_copy(&model, &t);
    same_error(world_call(to.cptr, mint ? LABEL_CNode_Mint : LABEL_CNode_Copy,
                          WORDS(to.index, seL4_Slot(from.cptr, from.index), t.rights, t.badge)),
               expected);
}

static void do_move(void)
{
    struct target to = any_target(), from = any_target();
    struct model_transfer t = {to.place, from.place, 0, 0, to.level};
    seL4_Error expected = check_cnodes(&to, &from, seL4_CanWrite);

    if (expected == seL4_NoError)
        expected = model_move(&model, &t);
    same_error(
        world_call(to.cptr, LABEL_CNode_Move, WORDS(to.index, seL4_Slot(from.cptr, from.index))),
        expected);
}

static void do_delete(void)
{
    struct target t = any_target();
    bool revoke = random_below(4) == 0;
    seL4_Error expected = seL4_NoError;

    if ((t.rights & seL4_CanWrite) == 0)
        expected = seL4_IllegalOperation;
    else if (t.place == MODEL_NONE)
        expected = seL4_RangeError;
    /* The memory everything is made of is taken back now and then only. */
    else if (t.place == 0 && (!revoke || random_below(20) != 0))
        return;
    else if (revoke)
        model_revoke(&model, t.place);
    else
        expected = model_delete(&model, t.place);
    same_error(world_call(t.cptr, revoke ? LABEL_CNode_Revoke : LABEL_CNode_Delete, WORDS(t.index)),
               expected);
}

static void do_retype(void)
{
    static const uint64_t types[] = {
        seL4_UntypedObject,      seL4_TCBObject,      seL4_EndpointObject,
        seL4_NotificationObject, seL4_CapTableObject, seL4_ReplyObject,
        seL4_VSpaceObject,       seL4_X86_4K,         seL4_X86_PageTableObject};
    struct target to = any_target();
    int untyped = any_of(CAP_Untyped);
    struct model_retype r = {.first = to.place, .room = to.room, .level = to.level};
    seL4_Error expected = seL4_NoError;

    if (untyped == MODEL_NONE || model.next_place > MODEL_PLACES - 64)
        return;
    r.untyped = untyped;
    r.type = types[random_below(sizeof(types) / sizeof(types[0]))];
    r.user_bits = r.type == seL4_CapTableObject ? random_below(4) : 12 + random_below(4);
    r.count = random_below(4);
    /* The first thread's CNode goes on where the model's part of it ends. */
    if (to.cptr == CNODE && r.count > to.room)
        return;
    if ((r.type == seL4_UntypedObject && r.user_bits >= model.caps[untyped].bits) ||
        (r.type == seL4_CapTableObject && r.user_bits == 0) || r.count == 0)
        expected = seL4_RangeError;
    else if ((to.rights & seL4_CanWrite) == 0)
        expected = seL4_FailedLookup;
    else
        expected = model_retype(&model, &r);
    same_error(
        world_call(base + (seL4_CPtr)untyped, LABEL_Untyped_Retype,
                   WORDS(seL4_What(r.type, r.user_bits), seL4_Slot(to.cptr, to.index), r.count)),
        expected);
}

static void do_map(void)
{
    struct model_mapping wanted = {any_of(CAP_Page), (int)random_below(MODEL_WINDOW),
                                   random_below(4), random_below(4) == 0};
    seL4_CPtr page = base + (seL4_CPtr)wanted.page;

    if (wanted.page == MODEL_NONE)
        return;
    if (random_below(3) == 0) {
        model_unmap(&model, wanted.page);
        same_error(world_call(page, LABEL_Page_Unmap, WORDS(0)), seL4_NoError);
        return;
    }
    same_error(world_call(page, LABEL_Page_Map,
                          WORDS(seL4_CapInitThreadVSpace, AT + (uint64_t)wanted.at * PAGE_SIZE,
                                wanted.rights, wanted.execute ? svsm_Executable : 0)),
               model_map(&model, &wanted));
}

static void do_configure(void)
{
    int thread = any_of(CAP_TCB), cspace = any_of(CAP_CNode), vspace = any_of(CAP_VSpace);

    if (thread == MODEL_NONE || cspace == MODEL_NONE || vspace == MODEL_NONE)
        return;
    if ((model.caps[thread].rights & seL4_CanWrite) == 0)
        return;
    same_error(world_call(base + (seL4_CPtr)thread, LABEL_TCB_Configure,
                          WORDS(0, base + (seL4_CPtr)cspace, base + (seL4_CPtr)vspace)),
               model_configure(&model, thread, cspace, vspace));
}

static uint64_t base_of(struct cap cap)
{
    if (cap.type == CAP_Untyped || cap.type == CAP_Page)
        return (uint64_t)cap.object << PAGE_SHIFT;
    return window_phys(window_object(cap.object));
}

/* The kernel's slot and everything the model knows of it; and what is inside. */
static void compare(const struct slot *slot, int place, const struct slot *const *slots)
{
    const struct model_cap *cap = &model.caps[place];
    int parent = cap->type == CAP_Null ? MODEL_NONE : model_parent(&model, place);

    assert_int_equal(slot->cap.type, cap->type);
    if (cap->type == CAP_Null)
        return;
    assert_int_equal(slot->cap.rights & CAP_RIGHTS, cap->rights);
    assert_int_equal(base_of(slot->cap), cap->base);
    if (cap->type == CAP_Untyped)
        assert_in_range(slot->cap.badge, 0, cap->watermark);
    if (cap->type == CAP_Endpoint || cap->type == CAP_Notification)
        assert_int_equal(slot->cap.badge, cap->badge);
    if (parent != MODEL_NONE)
        assert_ptr_equal(slot_at(slot->parent), slots[parent]);
}

/* Where the kernel keeps what the model has at a place, for every place there is. */
static void locate(const struct slot **slots, const struct slot *slot, int place)
{
    const struct model_cap *cap = &model.caps[place];
    const struct slot *inside;

    slots[place] = slot;
    if (model_is_derived(&model, place))
        return;
    if (cap->type == CAP_CNode) {
        inside = window_at(cap->base);
        for (int i = 0; i < 1 << cap->bits; i++)
            locate(slots, inside + i, cap->contents + i);
    }
    if (cap->type == CAP_TCB) {
        inside = ((const struct tcb *)window_at(cap->base))->slots;
        locate(slots, &inside[TCB_CSPACE], cap->contents);
        locate(slots, &inside[TCB_VSPACE], cap->contents + 1);
    }
}

static void compare_window(void)
{
    struct mapping m = {&vspaces[world_slot(seL4_CapInitThreadVSpace)->cap.aux], AT};

    for (int i = 0; i < MODEL_WINDOW; i++, m.address += PAGE_SIZE) {
        uint64_t entry = *pagetable_entry(m, 1);

        assert_int_equal((entry & PT_PRESENT) != 0, model.window[i] != MODEL_NONE);
        if (model.window[i] == MODEL_NONE)
            continue;
        assert_int_equal(pagetable_phys(entry), model.caps[model.window[i]].base);
        assert_int_equal((entry & PT_WRITE) != 0, model.window_writable[i]);
    }
}

static void compare_all(void)
{
    static const struct slot *slots[MODEL_PLACES];

    memset(slots, 0, sizeof(slots));
    for (int i = 0; i < MODEL_ROOT; i++)
        locate(slots, world_slot(base + (seL4_CPtr)i), i);
    for (int i = 0; i < model.next_place; i++)
        if (slots[i] != NULL)
            compare(slots[i], i, slots);
    compare_window();
}

/* Both sides anew: one piece of memory, and tables for the window. */
static void start(void)
{
    struct cap memory;
    seL4_CPtr piece;

    world_start(NULL);
    piece = world_make(seL4_UntypedObject, 17);
    for (unsigned i = 0; i < 3; i++) {
        seL4_CPtr table = world_make(seL4_X86_PageTableObject, 0);

        world_call(table, LABEL_PageTable_Map, WORDS(seL4_CapInitThreadVSpace, AT));
    }
    base = world_free_slot();
    OK(CNODE, LABEL_CNode_Move, base, seL4_Slot(CNODE, piece));
    memory = world_slot(base)->cap;
    model_start(&model);
    model.caps[0] = (struct model_cap){.type = CAP_Untyped,
                                       .rights = seL4_ReadWrite,
                                       .base = untyped_phys(memory),
                                       .bits = untyped_bits(memory),
                                       .level = untyped_level(memory)};
}

static void lock_step(void **state)
{
    static void (*const steps[])(void) = {do_copy,   do_copy, do_retype, do_retype,    do_retype,
                                          do_delete, do_map,  do_map,    do_configure, do_move};

    (void)state;
    start();
    for (uint64_t i = 0; i < operations; i++) {
        if (model.next_place > MODEL_PLACES - 128)
            start();
        steps[random_below(sizeof(steps) / sizeof(steps[0]))]();
        compare_all();
    }
    for (unsigned i = 0; i <= seL4_NotEnoughMemory; i++)
        printf("%llu operations answered with %u\n", (unsigned long long)done[i], i);
    assert_true(done[seL4_NoError] > operations / 20);
    assert_true(done[seL4_DeleteFirst] > 0 && done[seL4_RevokeFirst] > 0);
    assert_true(done[seL4_NotEnoughMemory] > 0 && done[seL4_RangeError] > 0);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(lock_step)};

    seed = (uint64_t)time(NULL);
    if (argc > 1)
        operations = strtoull(argv[1], NULL, 0);
    if (argc > 2)
        seed = strtoull(argv[2], NULL, 0);
    printf("%llu operations, seed %llu\n", (unsigned long long)operations,
           (unsigned long long)seed);
    random_state = seed * UINT64_C(0x9e3779b97f4a7c15) | 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
