/* SPDX-License-Identifier: BSD-2-Clause */
/* Every way a thread can fault, and that each is a message with the right words and nothing else.
 */
#include "tests.h"

#define KERNEL_ADDRESS UINT64_C(0xffffffff80000000)
#define NOWHERE        UINT64_C(0x123456789000)
#define NOT_CANONICAL  UINT64_C(0x8000000000000000)
#define ANY            UINT64_MAX

enum {
    DIVIDE = 0,
    BREAKPOINT = 3,
    OVERFLOW = 4,
    INVALID = 6,
    PROTECTION = 13,
    X87 = 16,
    SIMD = 19
};

enum { READ_USER = 4, WRITE_USER = 6, FETCH_USER = 0x14, READ_KERNEL = 5, WRITE_SHARED = 7 };

struct fault {
    const char *what;
    void (*run)(struct thread *);
    uint64_t label;
    uint64_t word2; /* exceptions: vector; others: see faults.h; ANY: whatever */
    uint64_t word3;
};

static struct thread victim;
static seL4_CPtr handler;

static void read_at(uint64_t address)
{
    __asm__ volatile("movb (%0), %%al" ::"r"(address) : "rax", "memory");
}

static void read_null(struct thread *self)
{
    (void)self;
    read_at(0);
}

static void read_kernel(struct thread *self)
{
    (void)self;
    read_at(KERNEL_ADDRESS);
}

static void read_strange(struct thread *self)
{
    (void)self;
    read_at(NOT_CANONICAL);
}

static void write_nowhere(struct thread *self)
{
    (void)self;
    *(volatile uint8_t *)NOWHERE = 1;
}

static void write_text(struct thread *self)
{
    *(volatile uint8_t *)self->run = 1;
}

static void run_data(struct thread *self)
{
    ((void (*)(void))(uint64_t)self->stack)();
}

static void run_nowhere(struct thread *self)
{
    (void)self;
    ((void (*)(void))NOWHERE)();
}

static void push_too_far(struct thread *self)
{
    (void)self;
    __asm__ volatile("mov %0, %%rsp; push %%rax" ::"r"(NOWHERE) : "memory");
}

/* One instruction each. */
#define INSTRUCTION(name, text)                                                                    \
    static void name(struct thread *self)                                                          \
    {                                                                                              \
        (void)self;                                                                                \
        __asm__ volatile(text ::: "rax", "rbx", "rcx", "rdx", "r11", "memory");                    \
    }

INSTRUCTION(divide, "xor %%ecx, %%ecx; div %%ecx")
INSTRUCTION(undefined, "ud2")
INSTRUCTION(breakpoint, "int3")
INSTRUCTION(gate, "int $0x80")
INSTRUCTION(gate_of_interrupts, "int $0xf0")
INSTRUCTION(gate_of_faults, "int $14")
INSTRUCTION(halt, "hlt")
INSTRUCTION(interrupts_off, "cli")
INSTRUCTION(interrupts_on, "sti")
INSTRUCTION(port_in, "in $0x80, %%al")
INSTRUCTION(port_out, "out %%al, $0x80")
INSTRUCTION(read_root, "mov %%cr3, %%rax")
INSTRUCTION(write_root, "mov %%rax, %%cr3")
INSTRUCTION(write_cr0, "xor %%eax, %%eax; mov %%rax, %%cr0")
INSTRUCTION(read_msr, "mov $0xc0000080, %%ecx; rdmsr")
INSTRUCTION(write_msr, "mov $0xc0000080, %%ecx; wrmsr")
INSTRUCTION(load_idt, "lidt (%%rsp)")
INSTRUCTION(store_idt, "sidt (%%rsp)")
INSTRUCTION(load_task, "xor %%eax, %%eax; ltr %%ax")
INSTRUCTION(swap_gs, "swapgs")
INSTRUCTION(return_system, "xor %%ecx, %%ecx; sysretq")
INSTRUCTION(invalidate, "invlpg (%%rsp)")
INSTRUCTION(write_back, "wbinvd")
INSTRUCTION(set_xcr0, "xor %%ecx, %%ecx; xor %%edx, %%edx; mov $3, %%eax; xsetbv")
INSTRUCTION(clear_task, "clts")
INSTRUCTION(return_far, "push $8; push $0; lretq")
INSTRUCTION(return_interrupt, "push $0x10; push $0; push $2; push $8; push $0; iretq")
INSTRUCTION(load_segment, "mov $8, %%eax; mov %%eax, %%ss")
INSTRUCTION(unknown_syscall, "mov %%rsp, %%rbx; mov $-9, %%rdx; syscall")
INSTRUCTION(zero_syscall, "mov %%rsp, %%rbx; xor %%edx, %%edx; syscall")

