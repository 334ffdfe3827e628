/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The GHCB protocol as a guest meets it: every answer of the MSR protocol, and for the page
 * protocol the checks in their order, each call's results, and that nothing a guest can write gets
 * the host out of its bounds (ASan watches).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fake.h"
#include "host/bus.h"
#include "host/cpuid.h"
#include "host/ghcb.h"
#include "host/psc.h"

#define GHCB     0x10000ull
#define BUFFER   (GHCB + GHCB_BUFFER_OFFSET)
#define CODE     0x390u
#define INFO1    0x398u
#define INFO2    0x3A0u
#define SCRATCH  0x3A8u
#define RAX      0x1F8u
#define RBX      0x318u
#define RCX      0x308u
#define RDX      0x310u
#define ALL_ONES 0xFFFFFFFFFFFFFull

static struct vcpu *vcpu;
static uint64_t last_port, last_value;

static uint64_t test_read(struct vcpu *from, uint64_t offset, unsigned size)
{
    (void)from;
    (void)size;
    return 0x1122334455667788ull + offset;
}

static void test_write(struct vcpu *from, uint64_t offset, unsigned size, uint64_t value)
{
    (void)from;
    (void)size;
    last_port = offset;
    last_value = last_value << 8 | value;
}

static const struct bus_range ranges[] = {{0x100, 0x10, test_read, test_write}, {0}};

static int group_setup(void **state)
{
    (void)state;
    bus_add_ports(ranges);
    bus_add_mmio(ranges);
    return 0;
}

static int setup(void **state)
{
    (void)state;
    fake_reset();
    memset(&host, 0, sizeof host);
    vcpus_init(4, machine.tsc_hz);
    host_cpuid_vcpus(4);
    vcpu = &host.vcpu[0];
    vcpu_start_level(vcpu, 0, 0x3000);
    vcpu->level[0].ghcb = GHCB;
    last_port = last_value = 0;
    return 0;
}

static uint64_t msr_call(uint64_t value)
{
    vcpu->level[vcpu->vmpl].vmcb.ghcb_msr = value;
    unsigned vmpl = vcpu->vmpl;
    ghcb_exit(vcpu);
    return vcpu->level[vmpl].vmcb.ghcb_msr;
}

static uint64_t field(unsigned offset)
{
    uint64_t value;
    memcpy(&value, fake.ram + GHCB + offset, 8);
    return value;
}

static bool valid(unsigned offset)
{
    return (fake.ram[GHCB + 0x3F0 + offset / 64] >> (offset / 8 % 8) & 1) != 0;
}

static void put(unsigned offset, uint64_t value)
{
    memcpy(fake.ram + GHCB + offset, &value, 8);
    fake.ram[GHCB + 0x3F0 + offset / 64] |= (uint8_t)(1u << (offset / 8 % 8));
}

static void begin(uint64_t code, uint64_t info1, uint64_t info2)
{
    memset(fake.ram + GHCB, 0, 0x800);
    fake.ram[GHCB + 0xFFA] = 2;
    put(CODE, code);
    put(INFO1, info1);
    put(INFO2, info2);
}

static void call(void)
{
    vcpu->level[vcpu->vmpl].vmcb.ghcb_msr = GHCB;
    ghcb_exit(vcpu);
}

static void expect(uint64_t info1, uint64_t info2)
{
    assert_true(valid(INFO1) && valid(INFO2));
    assert_int_equal(field(INFO1), info1);
    assert_int_equal(field(INFO2), info2);
}

static void stop_body(void *code)
{
    (void)msr_call(*(uint64_t *)code);
}

