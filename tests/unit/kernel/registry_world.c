/* SPDX-License-Identifier: BSD-2-Clause */
/* The fakes; see registry_world.h. */
#include "registry_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "pagemodel.h"
#include "panic.h"

#define RANGES   (WORLD_PAGES / WORLD_RANGE)
#define IN_USE   5u
#define NO_RIGHT UINT64_MAX /* of an invalid page */

struct registry registry;

static struct cpu cpu_room[WORLD_CPUS + 1];
static struct cpu *cpu_list[WORLD_CPUS];
static struct cpu *this_cpu;
static struct vcpu vcpu_room[WORLD_CPUS];
static uint64_t states[(RANGES + 1) * RANGE_WORDS];
static uint32_t claims[RANGES + 1];
static uint8_t model[(RANGES + 1) * RANGE_PAGES];
static jmp_buf *to_server;
static uint8_t *mapped; /* in the window, a page of ours */
static int mapped_page;

struct cpu **cpus;
uint32_t cpu_count;

struct cpu *machine_cpu(void)
{
    return this_cpu;
}

void machine_load_root(uint64_t cr3)
{
    (void)cr3;
}

uint64_t machine_kernel_root(void)
{
    return 0;
}

void *memory_take(uint64_t pages)
{
    assert_int_equal(pages, WORLD_CPUS);
    memset(vcpu_room, 0, sizeof(vcpu_room));
    return vcpu_room;
}

_Noreturn void panic(enum end_reason reason, const char *what)
{
    fprintf(stderr, "the virtual machine ended: %d %s\n", (int)reason, what);
    abort();
}

/* ---- What else a call can be to these tests ---- */

bool vcpu_serves(const struct vcpu *vcpu, uint32_t protocol)
{
    (void)vcpu;
    return protocol == WORLD_SERVER;
}

/* As the real one: it does not return when a server has the call. */
uint64_t vcpu_call_service(struct vcpu *vcpu, const struct guest_call *call)
{
    if (call->rax >> 32 != WORLD_SERVER)
        return SVSM_UNSUPPORTED_PROTOCOL;
    vcpu->state = VCPU_WAITING;
    longjmp(*to_server, 1);
}

uint64_t pvalidate_call(struct vcpu *caller, struct guest_registers *registers)
{
    (void)caller;
    (void)registers;
    return SVSM_UNSUPPORTED_CALL;
}

/* ---- Pages ---- */

uint64_t page_gpa(int page)
{
    uint64_t number = (uint64_t)page;

    return number / WORLD_RANGE * RANGE_SIZE + (7 + number % WORLD_RANGE) * PAGE_SIZE;
}

static int page_at(uint64_t gpa)
{
    for (int page = 0; page < (int)WORLD_PAGES; page++)
        if (page_gpa(page) == gpa)
            return page;
    fail_msg("a page is named that is nobody's: %llx", (unsigned long long)gpa);
    return 0;
}

enum page_state registry_state(int page)
{
    return states[page_gpa(page) / PAGE_SIZE / 16] >> page_gpa(page) / PAGE_SIZE % 16 * 4 & 15;
}

static void *map(enum guest_window window, uint64_t gpa)
{
    assert_int_equal(window, GUEST_WINDOW_PAGE);
    mapped_page = page_at(gpa);
    mapped = registry.pages[mapped_page];
    assert_int_not_equal(pagestate_of(gpa), STATE_INVALID); /* #VC otherwise */
    return mapped;
}

static uint32_t set_rights(void *va, bool large, uint64_t rights)
{
    assert_true(va == mapped && !large);
    if (registry.rights[mapped_page] == GUEST_RIGHTS_VMSA && rights != GUEST_RIGHTS_VMSA &&
        registry.running[mapped_page])
        return IN_USE;
    registry.rights[mapped_page] = rights;
    return 0;
}

static bool vmsa_is_sound(const void *vmsa)
{
    assert_true(vmsa == mapped && registry.rights[mapped_page] == GUEST_RIGHTS_NONE);
    return mapped[PAGE_SOUND] != 0;
}

static void disable(void *vmsa)
{
    ((uint8_t *)vmsa)[PAGE_ENABLED] = 0;
}

static void enable(void *vmsa)
{
    ((uint8_t *)vmsa)[PAGE_ENABLED] = 1;
}

/* ---- A processor, its host and its guest ---- */

uint32_t apic_id(int vcpu)
{
    return 5 + 3 * (uint32_t)vcpu;
}

static struct processor *own(void)
{
    return &registry.processors[this_cpu->id];
}

static uint8_t *flag_of(const struct processor *p)
{
    return registry.pages[page_at(p->area)];
}

/* The host starts what was created; the guest's first deed is a call. */
static void come_to(enum moment moment)
{
    struct processor *p = own();

    if (registry.start_at != moment)
        return;
    registry.start_at = NEVER;
    p->started = true;
    p->calls = true;
    p->call.rax = CORE_QUERY_PROTOCOL;
    *flag_of(p) = 1;
}

static void attach(uint64_t vmsa, uint64_t area)
{
    own()->vmsa = vmsa;
    own()->area = area;
}

static bool take(struct guest_call *call)
{
    struct processor *p = own();
    const struct vcpu *vcpu = this_cpu->vcpu;

    assert_true(p->vmsa == vcpu->vmsa && p->area == vcpu->area);
    come_to(BEFORE_LOOK);
    if (!p->calls || *flag_of(p) == 0) {
        come_to(AFTER_LOOK);
        return false;
    }
    *flag_of(p) = 0;
    p->calls = false;
    p->taken = true;
    *call = p->call;
    return true;
}

