/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * GHCB calls that stand for an instruction (CPUID, MSRs, time stamp, debug registers, hypercalls)
 * and the calls about the protocol itself (features, termination, unsupported events).
 */
#include "host/cpuid.h"
#include "host/doorbell.h"
#include "host/ghcb.h"
#include "host/msr.h"

#define LOW(value) ((value)&0xFFFFFFFFull)

/* KVM answers hypercalls it does not know with this value in RAX. */
#define HYPERCALL_UNKNOWN ((uint64_t)-1000)

void ghcb_cpuid(struct ghcb_call *call)
{
    uint32_t leaf = (uint32_t)call->value[GHCB_RAX];
    if (leaf == 0xD && (call->valid & GHCB_BIT(GHCB_XCR0)) == 0) {
        ghcb_fail(call, GHCB_MISSING_INPUT);
        return;
    }
    struct hw_cpuid value = host_cpuid(leaf, (uint32_t)call->value[GHCB_RCX], call->vcpu->apic_id);
    ghcb_set(call, GHCB_RAX, value.eax);
    ghcb_set(call, GHCB_RBX, value.ebx);
    ghcb_set(call, GHCB_RCX, value.ecx);
    ghcb_set(call, GHCB_RDX, value.edx);
}

static void set_pair(struct ghcb_call *call, uint64_t value)
{
    ghcb_set(call, GHCB_RAX, LOW(value));
    ghcb_set(call, GHCB_RDX, value >> 32);
}

static void write_msr(struct ghcb_call *call, uint32_t msr)
{
    uint32_t inputs = GHCB_BIT(GHCB_RAX) | GHCB_BIT(GHCB_RDX);
    uint64_t value = LOW(call->value[GHCB_RAX]) | LOW(call->value[GHCB_RDX]) << 32;
    if ((call->valid & inputs) != inputs) {
        ghcb_fail(call, GHCB_MISSING_INPUT);
    } else if (!guest_msr_write(call->vcpu, msr, value)) {
        machine_detail("vCPU %u: WRMSR %x refused", call->vcpu->index, msr);
        ghcb_inject_gp(call);
    }
}

void ghcb_msr(struct ghcb_call *call)
{
    uint32_t msr = (uint32_t)call->value[GHCB_RCX];
    uint64_t value = 0;
    if (call->value[GHCB_INFO1] > 1) {
        ghcb_fail(call, GHCB_INVALID_INPUT);
    } else if (call->value[GHCB_INFO1] == 1) {
        write_msr(call, msr);
    } else if (guest_msr_read(call->vcpu, msr, &value)) {
        set_pair(call, value);
    } else {
        machine_detail("vCPU %u: RDMSR %x refused", call->vcpu->index, msr);
        ghcb_inject_gp(call);
    }
}

void ghcb_rdtsc(struct ghcb_call *call)
{
    set_pair(call, machine_tsc());
    if (call->value[GHCB_EXITCODE] == 0x87) {
        ghcb_set(call, GHCB_RCX, 0);
    }
}

void ghcb_rdpmc(struct ghcb_call *call)
{
    set_pair(call, 0);
}

/* The guest keeps its own copy of DR7; the host has none. */
void ghcb_debug_read(struct ghcb_call *call)
{
    ghcb_set(call, GHCB_RAX, 0x400);
}

/* Caches and debug registers are not modelled, and waiting in MWAIT may always end at once. */
void ghcb_nothing(struct ghcb_call *call)
{
    (void)call;
}

void ghcb_vmmcall(struct ghcb_call *call)
{
    ghcb_set(call, GHCB_RAX, HYPERCALL_UNKNOWN);
}

uint64_t ghcb_host_features(void)
{
    return GHCB_FEATURES | (doorbell_offered() ? GHCB_FEATURES_RESTRICTED : 0);
}

void ghcb_features(struct ghcb_call *call)
{
    call->info2 = ghcb_host_features();
}

void ghcb_unsupported(struct ghcb_call *call)
{
    machine_stop(MACHINE_TERMINATED,
                 "vCPU %u VMPL %u met an event it cannot handle: #VC %llx (error code %llx)",
                 call->vcpu->index, call->vcpu->vmpl, (unsigned long long)call->value[GHCB_INFO1],
                 (unsigned long long)call->value[GHCB_INFO2]);
}

struct reason {
    unsigned set, code;
    const char *text;
};

static const struct reason reasons[] = {
    {0, 0, "general"},
    {0, 1, "protocol version not supported"},
    {0, 2, "SNP features not supported"},
    {1, 0, "GHCB registration failed"},
    {1, 1, "page state change failed"},
    {1, 2, "PVALIDATE failed"},
    {1, 3, "not at VMPL0 and no usable SVSM"},
    {1, 4, "CPUID table bad"},
    {1, 5, "CPUID through the host failed"},
    {1, 6, "secrets page bad"},
    {1, 7, "no SVSM below VMPL0"},
    {1, 8, "SVSM says the guest is at VMPL0"},
    {1, 9, "calling area not page aligned"},
    {1, 10, "Secure TSC failure"},
    {1, 11, "calling area could not be remapped"},
    {1, 12, "Secure AVIC failure"},
};

_Noreturn void ghcb_terminate(struct vcpu *vcpu, unsigned set, unsigned code, uint64_t extra)
{
    const char *text = "no name for it";
    for (unsigned i = 0; i < sizeof reasons / sizeof reasons[0]; i++) {
        if (reasons[i].set == set && reasons[i].code == code) {
            text = reasons[i].text;
        }
    }
    machine_stop(MACHINE_TERMINATED,
                 "vCPU %u VMPL %u asked for termination: set %u code %u (%s), info %llx",
                 vcpu->index, vcpu->vmpl, set, code, text, (unsigned long long)extra);
}

void ghcb_terminate_call(struct ghcb_call *call)
{
    uint64_t info = call->value[GHCB_INFO1];
    ghcb_terminate(call->vcpu, (unsigned)info & 0xFu, (unsigned)(info >> 4) & 0xFFu,
                   call->value[GHCB_INFO2]);
}