static void test_msr_answers(void **state)
{
    (void)state;
    assert_int_equal(msr_call(0), 0);
    assert_int_equal(msr_call(0x002), 2ull << 48 | 1ull << 32 | 47u << 24 | 1);
    assert_int_equal(msr_call(0x010), ALL_ONES << 12 | 0x011);
    assert_int_equal(msr_call(0x080), 0x33ull << 12 | 0x081);
    assert_int_equal(msr_call(0x8000001Full << 32 | 0x004), 0x8000001Full << 32 | 0x005);
    assert_int_equal(msr_call(0x8000001Full << 32 | 1u << 30 | 0x004),
                     0x11111111ull << 32 | 1u << 30 | 0x005);
    assert_int_equal(msr_call(0x006), 0x007);
    assert_int_equal(vcpu->state, VCPU_HELD_MSR);
}

static void test_msr_register(void **state)
{
    (void)state;
    assert_int_equal(msr_call(0x20012), 0x20013);
    assert_int_equal(vcpu->level[0].ghcb, 0x20000);
    fake.page[0x21].assigned = true;
    assert_int_equal(msr_call(0x21012), ALL_ONES << 12 | 0x013);
    assert_int_equal(msr_call(0xFFFFFFF000 | 0x012), ALL_ONES << 12 | 0x013);
    assert_int_equal(vcpu->level[0].ghcb, 0x20000);
}

static void test_msr_page_state(void **state)
{
    (void)state;
    assert_int_equal(msr_call(1ull << 52 | 0x30014), 0x015);
    assert_true(fake.page[0x30].assigned);
    assert_int_equal(msr_call(1ull << 52 | 0x30014), 0x015);
    assert_int_equal(fake.assigns, 1); /* already private: left alone */
    assert_int_equal(msr_call(2ull << 52 | 0x30014), 0x015);
    assert_false(fake.page[0x30].assigned);
    assert_int_equal(msr_call(3ull << 52 | 0x30014), 1ull << 32 | 0x015);
    assert_int_equal(msr_call(0ull << 52 | 0x30014), 1ull << 32 | 0x015);
    assert_int_equal(msr_call(1ull << 52 | FAKE_PAGES << 12 | 0x014), 1ull << 32 | 0x015);
}

static void test_msr_run_vmpl(void **state)
{
    (void)state;
    assert_int_equal(msr_call(2ull << 32 | 0x016), 1ull << 32 | 0x017);
    assert_int_equal(msr_call(4ull << 32 | 0x016), 1ull << 32 | 0x017);
    assert_int_equal(vcpu->vmpl, 0);
    vcpu->level[2].waiting_vmsa = 0x5000;
    assert_int_equal(msr_call(2ull << 32 | 0x016), 0x017);
    assert_int_equal(vcpu->vmpl, 2);
    assert_int_equal(vcpu->level[2].vmcb.vmsa, 0x5000);
    assert_int_equal(vcpu->level[2].ghcb, GHCB_NONE);
    assert_int_equal(msr_call(0x016), 0x017);
    assert_int_equal(vcpu->vmpl, 0);
    assert_int_equal(vcpu->level[0].ghcb, GHCB);
    assert_int_equal(vcpu->level[0].vmcb.ghcb_msr, 0x017);
}

static void test_msr_stops(void **state)
{
    uint64_t terminate = 0x100 | 1u << 12 | 2u << 16;
    uint64_t unknown = 0x0FF;
    (void)state;
    assert_true(fake_stops(stop_body, &terminate));
    assert_int_equal(fake.status, MACHINE_TERMINATED);
    assert_non_null(strstr(fake.text, "set 1 code 2 (PVALIDATE failed)"));
    assert_true(fake_stops(stop_body, &unknown));
    assert_int_equal(fake.status, MACHINE_SHUTDOWN);
}

static void test_page_registration(void **state)
{
    uint64_t other = 0x20000;
    uint64_t mine = GHCB;
    (void)state;
    assert_true(fake_stops(stop_body, &other));
    assert_non_null(strstr(fake.text, "not registered"));
    fake.page[GHCB / PAGE_SIZE].assigned = true;
    assert_true(fake_stops(stop_body, &mine));
    assert_non_null(strstr(fake.text, "not a shared page"));
}

