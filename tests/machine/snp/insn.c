/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PVALIDATE, RMPADJUST and RMPQUERY: every result code, flags and faults, 4 KiB and 2 MiB.
 */
#include "guest.h"

#define VC 29u
#define GP 13u
#define PF 14u

#define INPUT        1u
#define PERMISSION   2u
#define INUSE        3u
#define SIZEMISMATCH 6u

/* A linear address that no table maps. */
#define UNMAPPED   0x8000000000ull
#define FULL(vmpl) (VMPL_ALL << 8 | (vmpl))

static uint64_t validate_page(uint64_t address)
{
    return pvalidate(address, 0, 1);
}

static uint64_t adjust_page(uint64_t address)
{
    return rmpadjust(address, 0, FULL(1));
}

static uint64_t query_page(uint64_t address)
{
    uint64_t rdx = 1, rcx;
    return rmpquery(address, &rdx, &rcx);
}

static uint64_t touch(uint64_t address)
{
    return *(volatile uint64_t *)address;
}

static void case_pvalidate_4k(void)
{
    expect("validate", pvalidate(WINDOW, 0, 1), 0);
    expect("validate again", pvalidate(WINDOW, 0, 1), CARRY);
    expect("usable", attempt(touch, WINDOW), false);
    expect("rescind", pvalidate(WINDOW, 0, 0), 0);
    expect("rescind again", pvalidate(WINDOW, 0, 0), CARRY);
    expect_trap("not usable", attempt(touch, WINDOW), VC, 0x404);
    expect("validate anew", pvalidate(WINDOW, 0, 1), 0);
    expect("misaligned", pvalidate(WINDOW + 8, 0, 1), INPUT);
    expect("size 2", pvalidate(WINDOW, 2, 1), INPUT);
    expect("2 MiB misaligned", pvalidate(WINDOW + PAGE, 1, 1), INPUT);
    expect_trap("unmapped", attempt(validate_page, UNMAPPED), PF, 0);
    expect("CR2", context()->trap.cr2, UNMAPPED);
    expect_trap("C-bit clear", attempt(validate_page, WINDOW + ALIAS), PF, 9);
}

/* RFLAGS after PVALIDATE: ZF, PF as EAX compared with 0. */
static void case_pvalidate_flags(void)
{
    uint64_t flags, result = WINDOW;
    __asm__ volatile(".byte 0xF2, 0x0F, 0x01, 0xFF; pushfq; popq %1"
                     : "+a"(result), "=r"(flags)
                     : "c"(0), "d"(1)
                     : "memory", "cc");
    expect("success: ZF, PF, no CF SF OF AF", flags & 0x8D5, 0x44);
    result = WINDOW + 1;
    __asm__ volatile(".byte 0xF2, 0x0F, 0x01, 0xFF; pushfq; popq %1"
                     : "+a"(result), "=r"(flags)
                     : "c"(0), "d"(1)
                     : "memory", "cc");
    expect("code 1: none of them", flags & 0x8D5, 0);
}

/* A large change of state makes one 2 MiB entry; a 4 KiB operation on it makes the host smash it.
 */
static void case_pvalidate_2m(void)
{
    struct ghcb_call call = {0x80000010, 0, 0, 0};
    expect("validate 2 MiB", pvalidate(BIG, 1, 1) & 0xFF, 0);
    expect("validate again", pvalidate(BIG, 1, 1), CARRY);
    expect("usable", attempt(touch, BIG + LARGE - 8), false);
    expect("rescind one page of it", pvalidate(BIG + 3 * PAGE, 0, 0), 0);
    expect("its neighbour stays", attempt(touch, BIG + 4 * PAGE), false);
    expect_trap("the page is gone", attempt(touch, BIG + 3 * PAGE), VC, 0x404);
    expect("2 MiB on 4 KiB entries", pvalidate(BIG, 1, 1), SIZEMISMATCH);
    expect("RMPADJUST the same", rmpadjust(BIG, 1, FULL(1)), SIZEMISMATCH);
    (void)call;
}

static void case_rmpadjust(void)
{
    expect_trap("not validated", attempt(adjust_page, WINDOW), VC, 0x404);
    expect("validate", pvalidate(WINDOW, 0, 1), 0);
    for (uint64_t vmpl = 1; vmpl < 4; vmpl++) {
        expect("grant all", rmpadjust(WINDOW, 0, FULL(vmpl)), 0);
        expect("grant read", rmpadjust(WINDOW, 0, VMPL_R << 8 | vmpl), 0);
        expect("grant nothing", rmpadjust(WINDOW, 0, vmpl), 0);
        expect("write without read", rmpadjust(WINDOW, 0, 2 << 8 | vmpl), INPUT);
    }
    expect("target is itself", rmpadjust(WINDOW, 0, FULL(0)), PERMISSION);
    expect("target 4", rmpadjust(WINDOW, 0, FULL(4)), INPUT);
    expect("misaligned", rmpadjust(WINDOW + 8, 0, FULL(1)), INPUT);
    expect("size 2", rmpadjust(WINDOW, 2, FULL(1)), INPUT);
    expect_trap("unmapped", attempt(adjust_page, UNMAPPED), PF, 0);
    expect_trap("C-bit clear", attempt(adjust_page, WINDOW + ALIAS), PF, 9);
    expect("2 MiB", pvalidate(BIG, 1, 1) & 0xFF, 0);
    expect("grant 2 MiB", rmpadjust(BIG, 1, FULL(2)), 0);
    expect("grant 4 KiB of it", rmpadjust(BIG + PAGE, 0, VMPL_R << 8 | 2), 0);
}

