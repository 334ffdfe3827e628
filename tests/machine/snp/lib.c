/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The test guest's means: traps, GHCB, output, SNP instructions.
 */
#include "guest.h"
#include "layout.h"

#define MMIO_READ     0x80000001ull
#define MMIO_WRITE    0x80000002ull
#define MSR_GHCB      0xC0010130u
#define MSR_GS_BASE   0xC0000101u
#define COM1          0x3F8ull
#define EXIT_PORT     0xF4ull
#define IOIO          0x7Bull
#define IOIO_8        0x10ull
#define IOIO_32       0x40ull
#define GATES         32u
#define STUB_SIZE     16u
#define CPUID_ENTRIES 16u
#define CPUID_SIZE    48u

extern const uint8_t trap_stubs[];
void trap_unexpected(void);

static struct gate gates[GATES];
static uint8_t tss[104] __attribute__((aligned(16)));
static uint8_t trap_stack[4096] __attribute__((aligned(16)));
static uint8_t vc_stack[4096] __attribute__((aligned(16)));
/* Kernel code and data, the TSS, user code and data, user code again where SYSRET wants it. */
static uint64_t gdt[8] = {0, 0x00209A0000000000, 0x0000920000000000, 0,
                          0, 0x0020FA0000000000, 0x0000F20000000000, 0x0020FA0000000000};
static struct context boot_context;
static uint64_t failed;
static bool ghcb_ready;

struct context *context(void)
{
    struct context *self;
    __asm__ volatile("movq %%gs:0, %0" : "=r"(self));
    return self;
}

uint64_t msr_read(uint32_t msr)
{
    uint32_t low, high;
    __asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr));
    return (uint64_t)high << 32 | low;
}

void msr_write(uint32_t msr, uint64_t value)
{
    __asm__ volatile("wrmsr" ::"c"(msr), "a"((uint32_t)value), "d"((uint32_t)(value >> 32))
                     : "memory");
}

uint64_t ghcb_msr_call(uint64_t request)
{
    msr_write(MSR_GHCB, request);
    vmgexit();
    return msr_read(MSR_GHCB);
}

void page_state(uint64_t gpa, unsigned operation)
{
    uint64_t answer = ghcb_msr_call((gpa & ~(PAGE - 1)) | (uint64_t)operation << 52 | 0x014);
    if (answer != 0x015)
        die("page state change");
}

uint64_t pvalidate(uint64_t address, uint64_t size, uint64_t validate)
{
    uint64_t result = address;
    uint8_t carry;
    __asm__ volatile(".byte 0xF2, 0x0F, 0x01, 0xFF; setc %1"
                     : "+a"(result), "=q"(carry)
                     : "c"(size), "d"(validate)
                     : "memory", "cc");
    return (uint32_t)result | (carry ? CARRY : 0);
}

uint64_t rmpadjust(uint64_t address, uint64_t size, uint64_t rdx)
{
    uint64_t result = address;
    __asm__ volatile(".byte 0xF3, 0x0F, 0x01, 0xFE"
                     : "+a"(result)
                     : "c"(size), "d"(rdx)
                     : "memory", "cc");
    return result;
}

uint64_t rmpquery(uint64_t address, uint64_t *rdx, uint64_t *rcx)
{
    uint64_t result = address;
    __asm__ volatile(".byte 0xF3, 0x0F, 0x01, 0xFD"
                     : "+a"(result), "+d"(*rdx), "=c"(*rcx)::"memory", "cc");
    return result;
}

/* EBX of leaf 8000001F in the CPUID page. */
uint64_t c_bit(void)
{
    const uint32_t *page = (const uint32_t *)CPUIDS;
    for (uint32_t i = 0; i < page[0]; i++) {
        const uint32_t *entry = page + (CPUID_ENTRIES + i * CPUID_SIZE) / 4;
        if (entry[0] == 0x8000001F)
            return 1ull << (entry[7] & 63);
    }
    return 0;
}

/* ---- GHCB ---- */

static volatile uint64_t *ghcb_field(unsigned offset)
{
    return (volatile uint64_t *)(GHCB + ALIAS + offset);
}

static void ghcb_put(unsigned offset, uint64_t value)
{
    *ghcb_field(offset) = value;
    *ghcb_field(GHCB_VALID + offset / 512 * 8) |= 1ull << offset / 8 % 64;
}

static void ghcb_start(void)
{
    page_state(GHCB, 2);
    for (unsigned offset = 0; offset < PAGE; offset += 8)
        *ghcb_field(offset) = 0;
    ghcb_ready = true;
}

/* Every vCPU and VMPL registers the page for itself; they take turns with it. */
static void ghcb_prepare(void)
{
    if (!ghcb_ready)
        ghcb_start();
    if (context()->registered)
        return;
    context()->registered = true;
    if (ghcb_msr_call(GHCB | 0x012) != (GHCB | 0x013))
        die("GHCB registration");
}

volatile uint64_t *ghcb_buffer(void)
{
    ghcb_prepare();
    return ghcb_field(GHCB_BUFFER);
}

void ghcb_call(struct ghcb_call *call)
{
    uint64_t none = 0;
    ghcb_call_rbx(call, &none);
}

