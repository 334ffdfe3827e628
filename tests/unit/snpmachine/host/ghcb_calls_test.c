/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * GHCB calls that change more than the page: page states, AP creation, VMPL switches, waiting for
 * and waking vCPUs.
 */
#include "ghcb_guest.h"

static void psc(const uint64_t *words, unsigned count)
{
    begin(0x80000010, 0, 0);
    put(SCRATCH, BUFFER);
    memcpy(fake_ram(BUFFER), words, count * 8u);
    call();
}

static uint64_t psc_word(unsigned index)
{
    uint64_t value;
    memcpy(&value, fake_ram(BUFFER + index * 8u), 8);
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
    memcpy(fake_ram(BUFFER + 8), &header, 8);
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
    create(2ull << 32 | 1, 0x17000, 1);
    expect(0, 0);
    assert_int_equal(fake.kicks[2], 1);
    vcpu_take_events(target);
    assert_int_equal(target->state, VCPU_RUNNING);
    assert_int_equal(target->vmpl, 0);
    assert_int_equal(target->level[0].vmcb.vmsa, 0x17000);
    assert_true(target->level[0].vmcb.irq_masked);
    create(2ull << 32 | 2u << 16 | 1, 0x18000, 1);
    vcpu_take_events(target);
    assert_int_equal(target->vmpl, 2);
    assert_int_equal(target->level[0].vmcb.vmsa, 0x17000);
    assert_int_equal(vcpu_interrupt_level(target), 2);
    create(2ull << 32 | 2u << 16 | 2, 0, 1);
    vcpu_take_events(target);
    assert_int_equal(target->state, VCPU_STOPPED);
    create(0ull << 32 | 2u << 16 | 0, 0x19000, 1); /* on INIT, the caller's own vCPU */
    assert_int_equal(vcpu->level[2].waiting_vmsa, 0x19000);
    assert_int_equal(vcpu->vmpl, 0);
}

static void test_ap_create_bad(void **state)
{
    (void)state;
    create(9ull << 32 | 1, 0x17000, 1); /* no such APIC ID */
    expect(2, 5);
    create(1ull << 32 | 4u << 16 | 1, 0x17000, 1);
    expect(2, 5);
    create(1ull << 32 | 3, 0x17000, 1);
    expect(2, 5);
    create(1ull << 32 | 1, 0x17008, 1);
    expect(2, 5);
    create(1ull << 32 | 1, 0x200000, 1); /* 2 MiB boundary */
    expect(2, 5);
    create(1ull << 32 | 1, FAKE_PAGES << 12, 1);
    expect(2, 5);
    create(1ull << 32 | 1, 0x17000, 1);
    expect(0, 0);
    create(1ull << 32 | 1, 0x17000, 9); /* other features than before */
    expect(2, 5);
    begin(0x80000013, 1ull << 32 | 1, 0x17000);
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
    vcpu->level[2].waiting_vmsa = 0x15000;
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
    assert_memory_equal(fake_ram(0x20000), list, sizeof list);
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
    memcpy(words, fake_ram(0x20000), sizeof words);
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
        cmocka_unit_test_setup(test_psc_list, ghcb_guest_setup),
        cmocka_unit_test_setup(test_psc_large, ghcb_guest_setup),
        cmocka_unit_test_setup(test_psc_bad, ghcb_guest_setup),
        cmocka_unit_test_setup(test_ap_create, ghcb_guest_setup),
        cmocka_unit_test_setup(test_ap_create_bad, ghcb_guest_setup),
        cmocka_unit_test_setup(test_run_vmpl_page, ghcb_guest_setup),
        cmocka_unit_test_setup(test_hold_and_wake, ghcb_guest_setup),
        cmocka_unit_test_setup(test_apic_ids, ghcb_guest_setup),
        cmocka_unit_test_setup(test_ipi, ghcb_guest_setup),
        cmocka_unit_test_setup(test_kvm_clock, ghcb_guest_setup),
    };
    return cmocka_run_group_tests(tests, ghcb_guest_group, NULL);
}
