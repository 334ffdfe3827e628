/* SPDX-License-Identifier: BSD-2-Clause */
/* SVSM calls by MSR protocol, and more processors by them. */
#include "bare.h"
#include "layout.h"

#define PAGE_PRIVATE UINT64_C(1)
#define PAGE_SHARED  UINT64_C(2)
#define AP_CREATE    UINT64_C(0x80000013)
#define STACK_SIZE   16384u

struct start {
    void (*run)(uint64_t);
    uint64_t argument;
    uint64_t area;
    unsigned number;
    volatile uint64_t done;
};

struct value {
    unsigned offset;
    uint64_t value;
};

void svsm_enter(struct svsm_call *call, uint64_t msr);
uint64_t host_switch(bool by_page);
void processor_begin(unsigned number, uint64_t area);
_Noreturn void processor_start(struct start *start);
extern const uint8_t processor_entry[];

static uint8_t stacks[PROCESSORS][STACK_SIZE] __attribute__((aligned(16)));
static uint8_t vmsas[PROCESSORS][2][PAGE] __attribute__((aligned(4096)));
static uint8_t own_areas[PROCESSORS][PAGE] __attribute__((aligned(4096)));
static struct start starts[PROCESSORS];
static unsigned turns[PROCESSORS]; /* which of its two VMSA pages is in use */
static bool started[PROCESSORS];

static bool call_by(struct svsm_call *call, bool by_page)
{
    volatile uint8_t *pending = calling_area();

    *pending = 1;
    svsm_enter(call, host_switch(by_page));
    return __atomic_exchange_n(pending, 0, __ATOMIC_SEQ_CST) == 0;
}

bool svsm_call(struct svsm_call *call)
{
    return call_by(call, false);
}

bool svsm_call_by_page(struct svsm_call *call)
{
    return call_by(call, true);
}

void svsm_visit(struct svsm_call *call)
{
    svsm_enter(call, host_switch(false));
}

uint64_t svsm(uint64_t rax, uint64_t rcx, uint64_t rdx, uint64_t r8)
{
    struct svsm_call call = {rax, rcx, rdx, r8, 0};

    expect(svsm_call(&call), "the SVSM executes a call");
    return call.rax;
}

uint64_t pvalidate(uint64_t entry)
{
    volatile struct page_list *list = (volatile struct page_list *)(calling_area() + 8);
    uint64_t result;

    do {
        list->count = 1;
        list->next = 0;
        list->reserved = 0;
        list->entries[0] = entry;
        result = svsm(CALL(0, 1), (uint64_t)list, 0, 0);
    } while (result == SVSM_BUSY || result == SVSM_INCOMPLETE);
    return result;
}

void share(uint64_t gpa)
{
    expect_equal(pvalidate(gpa), SVSM_SUCCESS, "a page to be shared becomes invalid");
    expect_equal(host_msr(gpa | PAGE_SHARED << 52 | 0x014), 0x015, "a page becomes shared");
}

void unshare(uint64_t gpa)
{
    expect_equal(host_msr(gpa | PAGE_PRIVATE << 52 | 0x014), 0x015, "a page becomes private");
    expect_equal(pvalidate(gpa | ENTRY_VALIDATE), SVSM_SUCCESS, "a private page becomes valid");
}

static void put(uint8_t *vmsa, unsigned offset, uint64_t value)
{
    *(volatile uint64_t *)(vmsa + offset) = value;
}

static uint64_t own_cr3(void)
{
    uint64_t value;

    __asm__ volatile("mov %%cr3, %0" : "=r"(value));
    return value;
}

static uint64_t own_gdt(void)
{
    struct {
        uint16_t limit;
        uint64_t base;
    } __attribute__((packed)) gdt;

    __asm__ volatile("sgdt %0" : "=m"(gdt));
    return gdt.base;
}

