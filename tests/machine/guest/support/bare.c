/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The bare guest's start, and its words with the host. The builder's page tables map 4 GiB one to
 * one in their second page's first four entries; the fifth becomes a table of ours, without the
 * C-bit.
 */
#include "bare.h"
#include "layout.h"

#include <svsm/digits.h>

#define CMDLINE     UINT64_C(0x11000)
#define MSR_GHCB    0xc0010130u
#define MSR_GS_BASE 0xc0000101u
#define TABLE_BITS  UINT64_C(0x003)
#define LEAF_BITS   UINT64_C(0x083)
#define ADDRESS     UINT64_C(0x00000000fffff000)
#define COM1        UINT64_C(0x3f8)
#define EXIT_PORT   UINT64_C(0xf4)
#define MARK_PORT   UINT64_C(0x2e0)
#define IOIO        UINT64_C(0x7b)
#define RUN_VMPL    UINT64_C(0x80000018)
#define IOIO_8      UINT64_C(0x10)
#define IOIO_32     UINT64_C(0x40)
#define GATES       32u
#define TERMINATE   UINT64_C(0xe100) /* reason set 14: no GHCB yet to say more */

void guest_start(void);
uint64_t host_switch(bool by_page);
void processor_begin(unsigned number, uint64_t area);
void trap(uint64_t vector, uint64_t error_or_rip, uint64_t rip);

extern const uint8_t trap_stubs[];

static struct gate gates[GATES];
static uint64_t shared_directory[512] __attribute__((aligned(4096)));
static uint8_t ghcbs[PROCESSORS][PAGE] __attribute__((aligned(4096)));
static uint64_t areas[PROCESSORS];
static bool ready[PROCESSORS]; /* its GHCB is */
static bool named[PROCESSORS]; /* the GHCB MSR holds the GHCB's address */

static uint64_t msr_read(uint32_t msr)
{
    uint32_t low, high;

    __asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr));
    return (uint64_t)high << 32 | low;
}

static void msr_write(uint32_t msr, uint64_t value)
{
    __asm__ volatile("wrmsr" ::"c"(msr), "a"((uint32_t)value), "d"((uint32_t)(value >> 32))
                     : "memory");
}

uint64_t host_msr(uint64_t request)
{
    named[this_processor()] = request % PAGE == 0;
    msr_write(MSR_GHCB, request);
    __asm__ volatile("rep; vmmcall" ::: "memory");
    return msr_read(MSR_GHCB);
}

unsigned this_processor(void)
{
    return (unsigned)msr_read(MSR_GS_BASE);
}

volatile uint8_t *calling_area(void)
{
    return (volatile uint8_t *)areas[this_processor()];
}

void set_calling_area(uint64_t gpa)
{
    areas[this_processor()] = gpa;
}

static volatile uint64_t *field(unsigned offset)
{
    return (volatile uint64_t *)((uint64_t)ghcbs[this_processor()] + SHARED + offset);
}

static void put(unsigned offset, uint64_t value)
{
    *field(offset) = value;
    *field(GHCB_VALID + offset / 512 * 8) |= UINT64_C(1) << offset / 8 % 64;
}

static void fill_ghcb(uint64_t code, uint64_t info1, uint64_t info2)
{
    *field(GHCB_VALID) = 0;
    *field(GHCB_VALID + 8) = 0;
    put(GHCB_CODE, code);
    put(GHCB_INFO1, info1);
    put(GHCB_INFO2, info2);
    *(volatile uint16_t *)field(GHCB_VERSION) = 2;
    *(volatile uint32_t *)field(GHCB_USAGE) = 0;
}

uint64_t host_call(uint64_t code, uint64_t info1, uint64_t info2, uint64_t rax)
{
    fill_ghcb(code, info1, info2);
    put(GHCB_RAX, rax);
    host_msr((uint64_t)ghcbs[this_processor()]);
    return *field(GHCB_INFO1);
}

/* The MSR protocol's request, or with a page what the MSR must hold before VMGEXIT; 0: it does. */
uint64_t host_switch(bool by_page)
{
    unsigned processor = this_processor();
    bool known = named[processor];

    named[processor] = by_page && ready[processor];
    if (!named[processor])
        return RUN_VMPL0;
    fill_ghcb(RUN_VMPL, 0, 0);
    return known ? 0 : (uint64_t)ghcbs[processor];
}

