/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Pages and page tables: what entries say after Map and Unmap, stale mappings, sharing, errors.
 */
#include "world.h"

#include <string.h>

#define SPACE  seL4_CapInitThreadVSpace
#define AT     UINT64_C(0x10000000)
#define LARGE  UINT64_C(0x20000000)
#define RW     seL4_ReadWrite
#define NORMAL (PT_PRESENT | PT_USER | PT_ACCESSED | PT_NX)

static uint64_t entry_at(uint64_t address, unsigned level)
{
    struct mapping m = {&vspaces[world_slot(SPACE)->cap.aux], address};
    uint64_t *entry = pagetable_entry(m, level);

    return entry == NULL ? 0 : *entry;
}

/* Tables for AT and LARGE; returns the last-level one. */
static seL4_CPtr tables(void)
{
    seL4_CPtr table = 0;

    for (unsigned i = 0; i < 3; i++) {
        table = world_make(seL4_X86_PageTableObject, 0);
        if (world_call(table, LABEL_PageTable_Map, WORDS(SPACE, AT)) != seL4_NoError)
            break;
    }
    return world_slot(table)->cap.aux == 1 ? table : table - 1;
}

static void map_writes_one_entry(void **state)
{
    seL4_CPtr page = world_make(seL4_X86_4K, 0);
    uint64_t phys = page_phys(world_slot(page)->cap);

    (void)state;
    tables();
    OK(page, LABEL_Page_Map, SPACE, AT + 0x5000, RW, 0);
    assert_int_equal(entry_at(AT + 0x5000, 1),
                     phys | platform_private_mask | NORMAL | PT_WRITE | PT_DIRTY);
    assert_int_equal(host.flushes, 0);
    OK(page, LABEL_Page_Map, SPACE, AT + 0x5000, seL4_CanRead, svsm_Executable);
    assert_int_equal(entry_at(AT + 0x5000, 1), phys | platform_private_mask | (NORMAL & ~PT_NX));
    assert_int_equal(host.flushes, 1);
    OK(page, LABEL_Page_Unmap, 0);
    assert_int_equal(entry_at(AT + 0x5000, 1), 0);
    assert_int_equal(host.flushes, 2);
    OK(page, LABEL_Page_Unmap, 0);
    assert_int_equal(host.flushes, 2);
}

static void rights_are_the_capability_s(void **state)
{
    seL4_CPtr page = world_make(seL4_X86_4K, 0), weak = world_free_slot();
    seL4_CPtr none = world_free_slot();

    (void)state;
    tables();
    OK(CNODE, LABEL_CNode_Copy, weak, seL4_Slot(CNODE, page), seL4_CanRead);
    OK(CNODE, LABEL_CNode_Copy, none, seL4_Slot(CNODE, page), seL4_CanWrite);
    OK(weak, LABEL_Page_Map, SPACE, AT, RW, 0);
    assert_int_equal(entry_at(AT, 1) & PT_WRITE, 0);
    FAILS(seL4_IllegalOperation, none, LABEL_Page_Map, SPACE, AT, RW, 0);
    FAILS(seL4_IllegalOperation, page, LABEL_Page_Map, SPACE, AT, seL4_CanWrite, 0);
    /* Read and execute, of a capability that could write. */
    OK(page, LABEL_Page_Map, SPACE, AT + 0x1000, seL4_CanRead, svsm_Executable);
    FAILS(seL4_InvalidArgument, page, LABEL_Page_Map, SPACE, AT + 0x1000, RW, svsm_Executable);
}

static void map_fails_in_order(void **state)
{
    seL4_CPtr page = world_make(seL4_X86_4K, 0), other = world_make(seL4_X86_4K, 0);
    seL4_CPtr table = tables(), large = world_make(seL4_X86_LargePageObject, 0);

    (void)state;
    assert_int_not_equal(table, 0);
    FAILS(seL4_InvalidCapability, page, LABEL_Page_Map, CNODE, 1, 0, 0x8000);
    FAILS(seL4_InvalidCapability, page, LABEL_Page_Map, UINT64_MAX, 1, 0, 0);
    FAILS(seL4_InvalidArgument, page, LABEL_Page_Map, SPACE, 0, RW, 0);
    FAILS(seL4_InvalidArgument, page, LABEL_Page_Map, SPACE, UINT64_C(0x7ffffffff000), RW, 0);
    FAILS(seL4_InvalidArgument, page, LABEL_Page_Map, SPACE, ~UINT64_C(0xfff), RW, 0);
    FAILS(seL4_InvalidArgument, page, LABEL_Page_Map, SPACE, AT + 1, RW, 0x200);
    FAILS(seL4_AlignmentError, page, LABEL_Page_Map, SPACE, AT + 1, 0, 0);
    FAILS(seL4_AlignmentError, large, LABEL_Page_Map, SPACE, AT + 0x1000, RW, 0);
    FAILS(seL4_FailedLookup, page, LABEL_Page_Map, SPACE, UINT64_C(1) << 40, RW, 0);
    FAILS(seL4_FailedLookup, large, LABEL_Page_Map, SPACE, UINT64_C(1) << 40, RW, 0);
    OK(page, LABEL_Page_Map, SPACE, AT, RW, 0);
    FAILS(seL4_DeleteFirst, page, LABEL_Page_Map, SPACE, AT + 0x1000, RW, 0);
    FAILS(seL4_DeleteFirst, other, LABEL_Page_Map, SPACE, AT, RW, 0);
    FAILS(seL4_DeleteFirst, large, LABEL_Page_Map, SPACE, AT, RW, 0);
    OK(large, LABEL_Page_Map, SPACE, LARGE, RW, 0);
    FAILS(seL4_FailedLookup, other, LABEL_Page_Map, SPACE, LARGE + 0x3000, RW, 0);
}

