/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The GHCB protocol as a guest meets it: every answer of the MSR protocol, and for the page
 * protocol the checks in their order, each call's results, and that nothing a guest can write gets
 * the host out of its bounds (ASan watches).
 */
#include "ghcb_guest.h"

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
    *fake_ram(GHCB + 0xFFC) = 1; /* usage */
    call();
    *fake_ram(GHCB + 0xFFC) = 0;
    expect(2, 2);
    begin(0x8000FFFD, 0, 0);
    *fake_ram(GHCB + 0xFFA) = 3; /* version */
    call();
    expect(2, 5);
    begin(0x12345, 0, 0);
    call();
    expect(2, 6);
    begin(0x8000FFFD, 0, 0);
    *fake_ram(GHCB + 0x3F0 + 14) &= (uint8_t) ~(1u << 4); /* INFO2 is not valid */
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
    memcpy(fake_ram(BUFFER), "\1\2\3", 3);
    call();
    expect(0, 0);
    assert_int_equal(last_value, 0x010203);
    begin(0x7B, 0x101ull << 16 | 0x25, 2); /* insw of 2 */
    put(SCRATCH, BUFFER + 4);
    call();
    assert_memory_equal(fake_ram(BUFFER + 4), "\x89\x77\x89\x77", 4);
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
    assert_memory_equal(fake_ram(BUFFER), "\x90\x77\x66\x55", 4);
    begin(0x80000002, 0x104, 2);
    put(SCRATCH, BUFFER);
    memcpy(fake_ram(BUFFER), &value, 8);
    call();
    assert_int_equal(last_value, 0xAABB);
    begin(0x80000002, 0x104, 3);
    put(SCRATCH, BUFFER);
    call();
    expect(2, 5);
    begin(0x80000001, 0x10E, 4); /* runs over the device's end: nobody answers */
    put(SCRATCH, BUFFER);
    call();
    assert_memory_equal(fake_ram(BUFFER), "\xFF\xFF\xFF\xFF", 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_msr_answers, ghcb_guest_setup),
        cmocka_unit_test_setup(test_msr_register, ghcb_guest_setup),
        cmocka_unit_test_setup(test_msr_page_state, ghcb_guest_setup),
        cmocka_unit_test_setup(test_msr_run_vmpl, ghcb_guest_setup),
        cmocka_unit_test_setup(test_msr_stops, ghcb_guest_setup),
        cmocka_unit_test_setup(test_page_registration, ghcb_guest_setup),
        cmocka_unit_test_setup(test_page_checks, ghcb_guest_setup),
        cmocka_unit_test_setup(test_cpuid, ghcb_guest_setup),
        cmocka_unit_test_setup(test_msr_event, ghcb_guest_setup),
        cmocka_unit_test_setup(test_ports, ghcb_guest_setup),
        cmocka_unit_test_setup(test_string_io, ghcb_guest_setup),
        cmocka_unit_test_setup(test_scratch, ghcb_guest_setup),
        cmocka_unit_test_setup(test_mmio, ghcb_guest_setup),
    };
    return cmocka_run_group_tests(tests, ghcb_guest_group, NULL);
}
