/* SPDX-License-Identifier: BSD-2-Clause */
/* The floor under tests inside the machine; see root.h. */
#include "root.h"

#include <svsm/digits.h>
#include <svsm/hostcall.h>

#define PAGE       4096u
#define END_DONE   1u /* as platform.h numbers them */
#define END_FAILED 2u
#define CONSOLE_VA UINT64_C(0x20000000)

extern const uint8_t image_start[], image_rodata[], image_data[], image_end[];
extern const char thread_begin[];

const seL4_BootInfo *boot_info;

static seL4_CPtr next_slot;
static seL4_CPtr next_untyped;
static seL4_CPtr console;
static char *console_page = (char *)CONSOLE_VA;
static uint32_t console_busy;

void root_start(const seL4_BootInfo *info);
_Noreturn void thread_main(struct thread *thread);

seL4_Word here(seL4_CPtr slot)
{
    return seL4_Slot(seL4_CapInitThreadCNode, slot);
}

seL4_CPtr new_slot(void)
{
    return __atomic_fetch_add(&next_slot, 1, __ATOMIC_RELAXED);
}

seL4_CPtr new_object(seL4_ObjectType type, seL4_Word size_bits)
{
    seL4_CPtr slot = new_slot();

    while (next_untyped < boot_info->untyped.end) {
        if (seL4_Untyped_Retype(next_untyped, seL4_What(type, size_bits), here(slot), 1) ==
            seL4_NoError) {
            return slot;
        }
        next_untyped++;
    }
    root_end(1);
}

seL4_CPtr new_badged(seL4_CPtr original, seL4_CapRights_t rights, seL4_Word badge)
{
    seL4_CPtr slot = new_slot();

    expect_equal(seL4_CNode_Mint(seL4_CapInitThreadCNode, slot, here(original), rights, badge),
                 seL4_NoError, "mint");
    return slot;
}

/* style: the words of Page_Map, in its order */
seL4_Error map_page(seL4_CPtr page, seL4_CPtr space, uint64_t address, seL4_CapRights_t rights,
                    uint64_t attributes)
{
    seL4_Error error = seL4_Page_Map(page, space, address, rights, attributes);

    while (error == seL4_FailedLookup) {
        expect_equal(seL4_PageTable_Map(new_object(seL4_X86_PageTableObject, 0), space, address),
                     seL4_NoError, "a page table");
        error = seL4_Page_Map(page, space, address, rights, attributes);
    }
    return error;
}

seL4_CPtr new_space(void)
{
    seL4_CPtr space = new_object(seL4_VSpaceObject, 0);
    seL4_CPtr frame = boot_info->userImageFrames.start;

    for (const uint8_t *page = image_start; page < image_end; page += PAGE) {
        seL4_CapRights_t rights = page < image_data ? seL4_CanRead : seL4_ReadWrite;
        uint64_t attributes = page < image_rodata ? svsm_Executable : seL4_X86_WriteBack;

        expect_equal(
            map_page(new_badged(frame++, rights, 0), space, (uint64_t)page, rights, attributes),
            seL4_NoError, "the image in a new address space");
    }
    expect_equal(map_page(new_badged(console + 1, seL4_ReadWrite, 0), space, CONSOLE_VA,
                          seL4_ReadWrite, seL4_X86_WriteBack),
                 seL4_NoError, "the console's page in a new address space");
    return space;
}

static void console_start(void)
{
    console = new_slot();
    expect_equal(new_object(seL4_X86_4K, 0), console + 1, "the console's page");
    seL4_Page_Share(console + 1);
    seL4_HostControl_Get(svsm_CapHostControl, SVSM_HOST_CONSOLE, console + 1, here(console), 0);
    map_page(console + 1, seL4_CapInitThreadVSpace, CONSOLE_VA, seL4_ReadWrite, seL4_X86_WriteBack);
}