static void test_page_checks(void **state)
{
    (void)state;
    begin(0x8000FFFD, 0, 0);
    call();
    expect(0, 0x33);
    begin(0x8000FFFD, 0, 0);
    fake.ram[GHCB + 0xFFC] = 1; /* usage */
    call();
    fake.ram[GHCB + 0xFFC] = 0;
    expect(2, 2);
    begin(0x8000FFFD, 0, 0);
    fake.ram[GHCB + 0xFFA] = 3; /* version */
    call();
    expect(2, 5);
    begin(0x12345, 0, 0);
    call();
    expect(2, 6);
    begin(0x8000FFFD, 0, 0);
    fake.ram[GHCB + 0x3F0 + 14] &= (uint8_t) ~(1u << 4); /* INFO2 is not valid */
    call();
    expect(2, 4);
    begin(0x72, 0, 0); /* CPUID without RAX and RCX */
    call();
    expect(2, 4);
}

static void test_cpuid(void **state)
{
    (void)state;
    begin(0x72, 0, 0);
    put(RAX, 0xB);
    put(RCX, 1);
    call();
    expect(0, 0);
    assert_true(valid(RAX) && valid(RBX) && valid(RCX) && valid(RDX));
    assert_int_equal(field(RAX), 2); /* 4 vCPUs: two bits */
    assert_int_equal(field(RBX), 4);
    begin(0x72, 0, 0);
    put(RAX, 0xD);
    put(RCX, 0);
    call();
    expect(2, 4); /* XCR0 missing */
}

static void test_msr_event(void **state)
{
    (void)state;
    begin(0x7C, 0, 0);
    put(RCX, 0xC0010010);
    call();
    expect(0, 0);
    assert_int_equal(field(RAX), 1u << 23);
    begin(0x7C, 0, 0);
    put(RCX, 0xDEAD);
    call();
    expect(1, 0x80000B0D);
    begin(0x7C, 1, 0);
    put(RCX, 0x1B);
    call();
    expect(2, 4); /* a write needs RAX and RDX */
    put(CODE, 0x7C);
    put(INFO1, 1);
    put(INFO2, 0);
    put(RCX, 0x1B);
    put(RAX, 0xFEE00D00);
    put(RDX, 0);
    call();
    expect(0, 0);
    assert_int_equal(host.apic[0].base, 0xFEE00D00);
}

static void test_ports(void **state)
{
    (void)state;
    begin(0x7B, 0x102ull << 16 | 0x11, 0); /* in al */
    put(RAX, 0);
    call();
    expect(0, 0);
    assert_int_equal(field(RAX), 0x8A);
    begin(0x7B, 0x103ull << 16 | 0x40, 0); /* out eax */
    put(RAX, 0xFFFFFFFF12345678);
    call();
    assert_int_equal(last_port, 3);
    assert_int_equal(last_value, 0x12345678);
    begin(0x7B, 0x104ull << 16 | 0x10, 0); /* out without RAX */
    call();
    expect(2, 4);
    begin(0x7B, 0x104ull << 16 | 0x30, 0); /* two sizes */
    call();
    expect(2, 5);
    begin(0x7B, 1ull << 32 | 0x11, 0);
    call();
    expect(2, 5);
    begin(0x7B, 0x9999ull << 16 | 0x21, 0); /* nothing there */
    call();
    assert_int_equal(field(RAX), 0xFFFF);
}

