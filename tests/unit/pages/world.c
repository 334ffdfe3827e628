/* SPDX-License-Identifier: BSD-2-Clause */
/* The fakes; see world.h. */
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"

#define WINDOWS 3

struct world world;

struct window kernel_window;

/* What a thread has in its windows; the scratch range stands for memory that is not backed. */
struct mapped {
    uint8_t *va;
    uint64_t gpa;
};
static _Thread_local struct mapped windows[WINDOWS];
static _Thread_local uint64_t *scratch;
static _Thread_local struct cpu *this_cpu;
static struct cpu cpu_room[WORLD_CPUS];

static uint8_t *memory; /* the guest's first WORLD_BACKED bytes */
static uint8_t *region;

struct cpu *machine_cpu(void)
{
    return this_cpu;
}

void machine_load_root(uint64_t cr3)
{
    (void)cr3;
}

void cpu_check_pcid(struct cpu *cpu, struct vspace *vspace)
{
    (void)cpu;
    (void)vspace;
}

_Noreturn void panic(enum end_reason reason, const char *what)
{
    world.reason = reason;
    world.why = what;
    if (world.on_end != NULL)
        longjmp(*world.on_end, 1);
    fprintf(stderr, "the virtual machine ended: %d %s\n", (int)reason, what);
    abort();
}

/* ---- What the kernel's guest part is to these tests ---- */

uint64_t vcpu_calling_area(const struct vcpu *vcpu)
{
    return vcpu->calling_area;
}

bool vcpu_serves(const struct vcpu *vcpu, uint32_t protocol)
{
    (void)vcpu;
    return protocol == 2;
}

#define STAND_IN(name, result)                                                                     \
    uint64_t name(struct vcpu *caller, struct guest_registers *registers)                          \
    {                                                                                              \
        (void)caller;                                                                              \
        registers->r9++;                                                                           \
        return result;                                                                             \
    }

STAND_IN(vcpu_remap, 100)
STAND_IN(vcpu_create, 102)
STAND_IN(vcpu_delete, 103)
STAND_IN(vcpu_vtom, 107)

/* ---- The processor ---- */

static uint8_t *rmp_at(uint64_t gpa)
{
    assert_true(gpa / PAGE_SIZE < world.pages);
    return &world.rmp[gpa / PAGE_SIZE];
}

static void *map(enum guest_window window, uint64_t gpa)
{
    uint64_t size = window == GUEST_WINDOW_LARGE ? RANGE_SIZE : PAGE_SIZE;

    assert_int_equal(gpa % size, 0);
    windows[window].gpa = gpa;
    if (gpa + size <= WORLD_BACKED) {
        windows[window].va = memory + gpa;
    } else {
        if (scratch == NULL)
            scratch = aligned_alloc(RANGE_SIZE, RANGE_SIZE);
        windows[window].va = (uint8_t *)scratch;
    }
    return windows[window].va;
}

static uint64_t gpa_of(const uint8_t *va)
{
    if (windows[GUEST_WINDOW_PAGE].va == va)
        return windows[GUEST_WINDOW_PAGE].gpa;
    assert_in_range((uint64_t)va, (uint64_t)windows[GUEST_WINDOW_LARGE].va,
                    (uint64_t)windows[GUEST_WINDOW_LARGE].va + RANGE_SIZE - 1);
    return windows[GUEST_WINDOW_LARGE].gpa + (uint64_t)(va - windows[GUEST_WINDOW_LARGE].va);
}

static void split(uint64_t gpa)
{
    uint64_t first = gpa / RANGE_SIZE * RANGE_PAGES;

    for (uint64_t i = 0; i < RANGE_PAGES; i++)
        world.rmp[first + i] &= (uint8_t)~WORLD_LARGE;
}

static bool cheats(enum world_cheat cheat)
{
    return world.cheat == cheat && world.cheat_at == 0;
}

