/* SPDX-License-Identifier: BSD-2-Clause */
/* Objects and their methods through the real system call: what works, and each error there is. */
#include "tests.h"

#define CNODE   seL4_CapInitThreadCNode
#define PAGE_VA UINT64_C(0x40000000)

static void test_retype(void)
{
    seL4_CPtr pool = new_object(seL4_UntypedObject, 13), slot = new_slot(), other = new_slot();
    seL4_Word what = seL4_What(seL4_X86_4K, 0);

    expect_equal(seL4_Untyped_Retype(pool, seL4_What(99, 0), here(slot), 1), seL4_InvalidArgument,
                 "a type that is none");
    expect_equal(seL4_Untyped_Retype(pool, what, seL4_Slot(0, slot), 1), seL4_FailedLookup,
                 "a CNode that is none");
    expect_equal(seL4_Untyped_Retype(pool, what, here(UINT32_MAX), 1), seL4_RangeError,
                 "a slot that is none");
    expect_equal(seL4_Untyped_Retype(pool, what, here(CNODE), 1), seL4_DeleteFirst,
                 "a slot in use");
    expect_equal(seL4_Untyped_Retype(pool, seL4_What(seL4_UntypedObject, 14), here(slot), 1),
                 seL4_RangeError, "larger than the whole");
    expect_equal(seL4_Untyped_Retype(pool, what, here(slot), 1), seL4_NoError, "the first half");
    expect_equal(seL4_Untyped_Retype(pool, what, here(other), 1), seL4_NoError, "the second half");
    expect_equal(seL4_Untyped_Retype(pool, what, here(new_slot()), 1), seL4_NotEnoughMemory,
                 "a third half");
    expect_equal(seL4_CNode_Delete(CNODE, pool), seL4_RevokeFirst, "what has children");
    expect_equal(seL4_CNode_Revoke(CNODE, pool), seL4_NoError, "revoke");
    expect_equal(seL4_Untyped_Retype(pool, what, here(slot), 1), seL4_NoError, "once more");
    expect_equal(seL4_CNode_Revoke(CNODE, pool), seL4_NoError, "revoke again");
    expect_equal(seL4_CNode_Delete(CNODE, pool), seL4_NoError, "and delete");
}

static void test_cnode(void)
{
    seL4_CPtr from = new_object(seL4_NotificationObject, 0), to = new_slot(), third = new_slot();
    seL4_Word mr[seL4_MsgMaxLength] = {to};

    expect_equal(seL4_CNode_Copy(CNODE, to, here(new_slot()), seL4_AllRights), seL4_FailedLookup,
                 "copying nothing");
    expect_equal(seL4_CNode_Copy(CNODE, UINT32_MAX, here(from), seL4_AllRights), seL4_RangeError,
                 "copying to nowhere");
    expect_equal(seL4_CNode_Copy(CNODE, from, here(from), seL4_AllRights), seL4_DeleteFirst,
                 "copying onto itself");
    expect_equal(seL4_CNode_Mint(CNODE, to, here(from), seL4_CanWrite, 5), seL4_NoError, "mint");
    expect_equal(seL4_CNode_Move(CNODE, third, here(to)), seL4_NoError, "move");
    expect_equal(seL4_CNode_Inspect(CNODE, third, mr), seL4_NoError, "inspect");
    expect_equal(mr[2], 5, "the badge came along");
    expect_equal(seL4_CNode_Revoke(CNODE, from), seL4_NoError, "revoke");
    expect_equal(seL4_CNode_Inspect(CNODE, third, mr), seL4_NoError, "inspect again");
    expect_equal(mr[0] & 0xff, CAP_Null, "the copy is gone");
    expect_equal(svsm_invoke(from, 12345, 4, mr), seL4_IllegalOperation, "no such method");
    expect_equal(svsm_invoke(CNODE, LABEL_CNode_Copy, 1, mr), seL4_TruncatedMessage, "few words");
    expect_equal(seL4_Untyped_Retype(from, 0, 0, 1), seL4_IllegalOperation, "another's method");
}