static void port_write(uint64_t port, uint64_t width, uint64_t value)
{
    if (ready[this_processor()])
        host_call(IOIO, port << 16 | width, 0, value);
}

void mark(uint32_t number)
{
    port_write(MARK_PORT, IOIO_32, number);
}

void print(const char *text)
{
    for (; *text != 0; text++)
        port_write(COM1, IOIO_8, (uint8_t)*text);
}

void print_number(uint64_t number)
{
    char text[DIGITS_DECIMAL];

    print(digits_decimal(text, number));
}

void print_hex(uint64_t number)
{
    char digits[17];
    int at = 16;

    digits[at] = 0;
    do
        digits[--at] = "0123456789abcdef"[number & 15];
    while ((number >>= 4) != 0);
    print(digits + at);
}

void guest_end(int failed)
{
    print(failed != 0 ? "guest: failed\n" : "guest: passed\n");
    while (ready[this_processor()])
        port_write(EXIT_PORT, IOIO_32, failed != 0 ? 2 : 1);
    for (;;)
        host_msr(TERMINATE);
}

void expect(bool holds, const char *what)
{
    if (holds)
        return;
    print("guest: not so: ");
    print(what);
    print("\n");
    guest_end(1);
}

void expect_equal(uint64_t is, uint64_t wanted, const char *what)
{
    if (is == wanted)
        return;
    print("guest: not so: ");
    print(what);
    print(": ");
    print_hex(is);
    print(" instead of ");
    print_hex(wanted);
    print("\n");
    guest_end(1);
}

bool same_text(const char *a, const char *b)
{
    while (*a != 0 && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

void trap(uint64_t vector, uint64_t error_or_rip, uint64_t rip)
{
    print("guest: exception ");
    print_number(vector);
    print(" ");
    print_hex(error_or_rip);
    print(" ");
    print_hex(rip);
    print("\n");
    guest_end(1);
}

static void load_traps(void)
{
    const struct pointer idt = {sizeof(gates) - 1, (uint64_t)gates};

    for (unsigned i = 0; i < GATES; i++) {
        uint64_t target = (uint64_t)trap_stubs + i * 32;

        gates[i] = (struct gate){(uint16_t)target,         0x10, 0, 0x8e, (uint16_t)(target >> 16),
                                 (uint32_t)(target >> 32), 0};
    }
    __asm__ volatile("lidt %0" ::"m"(idt));
}

/* All of the first GiB once more, without the C-bit; what memory lies from 4 GiB on, with it. */
static void map_more(void)
{
    uint64_t cr3;
    uint64_t *level3;
    uint64_t private_bit;

    __asm__ volatile("mov %%cr3, %0" : "=r"(cr3));
    private_bit = cr3 & ~ADDRESS;
    level3 = (uint64_t *)(*(uint64_t *)(cr3 & ADDRESS) & ADDRESS);
    for (uint64_t i = 0; i < 512; i++)
        shared_directory[i] = i * LARGE | LEAF_BITS;
    level3[SHARED >> 30] = (uint64_t)shared_directory | private_bit | TABLE_BITS;
    level3[HIGH_VIEW >> 30] = HIGH | private_bit | LEAF_BITS;
    __asm__ volatile("mov %0, %%cr3" ::"r"(cr3) : "memory");
}

static void prepare_ghcb(void)
{
    uint64_t gpa = (uint64_t)ghcbs[this_processor()];

    share(gpa);
    expect_equal(host_msr(gpa | 0x012), gpa | 0x013, "a GHCB");
    ready[this_processor()] = true;
}

void processor_begin(unsigned number, uint64_t area)
{
    msr_write(MSR_GS_BASE, number);
    load_traps();
    set_calling_area(area);
    if (!ready[number])
        prepare_ghcb();
    else
        host_msr((uint64_t)ghcbs[number] | 0x012);
}

void guest_start(void)
{
    map_more();
    processor_begin(0, ((const struct secrets *)SECRETS)->calling_area);
    guest_end(guest_main((const char *)CMDLINE));
}
