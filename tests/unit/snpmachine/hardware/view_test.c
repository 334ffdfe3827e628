/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The RMP and the views against each other: thousands of random operations of host, firmware and
 * guest, and after each one the rule that no view may map what the RMP forbids. The seed is fixed;
 * an argument replaces it.
 */
#define _GNU_SOURCE /* MAP_FIXED_NOREPLACE */
#include "hardware/firmware.h"
#include "hardware/table.h"
#include "hardware/vcpu.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include <cmocka.h>

#define RAM       0x20000000ull
#define RAM_SIZE  (3 * LARGE_SIZE)
#define USED      5u /* pages of each large one that operations pick, so that they meet */
#define CODE      (RAM + RAM_SIZE - LARGE_SIZE) /* a page that stays VMPL0's, with the instructions */
#define ROUNDS    40000u
#define C_BIT     (1ull << 47)
#define CR0_FLAT  0x11ull
#define RDX_SHIFT 8

extern uint64_t fake_cr4;

static const uint8_t code[3][8] = {
    {0xF2, 0x0F, 0x01, 0xFF}, {0xF3, 0x0F, 0x01, 0xFE}, {0xF3, 0x0F, 0x01, 0xFD}};

static struct memory_range map[1] = {{RAM, RAM_SIZE, 1}};
static struct svm_vmcb vmcb;
static struct hw_vmcb host;
static struct vcpu vcpu = {.vmcb = &vmcb, .host = &host};
static uint64_t state = 1;

static uint64_t any(uint64_t limit)
{
    state = state * 6364136223846793005ull + 1442695040888963407ull;
    return (state >> 33) % limit;
}