void print(const char *text)
{
    seL4_Word results[seL4_MsgMaxLength];
    uint64_t length = 0;

    while (__atomic_exchange_n(&console_busy, 1, __ATOMIC_ACQUIRE) != 0) {
        seL4_Yield();
    }
    while (text[length] != 0 && length < PAGE) {
        console_page[length] = text[length];
        length++;
    }
    seL4_HostCall_Invoke(console, 0, length, 0, 0, results);
    __atomic_store_n(&console_busy, 0, __ATOMIC_RELEASE);
}

void print_number(uint64_t number)
{
    char text[DIGITS_DECIMAL];

    print(digits_decimal(text, number));
}

void print_hex(uint64_t number)
{
    char text[DIGITS_HEX];

    print(digits_hex(text, number));
}

_Noreturn void root_end(int failed)
{
    print(failed != 0 ? "test: FAILED\n" : "test: passed\n");
    for (;;) {
        seL4_System_Shutdown(svsm_CapSystem, failed != 0 ? END_FAILED : END_DONE);
    }
}

void expect(bool holds, const char *what)
{
    if (!holds) {
        print("test: not so: ");
        print(what);
        print("\n");
        root_end(1);
    }
}

void expect_equal(uint64_t is, uint64_t wanted, const char *what)
{
    if (is != wanted) {
        print("test: ");
        print(what);
        print(": is ");
        print_hex(is);
        print(", should be ");
        print_hex(wanted);
        print("\n");
        root_end(1);
    }
}

/* The copy is part of the image, so that other address spaces have it too. */
void root_start(const seL4_BootInfo *info)
{
    static seL4_BootInfo copy;

    boot_info = &copy;
    for (unsigned int i = 0; i < sizeof(copy) / sizeof(uint64_t); i++) {
        ((uint64_t *)&copy)[i] = ((const uint64_t *)info)[i];
    }
    next_slot = info->empty.start;
    next_untyped = info->untyped.start;
    console_start();
    seL4_TCB_SetPriority(seL4_CapInitThreadTCB, ROOT_PRIORITY);
    root_end(root_main());
}

void thread_make(struct thread *thread, void (*run)(struct thread *), seL4_CPtr space)
{
    thread->run = run;
    thread->done = 0;
    thread->space = space != 0 ? space : seL4_CapInitThreadVSpace;
    thread->tcb = new_object(seL4_TCBObject, 0);
    thread->reply = new_object(seL4_ReplyObject, 0);
}

static void set_register(seL4_CPtr tcb, unsigned int number, uint64_t value)
{
    expect_equal(seL4_TCB_WriteRegisters(tcb, number | 1u << 8, value, 0, 0), seL4_NoError,
                 "a register");
}

void thread_start(struct thread *thread, seL4_Word priority, seL4_Word cpu,
                  seL4_CPtr fault_endpoint)
{
    uint64_t stack = (uint64_t)thread->stack + sizeof(thread->stack);

    expect_equal(
        seL4_TCB_Configure(thread->tcb, fault_endpoint, seL4_CapInitThreadCNode, thread->space),
        seL4_NoError, "configure");
    expect_equal(seL4_TCB_SetPriority(thread->tcb, priority), seL4_NoError, "priority");
    expect_equal(seL4_TCB_SetAffinity(thread->tcb, cpu), seL4_NoError, "affinity");
    set_register(thread->tcb, SEL4_REGISTER(rip), (uint64_t)thread_begin);
    set_register(thread->tcb, SEL4_REGISTER(rsp), stack);
    set_register(thread->tcb, SEL4_REGISTER(rdi), (uint64_t)thread);
    expect_equal(seL4_TCB_Resume(thread->tcb), seL4_NoError, "resume");
}

void thread_main(struct thread *thread)
{
    thread->run(thread);
    __atomic_store_n(&thread->done, 1, __ATOMIC_RELEASE);
    for (;;) { /* in a CNode of its own that may name something else */
        seL4_TCB_Suspend(thread->tcb);
        seL4_Yield();
    }
}

void thread_join(struct thread *thread)
{
    while (__atomic_load_n(&thread->done, __ATOMIC_ACQUIRE) == 0) {
        rest();
    }
}
