/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A million random system calls (fewer on the SNP machine) from a thread with a small CNode of its
 * own, which it may use and wreck. Whatever it does to itself is repaired from outside; the
 * kernel's self-check must hold all along. The seed is fixed.
 */
#include "tests.h"

#define CALLS_NATIVE 1000000u
#define CALLS_SNP    10000u /* a change of address space is dear on the SNP machine */
#define CHECK_EVERY  5000u
#define SLOT_BITS    6u
#define SLOT_COUNT   (1u << SLOT_BITS)
#define OWN_CNODE    1u

static struct thread wild, partner;
static seL4_CPtr cnode, watch, helper, pool;
static volatile uint64_t calls, restarts;
static uint64_t wanted;
static uint64_t state = 88172645463325252u;

static uint64_t random_word(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

/* Words that mean something more often than chance would have it. */
static uint64_t random_argument(void)
{
    switch (random_word() % 8) {
    case 0:
        return random_word();
    case 1:
        return seL4_Slot(random_word() % 4, random_word() % (SLOT_COUNT + 4));
    case 2:
        return seL4_What(random_word() % 14, random_word() % 16);
    case 3:
        return (random_word() % 64) << 12;
    case 4:
        return 0x50000000u + ((random_word() % 64) << 12);
    default:
        return random_word() % (SLOT_COUNT + 4);
    }
}

/* Neither waits without an end, so that the thread goes on: Wait and Recv come rarely. */
static seL4_Syscall_ID random_number(void)
{
    uint64_t dice = random_word() % 64;

    if (dice < 48) {
        return seL4_SysCall;
    }
    if (dice < 60) {
        return (dice % 2) != 0 ? seL4_SysSignal : seL4_SysPoll;
    }
    return (seL4_Syscall_ID)(-1 - (int)(random_word() % 10));
}

static void run_wild(struct thread *self)
{
    (void)self;
    while (calls < wanted) {
        struct svsm_message m = {
            random_word() % (SLOT_COUNT + 2),
            {{(random_word() % 40) << 12 | random_word() % 6}},
            {random_argument(), random_argument(), random_argument(), random_argument()},
        };

        calls++;
        svsm_syscall(random_number(), &m, random_word() % SLOT_COUNT);
    }
}

static void answer(struct thread *self)
{
    seL4_Word mr[seL4_MsgMaxLength];
    seL4_Word badge;
    seL4_MessageInfo_t info = seL4_RecvWithMRs(helper, &badge, mr, self->reply);

    for (;;) {
        info = seL4_ReplyRecvWithMRs(helper, seL4_MessageInfo_new(0, 0, 0, 4), &badge, mr,
                                     self->reply);
        (void)info;
    }
}

static void give(seL4_Word index, seL4_CPtr original)
{
    seL4_CNode_Mint(cnode, index, here(original), seL4_ReadWrite, index);
}

static void fill_cnode(void)
{
    static const seL4_ObjectType types[] = {
        seL4_EndpointObject, seL4_NotificationObject,  seL4_ReplyObject, seL4_ReplyObject,
        seL4_X86_4K,         seL4_X86_PageTableObject, seL4_TCBObject,   seL4_VSpaceObject,
    };

    give(OWN_CNODE, cnode);
    give(2, wild.space);
    give(3, watch);
    give(4, helper);
    for (seL4_Word i = 0; i < sizeof(types) / sizeof(*types); i++) {
        seL4_Untyped_Retype(pool, seL4_What(types[i], 0), seL4_Slot(cnode, 8 + i), 1);
    }
    seL4_Untyped_Retype(pool, seL4_What(seL4_UntypedObject, 15), seL4_Slot(cnode, 30), 1);
}

static void start_wild(void)
{
    uint64_t stack = (uint64_t)wild.stack + sizeof(wild.stack);
    const uint64_t first[3] = {SEL4_REGISTER(rip), SEL4_REGISTER(rsp), SEL4_REGISTER(rdi)};
    extern const char thread_begin[];
    const uint64_t values[3] = {(uint64_t)thread_begin, stack, (uint64_t)&wild};

    seL4_TCB_Suspend(wild.tcb);
    seL4_TCB_UnbindNotification(wild.tcb);
    expect_equal(seL4_TCB_Configure(wild.tcb, 0, cnode, wild.space), seL4_NoError, "configure");
    for (unsigned int i = 0; i < 3; i++) {
        seL4_TCB_WriteRegisters(wild.tcb, first[i] | 1 << 8, values[i], 0, 0);
    }
    seL4_TCB_SetPriority(wild.tcb, ROOT_PRIORITY);
    seL4_TCB_Resume(wild.tcb);
}

/* What it has done to itself since is undone: its CNode is emptied and filled, and it starts anew.
 */
static void repair(void)
{
    seL4_TCB_Suspend(wild.tcb);
    expect_equal(seL4_CNode_Revoke(seL4_CapInitThreadCNode, pool), seL4_NoError,
                 "revoke its memory");
    expect_equal(seL4_CNode_Revoke(seL4_CapInitThreadCNode, cnode), seL4_NoError, "and its CNode");
    for (seL4_Word i = 0; i < SLOT_COUNT; i++) {
        seL4_CNode_Revoke(cnode, i);
        seL4_CNode_Delete(cnode, i);
    }
    fill_cnode();
    restarts++;
    start_wild();
}

void test_random(void)
{
    seL4_Word results[seL4_MsgMaxLength];
    uint64_t before = 0, checked = 0;

    wanted = boot_info->platform == 0 ? CALLS_NATIVE : CALLS_SNP;
    cnode = new_object(seL4_CapTableObject, SLOT_BITS);
    watch = new_object(seL4_NotificationObject, 0);
    helper = new_object(seL4_EndpointObject, 0);
    pool = new_object(seL4_UntypedObject, 17);
    thread_make(&partner, answer, 0);
    thread_start(&partner, ABOVE_ROOT, 0, 0);
    thread_make(&wild, run_wild, new_space());
    fill_cnode();
    start_wild();
    while (calls < wanted) {
        seL4_Yield();
        if (calls == before) {
            repair();
        }
        before = calls;
        if (calls - checked > CHECK_EVERY) {
            checked = calls;
            expect_equal(seL4_System_Check(svsm_CapSystem, results), seL4_NoError,
                         "the self-check");
        }
    }
    print("test: random calls ");
    print_number(calls);
    print(", restarts ");
    print_number(restarts);
    print("\n");
    seL4_TCB_Suspend(partner.tcb);
    seL4_TCB_Suspend(wild.tcb);
}