static void test_string_io(void **state)
{
    (void)state;
    begin(0x7B, 0x101ull << 16 | 0x14, 3); /* outsb of 3 */
    put(SCRATCH, BUFFER);
    memcpy(fake.ram + BUFFER, "\1\2\3", 3);
    call();
    expect(0, 0);
    assert_int_equal(last_value, 0x010203);
    begin(0x7B, 0x101ull << 16 | 0x25, 2); /* insw of 2 */
    put(SCRATCH, BUFFER + 4);
    call();
    assert_memory_equal(fake.ram + BUFFER + 4, "\x89\x77\x89\x77", 4);
    begin(0x7B, 0x101ull << 16 | 0x15, 2033);
    put(SCRATCH, BUFFER);
    call();
    expect(2, 5);
    begin(0x7B, 0x101ull << 16 | 0x45, 509);
    put(SCRATCH, BUFFER);
    call();
    expect(2, 3);
    begin(0x7B, 0x101ull << 16 | 0x15, 1);
    call();
    expect(2, 4);
}

static void test_scratch(void **state)
{
    static const uint64_t bad[] = {0,    BUFFER - 1, BUFFER + 2032, BUFFER + 2025,
                                   GHCB, 0x20800,    UINT64_MAX};
    (void)state;
    for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        begin(0x80000001, 0x100, 8);
        put(SCRATCH, bad[i]);
        call();
        expect(2, 3);
    }
    begin(0x80000001, 0x100, 8);
    put(SCRATCH, BUFFER + 2024);
    call();
    expect(0, 0);
}

static void test_mmio(void **state)
{
    uint64_t value = 0xAABB;
    (void)state;
    begin(0x80000001, 0x108, 4);
    put(SCRATCH, BUFFER);
    call();
    expect(0, 0);
    assert_memory_equal(fake.ram + BUFFER, "\x90\x77\x66\x55", 4);
    begin(0x80000002, 0x104, 2);
    put(SCRATCH, BUFFER);
    memcpy(fake.ram + BUFFER, &value, 8);
    call();
    assert_int_equal(last_value, 0xAABB);
    begin(0x80000002, 0x104, 3);
    put(SCRATCH, BUFFER);
    call();
    expect(2, 5);
    begin(0x80000001, 0x10E, 4); /* runs over the device's end: nobody answers */
    put(SCRATCH, BUFFER);
    call();
    assert_memory_equal(fake.ram + BUFFER, "\xFF\xFF\xFF\xFF", 4);
}

static void psc(const uint64_t *words, unsigned count)
{
    begin(0x80000010, 0, 0);
    put(SCRATCH, BUFFER);
    memcpy(fake.ram + BUFFER, words, count * 8u);
    call();
}

static uint64_t psc_word(unsigned index)
{
    uint64_t value;
    memcpy(&value, fake.ram + BUFFER + index * 8u, 8);
    return value;
}

static void test_psc_list(void **state)
{
    const uint64_t list[] = {2ull << 16, 1ull << 52 | 0x40000, 1ull << 52 | 0x41000,
                             2ull << 52 | 0x40000};
    (void)state;
    psc(list, 4);
    expect(0, 0);
    assert_int_equal(psc_word(0), 2ull << 16 | 3);
    assert_int_equal(psc_word(1), list[1] | 1);
    assert_false(fake.page[0x40].assigned);
    assert_true(fake.page[0x41].assigned);
}

static void test_psc_large(void **state)
{
    const uint64_t large = 1ull << 56;
    const uint64_t list[] = {0, large | 1ull << 52 | 0x200000};
    const uint64_t back[] = {0, 2ull << 52 | 0x201000};
    const uint64_t some[] = {0, large | 1ull << 52 | 0x400000 | 510};
    (void)state;
    fake.mapped_large = true;
    psc(list, 2);
    assert_int_equal(psc_word(1), list[1] | 512);
    assert_true(fake.page[0x200].large);
    assert_int_equal(fake.assigns, 1);
    psc(back, 2); /* a small piece of it: smashed first */
    expect(0, 0);
    assert_int_equal(fake.smashes, 1);
    assert_false(fake.page[0x201].assigned);
    assert_true(fake.page[0x202].assigned);
    psc(some, 2); /* 510 were done before */
    assert_false(fake.page[0x400].assigned);
    assert_true(fake.page[0x5FE].assigned && fake.page[0x5FF].assigned);
    assert_false(fake.page[0x5FE].large);
}