static const struct fault faults[] = {
    {"reading NULL", read_null, seL4_Fault_VMFault, 0, READ_USER},
    {"reading the kernel", read_kernel, seL4_Fault_VMFault, 0, READ_KERNEL},
    {"writing where nothing is", write_nowhere, seL4_Fault_VMFault, 0, WRITE_USER},
    {"writing text", write_text, seL4_Fault_VMFault, 0, WRITE_SHARED},
    {"running data", run_data, seL4_Fault_VMFault, 1, FETCH_USER | 1},
    {"running what is not there", run_nowhere, seL4_Fault_VMFault, 1, FETCH_USER},
    {"a stack that is not there", push_too_far, seL4_Fault_VMFault, 0, WRITE_USER},
    {"a strange address", read_strange, seL4_Fault_UserException, PROTECTION, 0},
    {"dividing by zero", divide, seL4_Fault_UserException, DIVIDE, 0},
    {"no instruction", undefined, seL4_Fault_UserException, INVALID, 0},
    {"int3", breakpoint, seL4_Fault_UserException, PROTECTION, ANY},
    {"int 0x80", gate, seL4_Fault_UserException, PROTECTION, ANY},
    {"int 0xf0", gate_of_interrupts, seL4_Fault_UserException, PROTECTION, ANY},
    {"int 14", gate_of_faults, seL4_Fault_UserException, PROTECTION, ANY},
    {"hlt", halt, seL4_Fault_UserException, PROTECTION, 0},
    {"cli", interrupts_off, seL4_Fault_UserException, PROTECTION, 0},
    {"sti", interrupts_on, seL4_Fault_UserException, PROTECTION, 0},
    {"in", port_in, seL4_Fault_UserException, PROTECTION, 0},
    {"out", port_out, seL4_Fault_UserException, PROTECTION, 0},
    {"reading CR3", read_root, seL4_Fault_UserException, PROTECTION, 0},
    {"writing CR3", write_root, seL4_Fault_UserException, PROTECTION, 0},
    {"writing CR0", write_cr0, seL4_Fault_UserException, PROTECTION, 0},
    {"rdmsr", read_msr, seL4_Fault_UserException, PROTECTION, 0},
    {"wrmsr", write_msr, seL4_Fault_UserException, PROTECTION, 0},
    {"lidt", load_idt, seL4_Fault_UserException, PROTECTION, 0},
    {"sidt", store_idt, seL4_Fault_UserException, PROTECTION, 0},
    {"ltr", load_task, seL4_Fault_UserException, PROTECTION, 0},
    {"swapgs", swap_gs, seL4_Fault_UserException, PROTECTION, 0},
    {"sysret", return_system, seL4_Fault_UserException, PROTECTION, 0},
    {"invlpg", invalidate, seL4_Fault_UserException, PROTECTION, 0},
    {"wbinvd", write_back, seL4_Fault_UserException, PROTECTION, 0},
    {"xsetbv", set_xcr0, seL4_Fault_UserException, PROTECTION, 0},
    {"clts", clear_task, seL4_Fault_UserException, PROTECTION, 0},
    /* QEMU 7.2 reads the stack of these two with the kernel's rights, and trips over SMAP. */
    {"far return to CPL0", return_far, ANY, ANY, ANY},
    {"iret to CPL0", return_interrupt, ANY, ANY, ANY},
    {"the kernel's stack segment", load_segment, seL4_Fault_UserException, PROTECTION, ANY},
    {"system call -9", unknown_syscall, seL4_Fault_UnknownSyscall, ANY, (uint64_t)-9},
    {"system call 0", zero_syscall, seL4_Fault_UnknownSyscall, ANY, 0},
};

static void check_one(const struct fault *fault)
{
    seL4_CPtr reply = new_object(seL4_ReplyObject, 0);
    seL4_Word mr[seL4_MsgMaxLength];
    seL4_MessageInfo_t info;
    seL4_Word badge;

    victim.run = fault->run;
    thread_start(&victim, ABOVE_ROOT, 0, handler);
    info = seL4_RecvWithMRs(handler, &badge, mr, reply);
    expect_equal(badge, 55, fault->what);
    expect(fault->label == ANY || seL4_MessageInfo_get_label(info) == fault->label, fault->what);
    expect(fault->word2 == ANY || mr[2] == fault->word2, fault->what);
    expect(fault->word3 == ANY || mr[3] == fault->word3, fault->what);
    expect_equal(seL4_TCB_ReadRegisters(victim.tcb, SEL4_REGISTER(rip), mr), seL4_IllegalOperation,
                 "registers of a thread that waits for its handler");
    seL4_SendWithMRs(reply, seL4_MessageInfo_new(1, 0, 0, 0), mr);
    expect_equal(seL4_TCB_ReadRegisters(victim.tcb, SEL4_REGISTER(rip), mr), seL4_NoError,
                 "registers of a thread whose fault was refused");
}

static void step_over(struct thread *self)
{
    __asm__ volatile("ud2");
    self->result = 1234;
}

/* The handler repairs the thread and lets it go on. */
static void test_repair(void)
{
    seL4_CPtr reply = new_object(seL4_ReplyObject, 0);
    seL4_Word mr[seL4_MsgMaxLength];
    seL4_Word badge;

    victim.run = step_over;
    thread_start(&victim, ABOVE_ROOT, 0, handler);
    seL4_RecvWithMRs(handler, &badge, mr, reply);
    seL4_SendWithMRs(reply, seL4_MessageInfo_new(1, 0, 0, 0), mr);
    seL4_TCB_WriteRegisters(victim.tcb, SEL4_REGISTER(rip) | 1 << 8,
                            mr[seL4_UserException_FaultIP] + 2, 0, 0);
    seL4_TCB_Resume(victim.tcb);
    thread_join(&victim);
    expect_equal(victim.result, 1234, "a repaired thread went on");
}

void test_faults(void)
{
    handler = new_badged(new_object(seL4_EndpointObject, 0), seL4_ReadWrite, 55);
    thread_make(&victim, read_null, new_space());
    for (unsigned int i = 0; i < sizeof(faults) / sizeof(*faults); i++) {
        check_one(&faults[i]);
    }
    test_repair();
}