static void large_and_device_pages(void **state)
{
    seL4_CPtr large = world_make(seL4_X86_LargePageObject, 0), device = world_free_slot();

    (void)state;
    tables();
    platform_shared_mask = 0;
    OK(world_device(), LABEL_Untyped_Retype, seL4_X86_4K, seL4_Slot(CNODE, device), 1);
    OK(large, LABEL_Page_Map, SPACE, LARGE, RW, 0);
    assert_int_equal(entry_at(LARGE, 2), page_phys(world_slot(large)->cap) | platform_private_mask |
                                             NORMAL | PT_WRITE | PT_DIRTY | PT_LARGE);
    OK(device, LABEL_Page_Map, SPACE, AT, RW, seL4_X86_Uncacheable);
    assert_int_equal(entry_at(AT, 1),
                     page_phys(world_slot(device)->cap) | NORMAL | PT_WRITE | PT_DIRTY | 0x18);
    FAILS(seL4_InvalidArgument, device, LABEL_Page_Map, SPACE, AT, seL4_CanRead, svsm_Executable);
    FAILS(seL4_IllegalOperation, device, LABEL_Page_Share, 0);
    FAILS(seL4_IllegalOperation, large, LABEL_Page_Share, 0);
}

static void deleting_a_page_unmaps_it(void **state)
{
    seL4_CPtr page = world_make(seL4_X86_4K, 0), copy = world_free_slot();

    (void)state;
    tables();
    OK(CNODE, LABEL_CNode_Copy, copy, seL4_Slot(CNODE, page), RW);
    OK(page, LABEL_Page_Map, SPACE, AT, RW, 0);
    OK(copy, LABEL_Page_Map, SPACE, AT + 0x1000, RW, 0);
    OK(CNODE, LABEL_CNode_Delete, copy);
    assert_int_equal(entry_at(AT + 0x1000, 1), 0);
    assert_int_not_equal(entry_at(AT, 1), 0);
    OK(CNODE, LABEL_CNode_Delete, page);
    assert_int_equal(entry_at(AT, 1), 0);
}

static void tables_go_level_by_level(void **state)
{
    seL4_CPtr t[4];

    (void)state;
    for (unsigned i = 0; i < 4; i++)
        t[i] = world_make(seL4_X86_PageTableObject, 0);
    FAILS(seL4_InvalidCapability, t[0], LABEL_PageTable_Map, CNODE, AT);
    FAILS(seL4_InvalidArgument, t[0], LABEL_PageTable_Map, SPACE, 0xfff);
    /* Another top-level entry than the image's: three are missing. */
    for (unsigned i = 0; i < 3; i++) {
        OK(t[i], LABEL_PageTable_Map, SPACE, AT | UINT64_C(1) << 40);
        assert_int_equal(world_slot(t[i])->cap.aux, 3 - i);
        FAILS(seL4_DeleteFirst, t[i], LABEL_PageTable_Map, SPACE, UINT64_C(1) << 41);
    }
    FAILS(seL4_DeleteFirst, t[3], LABEL_PageTable_Map, SPACE, AT | UINT64_C(1) << 40);
    OK(t[1], LABEL_PageTable_Unmap, 0);
    assert_int_equal(host.flushes, 1);
    /* The one below is reachable no more, and may be used elsewhere. */
    OK(t[2], LABEL_PageTable_Map, SPACE, AT | UINT64_C(1) << 40);
    assert_int_equal(world_slot(t[2])->cap.aux, 2);
}

