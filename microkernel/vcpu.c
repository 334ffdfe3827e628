/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Running the guest: the lowest-priority thing a processor does.
 *
 * Each turn looks for a call before it lets the vCPU run: the host may have run it without being
 * asked, or entered this level without a call. A call is taken once, while the vCPU cannot run.
 *
 * A host starts a vCPU that the guest has created by itself, at any instruction of ours. Were that
 * one between looking for a call and running the vCPU, the run would send it back from its first
 * call without an answer. So until it has called it is only looked at. Hosts that leave the start
 * to us get it now and then, at moments too rare to matter to the others.
 */
#include "vcpu.h"

#include "cpu.h"
#include "memory.h"
#include "pagemodel.h"
#include "platform.h"
#include "window.h"

#define TURNS_A_RUN 8192u /* of a vCPU that has not called yet */

struct vcpu *vcpus;
uint32_t vcpu_count;

void vcpus_make(void)
{
    vcpus = memory_take(cpu_count);
    vcpu_count = cpu_count;
    for (uint32_t i = 0; i < vcpu_count; i++) {
        vcpus[i].cpu = cpus[i];
        vcpus[i].caller.cpu = cpus[i];
        vcpus[i].caller.call_kind = CALL_GUEST;
        cpus[i]->vcpu = &vcpus[i];
    }
}

bool vcpu_swap(struct vcpu *vcpu, enum vcpu_state from, enum vcpu_state to)
{
    uint32_t expected = from;

    return __atomic_compare_exchange_n(&vcpu->state, &expected, to, false, __ATOMIC_ACQ_REL,
                                       __ATOMIC_RELAXED);
}

void vcpu_place(struct vcpu *vcpu, uint64_t vmsa, uint64_t area)
{
    vcpu->vmsa = vmsa;
    vcpu->area = area;
    vcpu->attached = 0;
}

/* Whether a vCPU without a call is not to be run this time. */
static bool is_silent(struct vcpu *vcpu)
{
    return vcpu->unheard != 0 && vcpu->unheard++ % TURNS_A_RUN != 0;
}

/* Carries out the call the vCPU has made, if it has made one. True: it is not to be run. */
static bool serve(struct vcpu *vcpu)
{
    struct guest_call *call = &vcpu->call;

    if (vcpu->attached == 0) {
        platform->guest->attach(vcpu->vmsa, vcpu->area);
        vcpu->attached = 1;
    }
    if (!platform->guest->take(call)) {
        return is_silent(vcpu);
    }
    vcpu->unheard = 0;
    if (call->rax >> 32 == SVSM_PROTOCOL_CORE) {
        call->rax = core_call(vcpu, (uint32_t)call->rax, &call->registers);
        if (SELFCHECK) {
            pagemodel_vcpu(vcpu->vmsa, vcpu->area);
        }
    } else {
        call->rax = vcpu_call_service(vcpu, call);
    }
    platform->guest->answer(call);
    return false;
}

/* No thread's address space stays loaded while the guest runs, for others might wait for this
   processor to leave it. Who makes a thread ready for it looks at `in_guest` after having asked
   for attention, and takes the thread back: one of the two is seen. */
static bool enter(struct cpu *cpu, bool look_only)
{
    bool ran = true;

    if (cpu->vspace != NULL) {
        __atomic_store_n(&cpu->vspace, NULL, __ATOMIC_RELEASE);
        machine_load_root(machine_kernel_root());
    }
    __atomic_store_n(&cpu->in_guest, 1, __ATOMIC_SEQ_CST);
    if (cpu->attention == 0) {
        cpu->entries++; /* the guest is as good as outside */
        if (look_only) {
            platform->idle(cpu);
        } else {
            ran = platform->guest->run();
        }
        __atomic_add_fetch(&cpu->entries, 1, __ATOMIC_SEQ_CST);
    }
    __atomic_store_n(&cpu->in_guest, 0, __ATOMIC_RELEASE);
    return ran;
}

bool vcpu_run(struct cpu *cpu)
{
    struct vcpu *vcpu = cpu->vcpu;
    bool look_only = false;

    if (vcpu == NULL) {
        return false;
    }
    if (__atomic_load_n(&vcpu->state, __ATOMIC_ACQUIRE) == VCPU_ANSWERED) {
        platform->guest->answer(&vcpu->call);
    } else if (vcpu_swap(vcpu, VCPU_GUEST, VCPU_TAKEN)) {
        look_only = serve(vcpu);
    } else {
        return false;
    }
    __atomic_store_n(&vcpu->state, VCPU_GUEST, __ATOMIC_RELEASE);
    return enter(cpu, look_only);
}