static void answer(const struct guest_call *call)
{
    struct processor *p = own();

    assert_true(p->taken);
    p->taken = false;
    p->answers = *call;
    p->answered++;
}

/* A call that nobody has looked at is lost now: the guest goes on behind it. */
static bool run(void)
{
    struct processor *p = own();

    p->runs++;
    if (p->calls && *flag_of(p) != 0)
        fail_msg("the guest is sent back from a call that nobody served");
    assert_false(p->taken);
    come_to(AT_RUN);
    return p->started;
}

static void idle(struct cpu *cpu)
{
    assert_ptr_equal(cpu, this_cpu);
    come_to(AT_IDLE);
}

static const struct platform_guest guest = {
    .map = map,
    .set_rights = set_rights,
    .vmsa_is_sound = vmsa_is_sound,
    .attach = attach,
    .take = take,
    .answer = answer,
    .run = run,
    .disable = disable,
    .enable = enable,
};
static const struct platform fake = {.name = "registry", .guest = &guest, .idle = idle};
const struct platform *platform = &fake;

/* ---- What a test does ---- */

static void start_table(void)
{
    const struct pagestate_room room = {states, claims, RANGES + 1};

    memset(states, 0, sizeof(states));
    memset(claims, 0, sizeof(claims));
    pagestate_init(&room);
    for (int page = 0; page < (int)WORLD_PAGES; page++) {
        pagestate_mark(page_gpa(page) / PAGE_SIZE, page_gpa(page) / PAGE_SIZE + 1, STATE_VALID);
        registry.rights[page] = GUEST_RIGHTS_ALL;
    }
    pagestate_mark(WORLD_OURS / PAGE_SIZE, WORLD_OURS / PAGE_SIZE + 1, STATE_SVSM);
    pagemodel_start(model, sizeof(model));
}

static void start_first(void)
{
    pagestate_hold(page_gpa(0), STATE_VALID);
    pagestate_set(page_gpa(0), STATE_CALLING);
    pagestate_release(page_gpa(0));
    vcpu_place(&vcpus[0], WORLD_OURS, page_gpa(0));
    vcpus[0].state = VCPU_GUEST;
    registry.processors[0].started = true;
}

int registry_start(void **state)
{
    (void)state;
    memset(&registry, 0, sizeof(registry));
    registry.start_at = NEVER;
    memset(cpu_room, 0, sizeof(cpu_room));
    for (uint32_t i = 0; i < WORLD_CPUS; i++) {
        cpu_list[i] = &cpu_room[i];
        cpu_room[i].id = i;
        cpu_room[i].apic_id = apic_id((int)i);
        cpu_room[i].online = i < WORLD_VCPUS;
    }
    cpu_room[WORLD_OTHER].id = WORLD_OTHER;
    cpus = cpu_list;
    cpu_count = WORLD_CPUS;
    this_cpu = cpus[0];
    vcpus_make();
    start_table();
    start_first();
    return 0;
}

bool registry_turn(int vcpu)
{
    jmp_buf here;
    bool on;

    this_cpu = cpus[vcpu];
    to_server = &here;
    if (setjmp(here) != 0)
        return true;
    on = vcpu_run(this_cpu);
    assert_int_equal(this_cpu->in_guest, 0);
    return on;
}

bool registry_call(int vcpu, uint64_t rax, struct guest_registers registers)
{
    struct processor *p = &registry.processors[vcpu];
    uint64_t before = p->answered;

    assert_false(p->calls || p->taken);
    p->call = (struct guest_call){rax, registers};
    p->calls = true;
    registry.pages[page_at(vcpus[vcpu].area)][0] = 1;
    registry_turn(vcpu);
    return p->answered == before + 1;
}

uint64_t registry_result(int vcpu)
{
    return registry.processors[vcpu].answers.rax;
}

void registry_answer(int vcpu)
{
    assert_int_equal(vcpus[vcpu].state, VCPU_WAITING);
    vcpus[vcpu].call.rax = SVSM_SUCCESS;
    vcpus[vcpu].state = VCPU_ANSWERED;
}

void registry_hold(int page)
{
    enum page_state state;

    this_cpu = &cpu_room[WORLD_OTHER];
    assert_int_equal(pagestate_hold_any(page_gpa(page), false, &state), SVSM_SUCCESS);
}

void registry_release(int page)
{
    this_cpu = &cpu_room[WORLD_OTHER];
    pagestate_release(page_gpa(page));
}

void registry_flip(int page)
{
    bool valid = registry_state(page) == STATE_VALID;

    registry_hold(page);
    pagestate_set(page_gpa(page), valid ? STATE_INVALID : STATE_VALID);
    registry.rights[page] = valid ? NO_RIGHT : GUEST_RIGHTS_ALL;
    registry_release(page);
}

void registry_check(void)
{
    for (int page = 0; page < (int)WORLD_PAGES; page++) {
        enum page_state state = registry_state(page);
        uint64_t wanted = state == STATE_INVALID ? NO_RIGHT
                          : state == STATE_VMSA  ? GUEST_RIGHTS_VMSA
                                                 : GUEST_RIGHTS_ALL;

        assert_int_equal(registry.rights[page], wanted);
    }
    for (unsigned range = 0; range <= RANGES; range++)
        assert_int_equal(claims[range], 0);
}
