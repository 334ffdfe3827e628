/* SPDX-License-Identifier: BSD-2-Clause */
/* See space.h. A page that two spaces see has a capability for each: a mapping belongs to one. */
#include "space.h"

#include "say.h"

#define OWN_VA UINT64_C(0x10000000) /* from here on init sees what is the servers' */

struct space space_own = {.vspace = seL4_CapInitThreadVSpace};

static uint64_t own_next = OWN_VA;

void space_make(struct space *space)
{
    space->vspace = object_new(seL4_VSpaceObject, 0);
    space->tables = 1;
}

void space_map(struct space *space, seL4_CPtr page, uint64_t va, enum access access)
{
    seL4_CapRights_t rights = access == ACCESS_WRITE ? seL4_ReadWrite : seL4_CanRead;
    uint64_t attributes = access == ACCESS_EXECUTE ? svsm_Executable : seL4_X86_WriteBack;
    seL4_Error error = seL4_Page_Map(page, space->vspace, va, rights, attributes);

    while (error == seL4_FailedLookup) {
        seL4_CPtr table = object_new(seL4_X86_PageTableObject, 0);

        if (seL4_PageTable_Map(table, space->vspace, va) != seL4_NoError)
            init_fail("a page table can not be mapped");
        space->tables++;
        error = seL4_Page_Map(page, space->vspace, va, rights, attributes);
    }
    if (error != seL4_NoError)
        init_fail("a page can not be mapped");
}

uint64_t space_reserve(uint64_t count)
{
    uint64_t va = own_next;

    own_next += count * PAGE;
    return va;
}

struct pages pages_new(uint64_t count)
{
    struct pages pages = {(uint8_t *)space_reserve(count), objects_new(seL4_X86_4K, 0, count),
                          count};

    for (uint64_t i = 0; i < count; i++)
        space_map(&space_own, object_copy(pages.first + i, seL4_ReadWrite),
                  (uint64_t)pages.mine + i * PAGE, ACCESS_WRITE);
    return pages;
}

void pages_map(struct space *space, const struct pages *pages, uint64_t va)
{
    for (uint64_t i = 0; i < pages->count; i++)
        space_map(space, pages->first + i, va + i * PAGE, ACCESS_WRITE);
}

void pages_map_copies(struct space *space, const struct pages *pages, uint64_t va,
                      enum access access)
{
    seL4_CapRights_t rights = access == ACCESS_WRITE ? seL4_ReadWrite : seL4_CanRead;

    for (uint64_t i = 0; i < pages->count; i++)
        space_map(space, object_copy(pages->first + i, rights), va + i * PAGE, access);
}