static void start(void)
{
    void *at = mmap((void *)RAM, RAM_SIZE, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    assert_ptr_equal(at, (void *)RAM);
    machine.map = map;
    machine.map_count = 1;
    machine.cpus = 1;
    machine.own_base = 0x1000;
    machine.own_size = 0x1000;
    hardware_start();
    walk_start(vcpu.kept);
    for (uint64_t offset = 0; offset < LARGE_SIZE; offset += PAGE_SIZE)
        hw_map(CODE + offset, CODE + offset, PAGE_SIZE);
    memcpy((void *)CODE, code, sizeof code);
    struct hw_launch_page page = {CODE, CODE, {0}, false};
    for (unsigned vmpl = 1; vmpl < VMPLS; vmpl++)
        page.vmpl_perms[vmpl] = PERM_ALL;
    assert_int_equal(hw_launch(&page), HW_RMP_OK);
}

/* One SNP instruction at a VMPL, without paging: linear is physical. */
static void instruction(unsigned which, uint64_t address, uint64_t rcx, uint64_t rdx)
{
    vmcb.save.cr0 = CR0_FLAT;
    vmcb.save.cs.attributes = ATTR_BIG;
    vmcb.save.vmpl = (uint8_t)(which == 0 || any(4) ? 0 : any(3));
    vmcb.save.rip = CODE + 8 * which;
    vmcb.save.rax = address;
    vcpu.registers.rcx = rcx;
    vcpu.registers.rdx = rdx;
    vmcb.event_inj = vmcb.exit_int_info = 0;
    if (exit_undefined(&vcpu) == EXIT_TO_HOST)
        assert_int_equal(host.exit_code, HW_EXIT_NPF);
}

static void touch(uint64_t gpa)
{
    struct view_access access = {.gpa = gpa,
                                 .vmpl = (unsigned)any(VMPLS),
                                 .private = any(4) != 0,
                                 .write = any(2) != 0,
                                 .user = any(2) != 0};
    spin_lock(&hardware_lock);
    view_fill(&access);
    spin_unlock(&hardware_lock);
}

static uint64_t random_page(void)
{
    return RAM + any(2) * LARGE_SIZE + any(USED) * PAGE_SIZE;
}

/* The first 2 MiB see mostly small operations, the second mostly large ones. */
static uint64_t random_size(uint64_t *address)
{
    bool large = (*address >= RAM + LARGE_SIZE) == (any(40) != 0);
    *address &= large ? ~(LARGE_SIZE - 1) : ~0ull;
    return large ? LARGE_SIZE : PAGE_SIZE;
}

/* The host takes 2 MiB back, whatever they were, and maps them in one piece. */
static void start_over(uint64_t base)
{
    if (hw_rmp_release(base, LARGE_SIZE) != HW_RMP_OK)
        for (uint64_t at = base; at < base + LARGE_SIZE; at += PAGE_SIZE)
            assert_int_equal(hw_rmp_release(at, PAGE_SIZE), HW_RMP_OK);
    hw_map(base, base, LARGE_SIZE);
    if (base == RAM)
        for (uint64_t at = base; at < base + LARGE_SIZE; at += PAGE_SIZE)
            hw_map(at, at, PAGE_SIZE);
}

static void host_operation(void)
{
    uint64_t spa = random_page(), gpa = any(8) ? spa : random_page();
    uint64_t size = random_size(&spa);
    gpa &= ~(size - 1);
    switch (any(10)) {
    case 0:
        start_over(spa & ~(LARGE_SIZE - 1));
        break;
    case 1:
        hw_map(gpa, spa, size);
        break;
    case 2:
        hw_rmp_release(spa, size);
        break;
    case 3:
        hw_psmash(spa & ~(LARGE_SIZE - 1));
        break;
    case 4: {
        struct hw_launch_page page = {spa, spa, {0, PERM_READ, PERM_ALL, 0}, any(4) == 0};
        hw_launch(&page);
        break;
    }
    default:
        hw_rmp_assign(spa, gpa, size);
    }
}

static void guest_operation(void)
{
    uint64_t address = random_page(), size = random_size(&address) == LARGE_SIZE;
    uint64_t rights = any(3) ? PERM_ALL : any(16);
    uint64_t choice = any(10);
    if (choice < 2)
        instruction(0, address, size, any(4) != 0);
    else if (choice < 5)
        instruction(1, address, size, rights << RDX_SHIFT | any(4) | (any(8) ? 0 : 1 << 16));
    else if (choice < 6)
        instruction(2, address, size, any(4));
    else
        touch(address + any(512) * 8);
}

/* ---- The rule ---- */

static void check_private(unsigned vmpl, uint64_t gpa, uint64_t leaf, uint64_t size)
{
    uint64_t spa = (leaf & TABLE_ADDRESS & ~(size - 1)) | (gpa & (size - 1));
    const struct rmp_entry *entry = rmp_entry(spa);
    assert_non_null(entry);
    assert_true(entry->assigned && entry->validated);
    assert_int_equal(rmp_gpa(spa), gpa);
    assert_int_equal(entry->large, size == LARGE_SIZE);
    assert_int_equal(rmp_own(spa)->cipher, 0);
    assert_true(entry->perms[vmpl] & PERM_READ);
    if (leaf & TABLE_WRITE)
        assert_true(entry->perms[vmpl] & PERM_WRITE);
    if (!(leaf & TABLE_NX))
        assert_true((entry->perms[vmpl] & (PERM_USER | PERM_SUPERVISOR)) ==
                    (PERM_USER | PERM_SUPERVISOR));
    struct nested nested = nested_lookup(gpa);
    assert_int_equal(nested.kind, NESTED_MEMORY);
    assert_int_equal(nested.spa, spa);
    assert_int_equal(nested.size, size);
}

static void check_shared(uint64_t gpa, uint64_t leaf)
{
    uint64_t spa = (leaf & TABLE_ADDRESS) | (gpa & (PAGE_SIZE - 1));
    assert_true(leaf & TABLE_NX);
    if (!(leaf & TABLE_WRITE))
        return; /* a picture of ciphertext */
    assert_false(rmp_entry(spa)->assigned);
    assert_int_equal(nested_lookup(gpa).spa, spa);
}

struct seen {
    unsigned small, large;
};

static void check_views(struct seen *seen)
{
    for (unsigned vmpl = 0; vmpl < VMPLS; vmpl++)
        for (uint64_t gpa = RAM; gpa < RAM + RAM_SIZE; gpa += PAGE_SIZE) {
            uint64_t size, *root = physical(view_root(vmpl, false));
            const uint64_t *leaf = table_find(root, gpa | C_BIT, &size);
            const uint64_t *flat = table_find(physical(view_root(vmpl, true)), gpa, &size);
            assert_ptr_equal(leaf, flat);
            if (leaf) {
                check_private(vmpl, gpa, *leaf, size);
                *(size == LARGE_SIZE ? &seen->large : &seen->small) += 1;
            }
            leaf = table_find(root, gpa, &size);
            if (leaf)
                check_shared(gpa, *leaf);
        }
}

static void no_view_maps_what_the_rmp_forbids(void **unused)
{
    (void)unused;
    struct seen seen = {0, 0};
    start();
    for (unsigned round = 0; round < ROUNDS; round++) {
        if (any(12))
            guest_operation();
        else
            host_operation();
        if (round % 8 == 0)
            check_views(&seen);
    }
    printf("seed %lu: %u small and %u large pages seen mapped\n", state, seen.small,
           seen.large / 512);
    assert_true(seen.small > 400 && seen.large > 10 * 512); /* else it tested nothing */
}

/* Two sizes of RMP entry never govern one page; the test above has left some of everything. */
static void sizes_do_not_overlap(void **unused)
{
    (void)unused;
    const uint64_t base = RAM + LARGE_SIZE, inside = base + 3 * PAGE_SIZE;
    start_over(base);
    assert_int_equal(hw_rmp_assign(inside, inside, PAGE_SIZE), HW_RMP_OK);
    assert_int_equal(hw_rmp_assign(base, base, LARGE_SIZE), HW_RMP_OVERLAP);
    assert_int_equal(hw_rmp_release(base, LARGE_SIZE), HW_RMP_OVERLAP);
    assert_int_equal(hw_psmash(base), HW_RMP_INPUT);
    assert_int_equal(hw_rmp_release(inside, PAGE_SIZE), HW_RMP_OK);
    assert_int_equal(hw_rmp_assign(base, base, LARGE_SIZE), HW_RMP_OK);
    assert_int_equal(hw_rmp_assign(inside, inside, PAGE_SIZE), HW_RMP_OVERLAP);
    assert_int_equal(hw_rmp_release(inside, PAGE_SIZE), HW_RMP_OVERLAP);
    assert_int_equal(hw_psmash(base), HW_RMP_OK);
    assert_int_equal(hw_rmp_release(inside, PAGE_SIZE), HW_RMP_OK);
}

/* Guests name addresses to the host (rings, the KVM clock's pages): also the last there are. */
static void the_host_writes_nothing_around_the_end(void **unused)
{
    (void)unused;
    const uint64_t text = 0;
    uint64_t read;
    for (uint64_t back = 1; back < sizeof text; back++) {
        assert_false(hw_write(0 - back, &text, sizeof text));
        assert_false(hw_read(0 - back, &read, sizeof read));
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(no_view_maps_what_the_rmp_forbids),
                                       cmocka_unit_test(sizes_do_not_overlap),
                                       cmocka_unit_test(the_host_writes_nothing_around_the_end)};
    if (argc > 1)
        state = strtoull(argv[1], NULL, 0);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