static void count_instruction(uint64_t gpa, bool before)
{
    if (world.threads)
        return;
    if (before) {
        world.instructions++;
        return;
    }
    if (cheats(SPLIT_AFTER_ONE))
        split(gpa);
    if (world.cheat_at > 0)
        world.cheat_at--;
    else
        world.cheat = HONEST;
}

static bool is_zero(const void *va, uint64_t size)
{
    const uint64_t *words = va;

    for (uint64_t i = 0; i < size / 8; i++)
        if (words[i] != 0)
            return false;
    return true;
}

static uint32_t size_check(uint64_t gpa, bool large)
{
    if (large && (*rmp_at(gpa) & WORLD_LARGE) == 0)
        return 6;
    if (!large)
        split(gpa); /* the host does, upon the fault */
    return 0;
}

static uint32_t validate(void *va, bool large, bool valid, bool *unchanged)
{
    uint64_t gpa = gpa_of(va);
    uint64_t pages = large ? RANGE_PAGES : 1;
    uint8_t *rmp = rmp_at(gpa);
    uint32_t code = size_check(gpa, large);

    count_instruction(gpa, true);
    if (cheats(FAIL_CODE))
        code = world.code;
    else if (code == 0 && !cheats(UNCHANGED)) {
        *unchanged = ((*rmp & WORLD_VALID) != 0) == valid;
        for (uint64_t i = 0; i < pages; i++) {
            assert_false(!valid && (rmp[i] & WORLD_RIGHTS) != 0);
            rmp[i] = (uint8_t)((rmp[i] & ~WORLD_VALID) | (valid ? WORLD_VALID : 0));
        }
        /* What a frame holds that the host chose. */
        if (valid)
            memset(va, 0xa5, pages * PAGE_SIZE);
    } else if (code == 0) {
        *unchanged = true;
    }
    count_instruction(gpa, false);
    return code;
}

static uint32_t set_rights(void *va, bool large, uint64_t rights)
{
    uint64_t gpa = gpa_of(va);
    uint64_t pages = large ? RANGE_PAGES : 1;
    uint8_t *rmp = rmp_at(gpa);
    uint32_t code = size_check(gpa, large);

    assert_true(rights == GUEST_RIGHTS_ALL || rights == GUEST_RIGHTS_NONE);
    count_instruction(gpa, true);
    if (cheats(FAIL_RIGHTS))
        code = world.code;
    for (uint64_t i = 0; code == 0 && i < pages; i++) {
        assert_true((rmp[i] & WORLD_VALID) != 0); /* #VC otherwise */
        rmp[i] =
            (uint8_t)((rmp[i] & ~WORLD_RIGHTS) | (rights == GUEST_RIGHTS_ALL ? WORLD_RIGHTS : 0));
    }
    if (code == 0 && rights == GUEST_RIGHTS_ALL && (*rmp & WORLD_LOADED) == 0)
        assert_true(is_zero(va, pages * PAGE_SIZE));
    count_instruction(gpa, false);
    return code;
}

static const struct platform_guest guest = {
    .map = map,
    .validate = validate,
    .set_rights = set_rights,
};
static enum platform_error accept(uint64_t pa, void *va, uint64_t size)
{
    (void)pa;
    (void)va;
    (void)size;
    return PLATFORM_OK;
}
static const struct platform fake = {.name = "pages", .guest = &guest, .validate = accept};
const struct platform *platform = &fake;

/* ---- A machine ---- */

void world_be(unsigned cpu)
{
    cpu_room[cpu].id = cpu;
    this_cpu = &cpu_room[cpu];
}

void world_map(const struct boot_map_entry *entries, unsigned count)
{
    world.block.memory_map.size = PAGE_SIZE;
    memset(window_at(world.block.memory_map.pa), 0, PAGE_SIZE);
    memcpy(window_at(world.block.memory_map.pa), entries, count * sizeof(*entries));
}