static void case_rmpquery(void)
{
    uint64_t rdx = 2, rcx = 99;
    expect_trap("not validated", attempt(query_page, WINDOW), VC, 0x404);
    expect("validate", pvalidate(WINDOW, 0, 1), 0);
    expect("query", rmpquery(WINDOW, &rdx, &rcx), 0);
    expect("no rights yet", rdx, 0);
    expect("4 KiB", rcx, 0);
    expect("grant", rmpadjust(WINDOW, 0, VMPL_RW << 8 | 2), 0);
    rdx = 2;
    expect("query", rmpquery(WINDOW, &rdx, &rcx), 0);
    expect("read and write", rdx, VMPL_RW << 8);
    rdx = 0;
    expect("query oneself", rmpquery(WINDOW, &rdx, &rcx), 0);
    expect("all rights", rdx, VMPL_ALL << 8);
    expect("VMSA bit", rmpadjust(WINDOW, 0, 1 << 16 | 1), 0);
    rdx = 1;
    expect("query", rmpquery(WINDOW, &rdx, &rcx), 0);
    expect("VMSA bit seen", rdx, 1 << 16);
    rdx = 4;
    expect("VMPL 4", rmpquery(WINDOW, &rdx, &rcx), INPUT);
}

/* ---- The same instructions at VMPL2 ---- */

static uint64_t low_adjust(uint64_t rdx)
{
    return rmpadjust(IMAGE, 0, rdx);
}

static uint64_t low_query(uint64_t vmpl)
{
    uint64_t rdx = vmpl, rcx;
    uint64_t result = rmpquery(IMAGE, &rdx, &rcx);
    return result << 32 | rdx;
}

static uint64_t low_validate(uint64_t address)
{
    bool trapped = attempt(validate_page, address);
    return trapped ? context()->trap.vector << 32 | context()->trap.error : 0;
}

static void case_vmpl2(void)
{
    vmpl_make(2);
    expect("RMPADJUST of VMPL1 (Linux's probe)", vmpl_run(2, low_adjust, 1), PERMISSION);
    expect("RMPADJUST of itself", vmpl_run(2, low_adjust, FULL(2)), PERMISSION);
    expect("RMPADJUST of VMPL3", vmpl_run(2, low_adjust, FULL(3)), 0);

    expect("RMPQUERY of VMPL0", vmpl_run(2, low_query, 0) >> 32, PERMISSION);
    expect("RMPQUERY of itself", vmpl_run(2, low_query, 2), FULL(0));
    expect("RMPQUERY of VMPL3", vmpl_run(2, low_query, 3), FULL(0));
    expect("PVALIDATE", vmpl_run(2, low_validate, IMAGE), (uint64_t)GP << 32);
}

static uint64_t low_grant_write(uint64_t address)
{
    return rmpadjust(address, 0, VMPL_RW << 8 | 3);
}

static uint64_t low_vmsa(uint64_t address)
{
    return rmpadjust(address, 0, 1 << 16 | VMPL_R << 8 | 3);
}

static void case_vmpl2_rights(void)
{
    uint64_t rdx = 3, rcx;
    vmpl_make(2);
    expect("validate", pvalidate(WINDOW, 0, 1), 0);
    expect("VMPL2 may read", rmpadjust(WINDOW, 0, VMPL_R << 8 | 2), 0);
    expect("it cannot give what it lacks", vmpl_run(2, low_grant_write, WINDOW), PERMISSION);
    expect("it gives what it has; VMSA is ignored", vmpl_run(2, low_vmsa, WINDOW), 0);
    expect("query", rmpquery(WINDOW, &rdx, &rcx), 0);
    expect("VMPL3 may read, no VMSA", rdx, VMPL_R << 8);
}

/* Privileged instructions need CPL 0; RMPADJUST may not clear the VMSA bit of a running VMSA. */
static void case_inuse(void)
{
    uint64_t vmsa = WINDOW + 8 * PAGE;
    expect("validate", pvalidate(vmsa, 0, 1), 0);
    expect("make it a VMSA", rmpadjust(vmsa, 0, 1 << 16 | 1), 0);
    expect("and a page again", rmpadjust(vmsa, 0, 1), 0);
    uint64_t rdx = 1, rcx;
    expect("query", rmpquery(vmsa, &rdx, &rcx), 0);
    expect("VMSA bit gone", rdx, 0);
}

const struct test_case insn_cases[] = {
    {"pvalidate-4k", case_pvalidate_4k},
    {"pvalidate-flags", case_pvalidate_flags},
    {"pvalidate-2m", case_pvalidate_2m},
    {"rmpadjust", case_rmpadjust},
    {"rmpquery", case_rmpquery},
    {"insn-vmpl2", case_vmpl2},
    {"insn-vmpl2-rights", case_vmpl2_rights},
    {"vmsa-bit", case_inuse},
    {0},
};