static void test_psc_bad(void **state)
{
    const uint64_t entry = 1ull << 52 | 0x40000;
    const uint64_t cases[][3] = {
        {253ull << 16, 0, 0x100000001},
        {1ull << 32, 0, 0x100000001},
        {0, 1ull << 57 | entry, 0x100000002},
        {0, 0x40000, 0x100000002},
        {0, 5ull << 52 | 0x40000, 0x100000002},
        {0, 1ull << 56 | entry, 0x100000002},
        {0, entry | 2, 0x100000002},
        {0, 1ull << 52 | FAKE_PAGES << 12, 0x10000000000},
    };
    (void)state;
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        psc(cases[i], 2);
        expect(0, cases[i][2]);
        assert_int_equal(psc_word(0), cases[i][0]);
    }
    begin(0x80000010, 0, 0);
    put(SCRATCH, BUFFER + 8); /* 253 entries end outside the buffer from here */
    uint64_t header = 252ull << 16;
    memcpy(fake.ram + BUFFER + 8, &header, 8);
    call();
    expect(0, 0x100000001);
}

static void create(uint64_t info1, uint64_t vmsa, uint64_t features)
{
    begin(0x80000013, info1, vmsa);
    put(RAX, features);
    call();
}

static void test_ap_create(void **state)
{
    struct vcpu *target = &host.vcpu[2];
    (void)state;
    create(2ull << 32 | 1, 0x7000, 1);
    expect(0, 0);
    assert_int_equal(fake.kicks[2], 1);
    vcpu_take_events(target);
    assert_int_equal(target->state, VCPU_RUNNING);
    assert_int_equal(target->vmpl, 0);
    assert_int_equal(target->level[0].vmcb.vmsa, 0x7000);
    assert_true(target->level[0].vmcb.irq_masked);
    create(2ull << 32 | 2u << 16 | 1, 0x8000, 1);
    vcpu_take_events(target);
    assert_int_equal(target->vmpl, 2);
    assert_int_equal(target->level[0].vmcb.vmsa, 0x7000);
    assert_int_equal(vcpu_interrupt_level(target), 2);
    create(2ull << 32 | 2u << 16 | 2, 0, 1);
    vcpu_take_events(target);
    assert_int_equal(target->state, VCPU_STOPPED);
    create(0ull << 32 | 2u << 16 | 0, 0x9000, 1); /* on INIT, the caller's own vCPU */
    assert_int_equal(vcpu->level[2].waiting_vmsa, 0x9000);
    assert_int_equal(vcpu->vmpl, 0);
}

static void test_ap_create_bad(void **state)
{
    (void)state;
    create(9ull << 32 | 1, 0x7000, 1); /* no such APIC ID */
    expect(2, 5);
    create(1ull << 32 | 4u << 16 | 1, 0x7000, 1);
    expect(2, 5);
    create(1ull << 32 | 3, 0x7000, 1);
    expect(2, 5);
    create(1ull << 32 | 1, 0x7008, 1);
    expect(2, 5);
    create(1ull << 32 | 1, 0x200000, 1); /* 2 MiB boundary */
    expect(2, 5);
    create(1ull << 32 | 1, FAKE_PAGES << 12, 1);
    expect(2, 5);
    create(1ull << 32 | 1, 0x7000, 1);
    expect(0, 0);
    create(1ull << 32 | 1, 0x7000, 9); /* other features than before */
    expect(2, 5);
    begin(0x80000013, 1ull << 32 | 1, 0x7000);
    call();
    expect(2, 4);
}

static void test_run_vmpl_page(void **state)
{
    (void)state;
    begin(0x80000018, 2, 0);
    call();
    expect(2, 0);
    begin(0x80000018, 1ull << 32, 0);
    call();
    expect(2, 0);
    vcpu->level[2].waiting_vmsa = 0x5000;
    begin(0x80000018, 2, 0);
    call();
    expect(0, 0);
    assert_int_equal(vcpu->vmpl, 2);
}