static void test_page(void)
{
    seL4_CPtr page = new_object(seL4_X86_4K, 0), copy, space = seL4_CapInitThreadVSpace;
    volatile uint64_t *here_now = (volatile uint64_t *)PAGE_VA;

    expect_equal(seL4_Page_Map(page, page, PAGE_VA, seL4_ReadWrite, 0), seL4_InvalidCapability,
                 "no address space");
    expect_equal(seL4_Page_Map(page, space, UINT64_C(1) << 63, seL4_ReadWrite, 0),
                 seL4_InvalidArgument, "an address that is the kernel's");
    expect_equal(seL4_Page_Map(page, space, PAGE_VA + 8, seL4_ReadWrite, 0), seL4_AlignmentError,
                 "an odd address");
    expect_equal(seL4_Page_Map(page, space, PAGE_VA, seL4_ReadWrite, svsm_Executable),
                 seL4_InvalidArgument, "writable and executable");
    expect_equal(seL4_Page_Map(page, space, PAGE_VA, seL4_NoRights, 0), seL4_IllegalOperation,
                 "not even readable");
    expect_equal(seL4_Page_Map(page, space, UINT64_C(0x600000000000), seL4_ReadWrite, 0),
                 seL4_FailedLookup, "no table");
    expect_equal(map_page(page, space, PAGE_VA, seL4_ReadWrite, 0), seL4_NoError, "map");
    expect_equal(*here_now, 0, "new memory is zero");
    *here_now = 42;
    copy = new_badged(page, seL4_CanRead, 0);
    expect_equal(seL4_Page_Map(copy, space, PAGE_VA, seL4_CanRead, 0), seL4_DeleteFirst,
                 "where another is");
    expect_equal(seL4_Page_Map(copy, space, PAGE_VA + 4096, seL4_ReadWrite, 0), seL4_NoError,
                 "a second view");
    expect_equal(here_now[512], 42, "the same memory");
    expect_equal(seL4_Page_Unmap(page), seL4_NoError, "unmap");
    expect_equal(here_now[512], 42, "the other view stays");
    expect_equal(seL4_CNode_Revoke(CNODE, page), seL4_NoError, "revoke");
    expect_equal(map_page(page, space, PAGE_VA + 4096, seL4_ReadWrite, 0), seL4_NoError,
                 "where the revoked view was");
}

/* After an unmap nobody sees the old page, not even out of the translation cache. */
static void test_translations(void)
{
    seL4_CPtr first = new_object(seL4_X86_4K, 0), second = new_object(seL4_X86_4K, 0);
    seL4_CPtr space = seL4_CapInitThreadVSpace;
    volatile uint64_t *word = (volatile uint64_t *)(PAGE_VA + 0x10000);

    expect_equal(map_page(first, space, (uint64_t)word, seL4_ReadWrite, 0), seL4_NoError, "map");
    *word = 1;
    expect_equal(seL4_Page_Unmap(first), seL4_NoError, "unmap");
    expect_equal(map_page(second, space, (uint64_t)word, seL4_ReadWrite, 0), seL4_NoError, "map");
    expect_equal(*word, 0, "the second page");
    *word = 2;
    expect_equal(seL4_Page_Unmap(second), seL4_NoError, "unmap");
    expect_equal(map_page(first, space, (uint64_t)word, seL4_CanRead, 0), seL4_NoError, "map");
    expect_equal(*word, 1, "the first page");
}

static void test_thread_errors(void)
{
    seL4_CPtr tcb = new_object(seL4_TCBObject, 0);

    expect_equal(seL4_TCB_Resume(tcb), seL4_IllegalOperation, "a thread without a space");
    expect_equal(seL4_TCB_SetPriority(tcb, 64), seL4_RangeError, "a priority that is none");
    expect_equal(seL4_TCB_SetAffinity(tcb, boot_info->numNodes), seL4_RangeError,
                 "a processor that is none");
    expect_equal(seL4_TCB_WriteRegisters(tcb, 99 | 1 << 8, 0, 0, 0), seL4_RangeError,
                 "a register that is none");
    expect_equal(seL4_TCB_Configure(tcb, tcb, CNODE, seL4_CapInitThreadVSpace),
                 seL4_InvalidCapability, "a fault endpoint that is none");
    expect_equal(seL4_TCB_Suspend(tcb), seL4_NoError, "suspending a suspended thread");
    expect_equal(seL4_TCB_Configure(seL4_CapInitThreadTCB, 0, CNODE, seL4_CapInitThreadVSpace),
                 seL4_IllegalOperation, "a running thread");
}

void test_objects(void)
{
    test_retype();
    test_cnode();
    test_page();
    test_translations();
    test_thread_errors();
}
