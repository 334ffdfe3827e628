/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel's vCPUs and the model of them in lock-step: random calls from random processors, pages
 * that change between them, hosts and servers that take their time; the same results from both, and
 * after each call the same vCPUs and pages.
 *
 *   kernel-registry-random [OPERATIONS [SEED]]
 */
#include "registry_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "registry_model.h"

_Static_assert(MODEL_PAGES == WORLD_PAGES && MODEL_VCPUS == WORLD_VCPUS, "the same world");
_Static_assert(MODEL_RANGE == WORLD_RANGE, "the same ranges");

#define KINDS 5u

static struct model model;
static uint64_t operations = 1000000, seed, random_state;
static uint64_t met[3][8]; /* calls by number in calls[] and kind of result */

static uint64_t below(uint64_t bound)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (random_state >> 11) % bound;
}

static bool one_in(uint64_t times)
{
    return below(times) == 0;
}

/* ---- Pages by numbers, and as the guest names them ---- */

static int any_page(void)
{
    return one_in(12) ? -1 - (int)below(3) : (int)below(WORLD_PAGES);
}

/* Of some vCPU, if it has one. */
static int any_vmsa(void)
{
    int page = model.vcpus[below(MODEL_VCPUS)].vmsa;

    return one_in(2) || page == MODEL_NOBODY ? any_page() : page;
}

static uint64_t name_of(int page)
{
    if (page == MODEL_ODD)
        return page_gpa((int)below(WORLD_PAGES)) + (UINT64_C(1) << below(12));
    if (page == MODEL_OUTSIDE)
        return WORLD_HOLE;
    return page == MODEL_OURS ? WORLD_OURS : page_gpa(page);
}

/* ---- The three calls, in both worlds ---- */

struct names {
    int vmsa, area, vcpu;
};

static uint64_t expect_create(const struct names *w)
{
    return model_create(&model, w->vmsa, w->area, w->vcpu);
}

static uint64_t expect_delete(const struct names *w)
{
    return model_delete(&model, w->vmsa);
}

static uint64_t expect_remap(const struct names *w)
{
    return model_remap(&model, w->area);
}

static const struct {
    enum core_number number;
    uint64_t (*expect)(const struct names *);
} calls[] = {
    {CORE_CREATE_VCPU, expect_create},
    {CORE_DELETE_VCPU, expect_delete},
    {CORE_REMAP_CA, expect_remap},
};

/* A vCPU that is no processor's: the one that never came up, or a number beyond. */
static struct guest_registers registers_of(const struct names *w, unsigned call)
{
    bool remap = calls[call].number == CORE_REMAP_CA;
    int vcpu = w->vcpu == MODEL_NOBODY ? (int)(WORLD_VCPUS + below(2)) : w->vcpu;

    return words(name_of(remap ? w->area : w->vmsa), name_of(w->area), apic_id(vcpu));
}

/* ---- What the moment brings ---- */

/* A page's contents, whether it runs; which range somebody else has. */
static int set_moment(void)
{
    for (int page = 0; page < (int)WORLD_PAGES; page++)
        model.sound[page] = model.pages[page] == MODEL_VALID && !one_in(8);
    for (int page = 0; page < (int)WORLD_PAGES; page++) {
        model.running[page] = model.pages[page] == MODEL_VMSA && one_in(4);
        registry.running[page] = model.running[page];
        registry.pages[page][PAGE_SOUND] = model.sound[page];
    }
    model.held = one_in(6) ? (int)below(WORLD_PAGES / WORLD_RANGE) : MODEL_NOBODY;
    if (model.held != MODEL_NOBODY)
        registry_hold(model.held * (int)WORLD_RANGE);
    return model.held;
}

/* A server has its call, or the answer has not been given. */
static void note_busy(int vcpu)
{
    model.vcpus[vcpu].busy =
        vcpus[vcpu].state == VCPU_WAITING || vcpus[vcpu].state == VCPU_ANSWERED;
}

/* A processor at work on another vCPU, or creating it; the state it was in. */
static uint32_t occupy(int vcpu)
{
    uint32_t was = vcpus[vcpu].state;

    if (was == VCPU_GUEST || was == VCPU_ABSENT)
        vcpus[vcpu].state = VCPU_TAKEN;
    model.vcpus[vcpu].busy = true;
    return was;
}

static void leave(int vcpu, uint32_t was)
{
    vcpus[vcpu].state = was;
    note_busy(vcpu);
}

/* ---- Both must be the same ---- */

static int number_of(uint64_t gpa)
{
    for (int page = 0; page < (int)WORLD_PAGES; page++)
        if (page_gpa(page) == gpa)
            return page;
    return gpa == WORLD_OURS ? MODEL_OURS : MODEL_OUTSIDE;
}

static void compare(void)
{
    static const enum page_state states[] = {
        [MODEL_INVALID] = STATE_INVALID,
        [MODEL_VALID] = STATE_VALID,
        [MODEL_VMSA] = STATE_VMSA,
        [MODEL_AREA] = STATE_CALLING,
    };

    for (unsigned i = 0; i < MODEL_VCPUS; i++) {
        const struct model_vcpu *wanted = &model.vcpus[i];

        assert_int_equal(vcpus[i].state != VCPU_ABSENT, wanted->exists);
        if (wanted->exists)
            assert_true(number_of(vcpus[i].vmsa) == wanted->vmsa &&
                        number_of(vcpus[i].area) == wanted->area);
    }
    for (int page = 0; page < (int)WORLD_PAGES; page++)
        assert_int_equal(registry_state(page), states[model.pages[page]]);
    registry_check();
}

