/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The loop of a vCPU, one round at a time, with a scripted guest: which interrupts are injected,
 * when and into which VMPL, what wakes a halted vCPU, what becomes of interrupted deliveries, and
 * how faults and exits that end the machine are named.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fake.h"
#include "host/ghcb.h"
#include "host/psc.h"

#define VECTOR  0x51u
#define VMSA_0  0x20000u
#define VMSA_2  0x21000u
#define EVENT   (HW_EVENT_VALID | HW_EVENT_INTR | VECTOR)
#define ENABLED 0x1FFu

static struct vcpu *vcpu;

/* What the next entry does, and what it was given. */
static struct {
    uint64_t exit, info1, info2, int_info;
    bool masked, shadow;
    uint64_t injected, vmsa;
    bool window;
    unsigned entries;
} guest;

static void run(struct hw_vmcb *vmcb)
{
    guest.entries++;
    guest.vmsa = vmcb->vmsa;
    guest.injected = vmcb->event_inj;
    guest.window = vmcb->want_window;
    vmcb->event_inj = 0;
    vmcb->exit_code = guest.exit;
    vmcb->exit_info1 = guest.info1;
    vmcb->exit_info2 = guest.info2;
    vmcb->exit_int_info = guest.int_info;
    vmcb->irq_masked = guest.masked;
    vmcb->irq_shadow = guest.shadow;
}

static int setup(void **state)
{
    (void)state;
    fake_reset();
    memset(&host, 0, sizeof host);
    memset(&guest, 0, sizeof guest);
    vcpus_init(2, machine.tsc_hz);
    vcpu = &host.vcpu[0];
    (void)apic_mmio_write(vcpu->apic, APIC_SPURIOUS * 16, 0, ENABLED);
    vcpu_start_level(vcpu, 0, VMSA_0);
    fake.run = run;
    guest.exit = HW_EXIT_INTR;
    return 0;
}

static void test_injection(void **state)
{
    (void)state;
    apic_accept(vcpu->apic, VECTOR, false);
    vcpu_step(vcpu); /* a fresh VMSA: not known to be open, so first the window */
    assert_int_equal(guest.injected, 0);
    assert_true(guest.window);
    vcpu_step(vcpu);
    assert_int_equal(guest.injected, EVENT);
    assert_false(guest.window);
    assert_int_equal(apic_pending(vcpu->apic), -1);
    vcpu_step(vcpu);
    assert_int_equal(guest.injected, 0);
}

static void test_masked_and_shadow(void **state)
{
    (void)state;
    guest.masked = true;
    apic_accept(vcpu->apic, VECTOR, false);
    vcpu_step(vcpu);
    vcpu_step(vcpu);
    assert_true(guest.window && guest.injected == 0);
    guest.masked = false;
    guest.shadow = true;
    vcpu_step(vcpu);
    vcpu_step(vcpu);
    assert_true(guest.window && guest.injected == 0);
    guest.shadow = false;
    vcpu_step(vcpu);
    vcpu_step(vcpu);
    assert_int_equal(guest.injected, EVENT);
}

static void test_interrupted_delivery(void **state)
{
    (void)state;
    guest.int_info = EVENT;
    vcpu_step(vcpu);
    guest.int_info = 0;
    vcpu_step(vcpu);
    assert_int_equal(guest.injected, EVENT);
    vcpu_step(vcpu);
    assert_int_equal(guest.injected, 0);
}

/* Interrupts are the business of the least privileged VMPL; the others never see them. */
static void test_levels(void **state)
{
    (void)state;
    vcpu_start_level(vcpu, 2, VMSA_2);
    assert_true(vcpu_switch_level(vcpu, 0));
    vcpu_step(vcpu);
    apic_accept(vcpu->apic, VECTOR, false);
    vcpu_step(vcpu);
    assert_int_equal(guest.vmsa, VMSA_0);
    assert_true(guest.injected == 0 && !guest.window);
    assert_true(vcpu_switch_level(vcpu, 2));
    vcpu_step(vcpu);
    vcpu_step(vcpu);
    assert_int_equal(guest.vmsa, VMSA_2);
    assert_int_equal(guest.injected, EVENT);
}