static void test_hold_and_wake(void **state)
{
    (void)state;
    begin(0x80000004, 0, 0);
    call();
    expect(0, 0);
    assert_int_equal(vcpu->state, VCPU_HELD_PAGE);
    atomic_store(&vcpu->apic->events, APIC_EVENT_STARTUP | 0x900);
    vcpu_take_events(vcpu);
    assert_int_equal(vcpu->state, VCPU_RUNNING);
    assert_int_equal(field(INFO2), 1);
    (void)msr_call(0x006);
    atomic_store(&vcpu->apic->events, APIC_EVENT_STARTUP);
    vcpu_take_events(vcpu);
    assert_int_equal(vcpu->level[0].vmcb.ghcb_msr, 0x1007);
}

static void test_apic_ids(void **state)
{
    const uint32_t list[] = {4, 0, 1, 2, 3};
    (void)state;
    begin(0x80000017, 0x20000, 0);
    put(RAX, 0);
    call();
    expect(0, 0);
    assert_int_equal(field(RAX), 1);
    begin(0x80000017, 0x20000, 0);
    put(RAX, 1);
    call();
    expect(0, 0);
    assert_memory_equal(fake.ram + 0x20000, list, sizeof list);
    fake.page[0x20].assigned = true;
    begin(0x80000017, 0x20000, 0);
    put(RAX, 1);
    call();
    expect(2, 5);
}

static void test_ipi(void **state)
{
    (void)state;
    begin(0x80000015, 3ull << 32 | 0x4091, 0);
    call();
    expect(0, 0);
    assert_int_equal(atomic_load(&host.apic[3].irr[4]), 1u << 17);
}

static void test_kvm_clock(void **state)
{
    uint32_t words[8];
    (void)state;
    begin(0x7C, 1, 0);
    put(RCX, 0x4B564D01);
    put(RAX, 0x20001);
    put(RDX, 0);
    call();
    expect(0, 0);
    memcpy(words, fake.ram + 0x20000, sizeof words);
    fake.page[0x20].assigned = true;
    begin(0x7C, 1, 0);
    put(RCX, 0x4B564D01);
    put(RAX, 0x20001);
    put(RDX, 0);
    call();
    expect(1, 0x80000B0D);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_msr_answers, setup),
        cmocka_unit_test_setup(test_msr_register, setup),
        cmocka_unit_test_setup(test_msr_page_state, setup),
        cmocka_unit_test_setup(test_msr_run_vmpl, setup),
        cmocka_unit_test_setup(test_msr_stops, setup),
        cmocka_unit_test_setup(test_page_registration, setup),
        cmocka_unit_test_setup(test_page_checks, setup),
        cmocka_unit_test_setup(test_cpuid, setup),
        cmocka_unit_test_setup(test_msr_event, setup),
        cmocka_unit_test_setup(test_ports, setup),
        cmocka_unit_test_setup(test_string_io, setup),
        cmocka_unit_test_setup(test_scratch, setup),
        cmocka_unit_test_setup(test_mmio, setup),
        cmocka_unit_test_setup(test_psc_list, setup),
        cmocka_unit_test_setup(test_psc_large, setup),
        cmocka_unit_test_setup(test_psc_bad, setup),
        cmocka_unit_test_setup(test_ap_create, setup),
        cmocka_unit_test_setup(test_ap_create_bad, setup),
        cmocka_unit_test_setup(test_run_vmpl_page, setup),
        cmocka_unit_test_setup(test_hold_and_wake, setup),
        cmocka_unit_test_setup(test_apic_ids, setup),
        cmocka_unit_test_setup(test_ipi, setup),
        cmocka_unit_test_setup(test_kvm_clock, setup),
    };
    return cmocka_run_group_tests(tests, group_setup, NULL);
}