static unsigned kind_of(uint64_t result)
{
    static const uint64_t kinds[KINDS] = {SVSM_SUCCESS, SVSM_INVALID_ADDRESS,
                                          SVSM_INVALID_PARAMETER, SVSM_BUSY, SVSM_VCPU_IN_USE};
    unsigned kind = 0;

    while (kind < KINDS && kinds[kind] != result)
        kind++;
    assert_in_range(kind, 0, KINDS - 1);
    return kind;
}

/* ---- Operations ---- */

/* A processor whose guest runs and can call; the first always does, unless a server has its call.
 */
static int any_caller(void)
{
    int vcpu = (int)below(WORLD_VCPUS);

    return vcpus[vcpu].state == VCPU_GUEST && registry.processors[vcpu].started ? vcpu
                                                                                : MODEL_NOBODY;
}

static void call(void)
{
    int caller = any_caller(), other = (int)below(WORLD_VCPUS), held;
    unsigned which = (unsigned)below(3);
    struct names w = {any_vmsa(), any_page(), one_in(12) ? MODEL_NOBODY : (int)below(WORLD_VCPUS)};
    bool occupied = one_in(5) && other != caller;
    uint32_t was = VCPU_ABSENT;
    uint64_t wanted;

    if (caller == MODEL_NOBODY)
        return;
    held = set_moment();
    if (occupied)
        was = occupy(other);
    model.caller = caller;
    wanted = calls[which].expect(&w);
    assert_true(registry_call(caller, calls[which].number, registers_of(&w, which)));
    assert_int_equal(registry_result(caller), wanted);
    if (occupied)
        leave(other, was);
    if (held != MODEL_NOBODY)
        registry_release(held * (int)WORLD_RANGE);
    met[which][kind_of(wanted)]++;
    if (calls[which].number == CORE_CREATE_VCPU && wanted == SVSM_SUCCESS)
        registry.processors[w.vcpu].started = false; /* the host has not heard of it */
}

static void flip(void)
{
    int page = (int)below(WORLD_PAGES);

    if (model.pages[page] != MODEL_VALID && model.pages[page] != MODEL_INVALID)
        return;
    if (model.pages[page] == MODEL_VALID && !one_in(3))
        return; /* most stay valid */
    registry_flip(page);
    model.pages[page] = model.pages[page] == MODEL_VALID ? MODEL_INVALID : MODEL_VALID;
}

/* The host starts a vCPU that was created, at some moment of some turns. */
static void start(void)
{
    int vcpu = (int)below(WORLD_VCPUS);
    uint64_t before = registry.processors[vcpu].answered;

    if (vcpus[vcpu].state != VCPU_GUEST || registry.processors[vcpu].started)
        return;
    for (uint64_t turns = below(3); turns > 0; turns--)
        registry_turn(vcpu);
    registry.start_at = (enum moment)below(AT_RUN);
    for (unsigned i = 0; i < 3; i++)
        registry_turn(vcpu);
    assert_int_equal(registry.start_at, NEVER);
    assert_int_equal(registry.processors[vcpu].answered, before + 1);
}

/* A server gets a call, or answers it, or its answer is given. */
static void serve(void)
{
    int vcpu = (int)below(WORLD_VCPUS);

    if (vcpus[vcpu].state == VCPU_WAITING)
        registry_answer(vcpu);
    else if (vcpus[vcpu].state == VCPU_ANSWERED)
        registry_turn(vcpu);
    else if (any_caller() == vcpu)
        assert_false(registry_call(vcpu, (uint64_t)WORLD_SERVER << 32, words(1, 2, 3)));
    note_busy(vcpu);
}

static void turn(void)
{
    int vcpu = (int)below(WORLD_VCPUS);

    registry_turn(vcpu);
    note_busy(vcpu);
}

static void start_model(void)
{
    model = (struct model){.held = MODEL_NOBODY};
    for (unsigned i = 0; i < MODEL_VCPUS; i++)
        model.vcpus[i] = (struct model_vcpu){.vmsa = MODEL_NOBODY, .area = MODEL_NOBODY};
    for (unsigned i = 0; i < MODEL_PAGES; i++)
        model.pages[i] = MODEL_VALID;
    model.vcpus[0] = (struct model_vcpu){.exists = true, .vmsa = MODEL_OURS, .area = 0};
    model.pages[0] = MODEL_AREA;
}

static void lockstep(void **state)
{
    static void (*const kinds[])(void) = {call, call, call, call, flip, start, serve, turn};

    (void)state;
    start_model();
    for (uint64_t i = 0; i < operations; i++) {
        kinds[below(sizeof(kinds) / sizeof(kinds[0]))]();
        compare();
    }
}

/* Every result that a call can have was among them. */
static void all_results(void **state)
{
    (void)state;
    for (unsigned kind = 0; kind < KINDS; kind++) {
        assert_true(kind == KINDS - 1 || met[0][kind] != 0);
        assert_true(kind == 1 || met[1][kind] != 0); /* an address is a parameter to DELETE */
        assert_true(kind == KINDS - 1 || met[2][kind] != 0);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(lockstep, registry_start),
        cmocka_unit_test(all_results),
    };

    if (argc > 1)
        operations = strtoull(argv[1], NULL, 0);
    seed = argc > 2 ? strtoull(argv[2], NULL, 0) : (uint64_t)time(NULL);
    printf("seed %llu, %llu operations\n", (unsigned long long)seed,
           (unsigned long long)operations);
    random_state = seed * UINT64_C(0x9e3779b97f4a7c15) | 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