void ghcb_call_rbx(struct ghcb_call *call, uint64_t *rbx)
{
    uint64_t saved = msr_read(MSR_GHCB);
    ghcb_prepare();
    *ghcb_field(GHCB_VALID) = *ghcb_field(GHCB_VALID + 8) = 0;
    ghcb_put(GHCB_CODE, call->code);
    ghcb_put(GHCB_INFO1, call->info1);
    ghcb_put(GHCB_INFO2, call->info2);
    ghcb_put(GHCB_RAX, call->rax);
    ghcb_put(GHCB_RBX, *rbx);
    ghcb_put(GHCB_SCRATCH, GHCB + GHCB_BUFFER);
    *(volatile uint16_t *)(GHCB + ALIAS + GHCB_VERSION) = 2;
    msr_write(MSR_GHCB, GHCB);
    vmgexit();
    call->info1 = *ghcb_field(GHCB_INFO1);
    call->info2 = *ghcb_field(GHCB_INFO2);
    call->rax = *ghcb_field(GHCB_RAX);
    *rbx = *ghcb_field(GHCB_RBX);
    msr_write(MSR_GHCB, saved);
}

uint32_t mmio_read32(uint64_t gpa)
{
    struct ghcb_call call = {MMIO_READ, gpa, 4, 0};
    ghcb_call(&call);
    return (uint32_t)*ghcb_buffer();
}

void mmio_write32(uint64_t gpa, uint32_t value)
{
    struct ghcb_call call = {MMIO_WRITE, gpa, 4, 0};
    *ghcb_buffer() = value;
    ghcb_call(&call);
}

static void port_out(uint64_t port, uint64_t width, uint64_t value)
{
    struct ghcb_call call = {IOIO, port << 16 | width, 0, value};
    ghcb_call(&call);
}

/* ---- Output ---- */

void print(const char *text)
{
    for (; *text; text++)
        port_out(COM1, IOIO_8, (uint8_t)*text);
}

void print_hex(uint64_t value)
{
    char digits[17];
    int at = 16;
    digits[at] = 0;
    do
        digits[--at] = "0123456789abcdef"[value & 15];
    while (value >>= 4);
    print(digits + at);
}

_Noreturn void finish(uint32_t code)
{
    port_out(EXIT_PORT, IOIO_32, code);
    for (;;)
        __asm__ volatile("hlt");
}

_Noreturn void die(const char *why)
{
    print("guest: ");
    print(why);
    print("\n");
    finish(2);
}

void trap_unexpected(void)
{
    const struct trap *trap = &context()->trap;
    print("guest: unexpected vector ");
    print_hex(trap->vector);
    print(" error ");
    print_hex(trap->error);
    print(" rip ");
    print_hex(trap->rip);
    print(" cr2 ");
    print_hex(trap->cr2);
    die("");
}

uint64_t failures(void)
{
    return failed;
}

void expect(const char *what, uint64_t got, uint64_t wanted)
{
    if (got == wanted)
        return;
    failed++;
    print("FAIL ");
    print(what);
    print(": got ");
    print_hex(got);
    print(", expected ");
    print_hex(wanted);
    print("\n");
}

void expect_trap(const char *what, bool trapped, uint64_t vector, uint64_t error)
{
    const struct trap *trap = &context()->trap;
    expect(what, trapped ? trap->vector << 32 | trap->error : 0, vector << 32 | error);
}

/* ---- Start ---- */

/* IST1 is #VC's: its delivery then also shows that the stack is switched. */
void start_traps(void)
{
    uint64_t base = (uint64_t)(uintptr_t)tss,
             stack = (uint64_t)(uintptr_t)(vc_stack + sizeof vc_stack);
    for (unsigned i = 0; i < GATES; i++) {
        uint64_t stub = (uint64_t)(uintptr_t)(trap_stubs + i * STUB_SIZE);
        gates[i] = (struct gate){(uint16_t)stub,         8, i == 29, 0x8E, (uint16_t)(stub >> 16),
                                 (uint32_t)(stub >> 32), 0};
    }
    uint64_t ring0 = (uint64_t)(uintptr_t)(trap_stack + sizeof trap_stack);
    for (unsigned i = 0; i < 8; i++) {
        tss[0x04 + i] = (uint8_t)(ring0 >> 8 * i);
        tss[0x24 + i] = (uint8_t)(stack >> 8 * i);
    }
    tss[0x66] = sizeof tss; /* no I/O permission map */
    gdt[3] = 0x0000890000000067 | (base & 0xFFFFFF) << 16 | (base >> 24 & 0xFF) << 56;
    gdt[4] = base >> 32;
    struct pointer gdtr = {sizeof gdt - 1, (uint64_t)(uintptr_t)gdt};
    struct pointer idtr = {sizeof gates - 1, (uint64_t)(uintptr_t)gates};
    __asm__ volatile("lgdt %0; lidt %1" ::"m"(gdtr), "m"(idtr));
    __asm__ volatile("ltr %w0" ::"r"(0x18));
    boot_context.self = &boot_context;
    msr_write(MSR_GS_BASE, (uint64_t)(uintptr_t)&boot_context);
}