void fill_vmsa(void *vmsa, unsigned processor, void (*run)(uint64_t), uint64_t argument)
{
    struct start *start = &starts[processor];
    const uint64_t code = 0x10 | 0xa9b << 16 | UINT64_C(0xffffffff) << 32;
    const uint64_t data = 0x18 | 0xc93 << 16 | UINT64_C(0xffffffff) << 32;
    const struct value values[] = {
        {VMSA_GDTR, UINT64_C(0x1f) << 32},
        {VMSA_GDTR + 8, own_gdt()},
        {VMSA_LDTR, 0x82 << 16},
        {VMSA_TR, 0x8b << 16 | UINT64_C(0xffff) << 32},
        {VMSA_LEVELS, 2 << 16},
        {VMSA_EFER, 0x1500},
        {VMSA_CR4, 0x60},
        {VMSA_CR3, own_cr3()},
        {VMSA_CR0, 0x80010031},
        {VMSA_DR7, 0x400},
        {VMSA_DR6, 0xffff0ff0},
        {VMSA_RFLAGS, 2},
        {VMSA_RIP, (uint64_t)processor_entry},
        {VMSA_RSP, (uint64_t)(stacks[processor] + STACK_SIZE)},
        {VMSA_PAT, UINT64_C(0x0007040600070406)},
        {VMSA_RDI, (uint64_t)start},
        {VMSA_FEATURES, 1},
        {VMSA_XCR0, 1},
        {VMSA_MXCSR, 0x1f80},
        {VMSA_FCW, 0x37f},
    };

    for (unsigned offset = 0; offset < PAGE; offset += 8)
        put(vmsa, offset, 0);
    for (unsigned segment = 0; segment < 6; segment++)
        put(vmsa, segment * 16, segment == 1 ? code : data);
    for (unsigned i = 0; i < sizeof(values) / sizeof(values[0]); i++)
        put(vmsa, values[i].offset, values[i].value);
    *start = (struct start){run, argument, processor_area(processor), processor, 0};
}

bool create_processor(unsigned processor, uint64_t vmsa)
{
    return (uint32_t)host_call(AP_CREATE, (uint64_t)processor << 32 | 2 << 16 | 1, vmsa, 1) == 0;
}

uint64_t processor_vmsa(unsigned processor)
{
    return (uint64_t)vmsas[processor][turns[processor]];
}

uint64_t processor_area(unsigned processor)
{
    return (uint64_t)own_areas[processor];
}

/* Until nobody else is at work there. */
static uint64_t repeat(uint64_t rax, uint64_t rcx, uint64_t rdx, uint64_t r8)
{
    uint64_t result;

    do
        result = svsm(rax, rcx, rdx, r8);
    while (result == SVSM_BUSY);
    return result;
}

/* As Linux does it: the new state first, then the old one goes. */
bool start_processor(unsigned processor, void (*run)(uint64_t), uint64_t argument)
{
    uint64_t old = started[processor] ? processor_vmsa(processor) : 0;
    uint64_t vmsa;

    turns[processor] ^= 1;
    vmsa = processor_vmsa(processor);
    fill_vmsa((void *)vmsa, processor, run, argument);
    if (repeat(CALL(0, 2), vmsa, processor_area(processor), processor) != SVSM_SUCCESS ||
        !create_processor(processor, vmsa))
        return false;
    started[processor] = true;
    return old == 0 || repeat(CALL(0, 3), old, 0, 0) == SVSM_SUCCESS;
}

void processor_start(struct start *start)
{
    processor_begin(start->number, start->area);
    start->run(start->argument);
    __atomic_store_n(&start->done, 1, __ATOMIC_RELEASE);
    for (;;)
        __asm__ volatile("hlt");
}

void forget_processor(unsigned processor)
{
    started[processor] = false;
}

bool processor_is_done(unsigned processor)
{
    return __atomic_load_n(&starts[processor].done, __ATOMIC_ACQUIRE) != 0;
}

void join_processor(unsigned processor)
{
    while (!processor_is_done(processor))
        relax();
}