/* A page mapped through a table that went away must not come back with the table. */
static void a_table_comes_back_empty(void **state)
{
    seL4_CPtr table = tables(), page = world_make(seL4_X86_4K, 0);

    (void)state;
    OK(page, LABEL_Page_Map, SPACE, AT, RW, 0);
    OK(table, LABEL_PageTable_Unmap, 0);
    assert_int_equal(entry_at(AT, 1), 0);
    OK(table, LABEL_PageTable_Map, SPACE, AT + (UINT64_C(1) << 21));
    assert_int_equal(entry_at(AT + (UINT64_C(1) << 21), 1), 0);
    OK(page, LABEL_Page_Map, SPACE, AT + (UINT64_C(1) << 21), RW, 0);
    OK(CNODE, LABEL_CNode_Delete, page);
    assert_int_equal(entry_at(AT + (UINT64_C(1) << 21), 1), 0);
}

static void an_address_space_ends(void **state)
{
    seL4_CPtr space = world_make(seL4_VSpaceObject, 0), page = world_make(seL4_X86_4K, 0);
    seL4_CPtr table[3];
    unsigned number = world_slot(space)->cap.aux;

    (void)state;
    for (unsigned i = 0; i < 3; i++) {
        table[i] = world_make(seL4_X86_PageTableObject, 0);
        OK(table[i], LABEL_PageTable_Map, space, AT);
    }
    OK(page, LABEL_Page_Map, space, AT, RW, 0);
    assert_int_equal(vspaces[number].root[511], vspaces[0].root[511]);
    OK(CNODE, LABEL_CNode_Delete, space);
    assert_int_equal(vspaces[number].cr3, 0);
    assert_int_equal(host.flushes, 1);
    /* A new one has the same number; what was mapped in the old is mapped nowhere. */
    OK(world_memory(), LABEL_Untyped_Retype, seL4_VSpaceObject, seL4_Slot(CNODE, space), 1);
    assert_int_equal(world_slot(space)->cap.aux, number);
    for (unsigned i = 0; i < 3; i++)
        OK(table[i], LABEL_PageTable_Map, space, AT);
    OK(page, LABEL_Page_Map, space, AT + 0x1000, RW, 0);
    assert_int_equal(host.flushes, 1);
}

static void shared_pages(void **state)
{
    seL4_CPtr page = world_make(seL4_X86_4K, 0), copy = world_free_slot();
    uint8_t *bytes = window_at(page_phys(world_slot(page)->cap));

    (void)state;
    tables();
    host.answer = PLATFORM_REFUSED;
    FAILS(svsm_HostRefused, page, LABEL_Page_Share, 0);
    assert_int_equal(world_slot(page)->cap.aux, 0);
    host.answer = PLATFORM_OK;
    OK(CNODE, LABEL_CNode_Copy, copy, seL4_Slot(CNODE, page), RW);
    FAILS(seL4_IllegalOperation, page, LABEL_Page_Share, 0);
    FAILS(seL4_IllegalOperation, copy, LABEL_Page_Share, 0);
    OK(CNODE, LABEL_CNode_Delete, copy);
    OK(page, LABEL_Page_Map, SPACE, AT, RW, 0);
    FAILS(seL4_IllegalOperation, page, LABEL_Page_Share, 0);
    OK(page, LABEL_Page_Unmap, 0);
    OK(page, LABEL_Page_Share, 0);
    assert_int_equal(host.shares, 1);
    assert_int_equal(bytes[0] | bytes[4095], 0);
    FAILS(seL4_IllegalOperation, page, LABEL_Page_Share, 0);
    OK(page, LABEL_Page_Map, SPACE, AT, RW, 0);
    assert_int_equal(entry_at(AT, 1) & platform_private_mask, 0);
    FAILS(seL4_InvalidArgument, page, LABEL_Page_Map, SPACE, AT, seL4_CanRead, svsm_Executable);
    OK(CNODE, LABEL_CNode_Copy, copy, seL4_Slot(CNODE, page), RW);
    OK(CNODE, LABEL_CNode_Revoke, page);
    assert_int_equal(host.unshares, 0);
    OK(CNODE, LABEL_CNode_Delete, page);
    assert_int_equal(host.unshares, 1);
}

static void address_is_told(void **state)
{
    seL4_CPtr page = world_make(seL4_X86_4K, 0);

    (void)state;
    OK(page, LABEL_Page_GetAddress, 0);
    assert_int_equal(world.result_length, 1);
    assert_int_equal(world.results[0], page_phys(world_slot(page)->cap));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(map_writes_one_entry, world_start),
        cmocka_unit_test_setup(rights_are_the_capability_s, world_start),
        cmocka_unit_test_setup(map_fails_in_order, world_start),
        cmocka_unit_test_setup(large_and_device_pages, world_start),
        cmocka_unit_test_setup(deleting_a_page_unmaps_it, world_start),
        cmocka_unit_test_setup(tables_go_level_by_level, world_start),
        cmocka_unit_test_setup(a_table_comes_back_empty, world_start),
        cmocka_unit_test_setup(an_address_space_ends, world_start),
        cmocka_unit_test_setup(shared_pages, world_start),
        cmocka_unit_test_setup(address_is_told, world_start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