static void test_halt_and_wake(void **state)
{
    (void)state;
    guest.exit = HW_EXIT_HLT;
    vcpu_step(vcpu);
    assert_int_equal(vcpu->state, VCPU_HALTED);
    vcpu_step(vcpu);
    assert_int_equal(fake.idles, 1);
    assert_int_equal(guest.entries, 1);
    apic_accept(vcpu->apic, VECTOR, false);
    guest.masked = true; /* it halts again, interrupts off: only an NMI ends that */
    vcpu_step(vcpu);
    assert_int_equal(guest.entries, 2);
    assert_int_equal(guest.injected, EVENT);
    (void)apic_mmio_write(vcpu->apic, APIC_EOI * 16, 0, 0);
    apic_accept(vcpu->apic, VECTOR, false);
    unsigned entries = guest.entries;
    vcpu_step(vcpu);
    assert_int_equal(guest.entries, entries);
    atomic_fetch_or(&vcpu->apic->events, APIC_EVENT_NMI);
    vcpu_step(vcpu);
    assert_int_equal(guest.injected, HW_EVENT_VALID | HW_EVENT_NMI | 2);
}

static void test_timer(void **state)
{
    (void)state;
    (void)apic_mmio_write(vcpu->apic, APIC_LVT_TIMER * 16, 0, 0x40000 | VECTOR);
    apic_deadline_write(vcpu->apic, 0, 5000);
    vcpu_step(vcpu);
    assert_int_equal(fake.timer, 5000);
    fake.timer = 1;
    fake.now = 4999;
    vcpu_step(vcpu); /* it was early: set again */
    assert_int_equal(fake.timer, 5000);
    fake.now = 5000;
    vcpu_step(vcpu);
    assert_int_equal(guest.injected, EVENT);
}

static void test_stopped(void **state)
{
    (void)state;
    vcpu_step(&host.vcpu[1]);
    assert_int_equal(guest.entries, 0);
    assert_int_equal(fake.idles, 1);
    vcpu_post_start(&host.vcpu[1], 0, (struct start_request){START_NOW, VMSA_2});
    vcpu_step(&host.vcpu[1]);
    assert_int_equal(guest.vmsa, VMSA_2);
}

static void step(void *unused)
{
    (void)unused;
    vcpu_step(vcpu);
}

static void expect_stop(uint64_t exit, enum machine_status status, const char *text)
{
    guest.exit = exit;
    assert_true(fake_stops(step, NULL));
    assert_int_equal(fake.status, status);
    assert_non_null(strstr(fake.text, text));
}

static void test_ends(void **state)
{
    (void)state;
    expect_stop(HW_EXIT_SHUTDOWN, MACHINE_SHUTDOWN, "triple fault");
    expect_stop(HW_EXIT_INVALID, MACHINE_SHUTDOWN, "refuses its VMSA (spa 20000)");
    expect_stop(HW_EXIT_BUSY, MACHINE_SHUTDOWN, "another vCPU");
    expect_stop(0x72, MACHINE_NOT_MODELLED, "exit 72");
    guest.info2 = 0x30000;
    guest.info1 = HW_NPF_VMPL | HW_NPF_RMP;
    expect_stop(HW_EXIT_NPF, MACHINE_RMP_FAULT, "permissions forbid the access at gpa 30000");
}

static void test_faults(void **state)
{
    (void)state;
    guest.exit = HW_EXIT_NPF;
    guest.info2 = 0xFED00010;
    guest.info1 = HW_NPF_FINAL;
    vcpu_step(vcpu);
    assert_int_equal(fake.mmio_maps, 1);
    guest.info2 = 0x30008;
    guest.info1 = HW_NPF_RMP | HW_NPF_ENC; /* private access to a shared page */
    vcpu_step(vcpu);
    assert_true(fake.page[0x30].assigned);
    guest.info1 = HW_NPF_RMP | HW_NPF_WRITE; /* shared write to a private page */
    vcpu_step(vcpu);
    assert_false(fake.page[0x30].assigned);
    (void)hw_rmp_assign(LARGE_SIZE, LARGE_SIZE, LARGE_SIZE);
    guest.info2 = LARGE_SIZE + 0x5000;
    guest.info1 = HW_NPF_RMP | HW_NPF_ENC | HW_NPF_SIZEM;
    vcpu_step(vcpu);
    assert_int_equal(fake.smashes, 1);
    (void)hw_rmp_assign(0x31000, 0x32000, PAGE_SIZE);
    guest.info2 = 0x31000;
    guest.info1 = HW_NPF_RMP | HW_NPF_ENC;
    expect_stop(HW_EXIT_NPF, MACHINE_RMP_FAULT, "belongs to another one");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_injection, setup),
        cmocka_unit_test_setup(test_masked_and_shadow, setup),
        cmocka_unit_test_setup(test_interrupted_delivery, setup),
        cmocka_unit_test_setup(test_levels, setup),
        cmocka_unit_test_setup(test_halt_and_wake, setup),
        cmocka_unit_test_setup(test_timer, setup),
        cmocka_unit_test_setup(test_stopped, setup),
        cmocka_unit_test_setup(test_ends, setup),
        cmocka_unit_test_setup(test_faults, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
