/* SPDX-License-Identifier: BSD-2-Clause */
/* The guest's side of the GHCB; see ghcb_guest.h. */
#include "ghcb_guest.h"
#include "host/bus.h"

struct vcpu *vcpu;
uint64_t last_port, last_value;

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

int ghcb_guest_group(void **state)
{
    (void)state;
    bus_add_ports(ranges);
    bus_add_mmio(ranges);
    return 0;
}

int ghcb_guest_setup(void **state)
{
    (void)state;
    fake_reset();
    memset(&host, 0, sizeof host);
    vcpus_init(4, machine.tsc_hz);
    host_cpuid_init(4, true);
    vcpu = &host.vcpu[0];
    vcpu_start_level(vcpu, 0, 0x3000);
    vcpu->level[0].ghcb = GHCB;
    last_port = last_value = 0;
    return 0;
}

uint64_t msr_call(uint64_t value)
{
    vcpu->level[vcpu->vmpl].vmcb.ghcb_msr = value;
    unsigned vmpl = vcpu->vmpl;
    ghcb_exit(vcpu);
    return vcpu->level[vmpl].vmcb.ghcb_msr;
}

uint64_t field(unsigned offset)
{
    uint64_t value;
    memcpy(&value, fake_ram(GHCB + offset), 8);
    return value;
}

bool valid(unsigned offset)
{
    return (*fake_ram(GHCB + 0x3F0 + offset / 64) >> (offset / 8 % 8) & 1) != 0;
}

void put(unsigned offset, uint64_t value)
{
    memcpy(fake_ram(GHCB + offset), &value, 8);
    *fake_ram(GHCB + 0x3F0 + offset / 64) |= (uint8_t)(1u << (offset / 8 % 8));
}

void begin(uint64_t code, uint64_t info1, uint64_t info2)
{
    memset(fake_ram(GHCB), 0, 0x800);
    *fake_ram(GHCB + 0xFFA) = 2;
    put(CODE, code);
    put(INFO1, info1);
    put(INFO2, info2);
}

void call(void)
{
    vcpu->level[vcpu->vmpl].vmcb.ghcb_msr = GHCB;
    ghcb_exit(vcpu);
}

void expect(uint64_t info1, uint64_t info2)
{
    assert_true(valid(INFO1) && valid(INFO2));
    assert_int_equal(field(INFO1), info1);
    assert_int_equal(field(INFO2), info2);
}