void world_prepare(uint64_t size, uint64_t region_size)
{
    const struct boot_map_entry entry = {.page_count = size / PAGE_SIZE};

    world_end();
    world = (struct world){.on_end = world.on_end};
    world_be(0);
    world.pages = size / PAGE_SIZE;
    world.rmp = malloc(world.pages);
    memset(world.rmp, WORLD_LARGE, world.pages);
    memory = aligned_alloc(RANGE_SIZE, WORLD_BACKED);
    region = aligned_alloc(PAGE_SIZE, region_size);
    kernel_window = (struct window){region, WORLD_REGION, region_size};
    world.block.window_va = (uint64_t)region;
    world.block.region = (struct boot_range){WORLD_REGION, region_size};
    world.block.memory_map.pa = WORLD_REGION;
    world.block.used_end_pa = WORLD_REGION + PAGE_SIZE;
    world.block.guest.kind = BOOT_GUEST_LINUX;
    world.block.guest.memory_end = size;
    memory_start(&world.block);
    world_map(&entry, 1);
    for (unsigned i = 0; i < WORLD_CPUS; i++)
        world.vcpus[i].calling_area = WORLD_CALLING + i * PAGE_SIZE;
}

/* Calling areas are loaded pages, as in an image. */
void world_start(uint64_t size)
{
    world_prepare(size, 64 * MIB);
    world.block.guest.loaded[0] = (struct boot_range){WORLD_CALLING, WORLD_CPUS * PAGE_SIZE};
    world.block.guest.loaded_count = 1;
    split(WORLD_CALLING);
    for (unsigned i = 0; i < WORLD_CPUS; i++)
        *rmp_at(WORLD_CALLING + i * PAGE_SIZE) = WORLD_VALID | WORLD_LOADED;
    pagestate_start(&world.block);
    for (unsigned i = 0; i < WORLD_CPUS; i++) {
        uint64_t gpa = WORLD_CALLING + i * PAGE_SIZE;

        *rmp_at(gpa) |= WORLD_RIGHTS;
        assert_int_equal(pagestate_hold(gpa, STATE_VALID), SVSM_SUCCESS);
        pagestate_set(gpa, STATE_CALLING);
        pagestate_release(gpa);
    }
}

void world_end(void)
{
    free(world.rmp);
    free(memory);
    free(region);
    world.rmp = NULL;
    memory = NULL;
    region = NULL;
}

void *world_at(uint64_t gpa)
{
    assert_true(gpa < WORLD_BACKED);
    return memory + gpa;
}

enum page_state world_state(uint64_t gpa)
{
    enum page_state state;

    if (pagestate_hold_any(gpa, false, &state) != SVSM_SUCCESS)
        return STATE_HOLE;
    pagestate_release(gpa);
    return state;
}

void world_check(void)
{
    for (uint64_t page = 0; page < world.pages; page++) {
        enum page_state state = world_state(page * PAGE_SIZE);
        unsigned bits = world.rmp[page] & (WORLD_VALID | WORLD_RIGHTS);

        if (state == STATE_VALID || state == STATE_CALLING)
            assert_int_equal(bits, WORLD_VALID | WORLD_RIGHTS);
        else
            assert_int_equal(bits, 0);
    }
}

uint64_t world_pvalidate(uint64_t gpa, const struct list *list)
{
    struct guest_registers registers = {gpa, 1, 2, 3};
    uint64_t room = PAGE_SIZE - gpa % PAGE_SIZE;
    uint64_t result;

    memcpy(world_at(gpa), list, room < sizeof(*list) ? room : sizeof(*list));
    result = core_call(&world.vcpus[0], CORE_PVALIDATE, &registers);
    assert_true(registers.rcx == gpa && registers.rdx == 1 && registers.r8 == 2 &&
                registers.r9 == 3);
    return result;
}

uint64_t world_one(uint64_t entry)
{
    struct list list = {.count = 1, .entries = {entry}};

    return world_pvalidate(WORLD_CALLING + 8, &list);
}
