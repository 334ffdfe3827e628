/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which hostile behaviour is chosen, and its occasions; see hostile.h. The behaviours themselves
 * are in hostile_memory.c and hostile_run.c, a few lines each.
 *
 * Options they share: at=N (which occasion), after=CODE and vmpl=N (for those that act before an
 * entry: only entries that end a GHCB call with this exit code or MSR request, only those of this
 * VMPL count), pause=N (the guest is left every N TSC ticks, so that entries come in the middle of
 * anything), mark=N (nothing counts, and no pause is made, before the guest has left this mark),
 * target=X (the page, GHCB call or VMPL they aim at, as each says), value=X (what is forged,
 * written or injected).
 */
#include "host/hostile.h"
#include "host/hostile_acts.h"

#define ANY_VMPL VMPLS

enum hook {
    HOOK_ENTRY,
    HOOK_CALL,
    HOOK_ANSWER,
    HOOK_MSR,
    HOOK_INJECT,
    HOOK_IDLE,
    HOOK_PAGE,
    HOOK_CREATE
};

uint64_t hostile_target, hostile_value;

static uint64_t wanted, reached, after, pause, awaited;
static unsigned only_vmpl;
static bool acted;
static _Atomic bool begun; /* the mark has come */
static struct spinlock lock;

static const struct behaviour {
    const char *name;
    enum hook hook;
    hostile_act *act;
} behaviours[] = {
    {"remap", HOOK_ENTRY, act_remap},   {"swap", HOOK_ENTRY, act_swap},
    {"replay", HOOK_ENTRY, act_replay}, {"take", HOOK_ENTRY, act_take},
    {"smash", HOOK_ENTRY, act_smash},   {"grow", HOOK_ENTRY, act_grow},
    {"run", HOOK_ENTRY, act_run},       {"start", HOOK_ENTRY, act_start},
    {"stale", HOOK_PAGE, act_stale},    {"lie", HOOK_PAGE, act_lie},
    {"vmsa", HOOK_CREATE, act_vmsa},    {"forge", HOOK_ANSWER, act_forge},
    {"tamper", HOOK_CALL, act_tamper},  {"forge-msr", HOOK_MSR, act_forge_msr},
    {"race", HOOK_IDLE, act_race},      {"inject", HOOK_INJECT, act_inject},
};

HOT_DATA static const struct behaviour *chosen;

void hostile_init(void)
{
    const char *name = option_text("hostile");
    wanted = option_number("at", 1);
    hostile_target = option_number("target", 0);
    hostile_value = option_number("value", 0);
    after = option_number("after", 0);
    pause = option_number("pause", 0);
    awaited = option_number("mark", 0);
    atomic_store(&begun, awaited == 0);
    only_vmpl = (unsigned)option_number("vmpl", ANY_VMPL);
    if (name == NULL) {
        return;
    }
    for (unsigned i = 0; i < sizeof behaviours / sizeof behaviours[0]; i++) {
        if (strcmp(behaviours[i].name, name) == 0) {
            chosen = &behaviours[i];
            return;
        }
    }
    machine_stop(MACHINE_MISUSE, "hostile=%s: there is no such behaviour", name);
}

void hostile_mark(uint64_t number)
{
    if (awaited != 0 && number == awaited) {
        atomic_store(&begun, true);
    }
}

/* Counts only occasions the behaviour itself could have used: it is asked from the N-th on. */
HOT static bool occasion(enum hook hook, const struct hostile_occasion *at)
{
    if (chosen == NULL || chosen->hook != hook || (acted && wanted != 0) || !begun) {
        return false;
    }
    spin_lock(&lock);
    bool due = wanted == 0 || ++reached >= wanted;
    bool done = due && !(acted && wanted != 0) && chosen->act(at);
    bool first = done && !acted;
    acted |= done;
    spin_unlock(&lock);
    if (first) {
        machine_log("hostile host: %s done (target %llx, value %llx)", chosen->name,
                    (unsigned long long)hostile_target, (unsigned long long)hostile_value);
    }
    return done;
}

HOT static bool at_point(const struct vcpu *vcpu)
{
    return chosen != NULL && (after == 0 || vcpu->last_call == after) &&
           (only_vmpl >= ANY_VMPL || vcpu->vmpl == only_vmpl);
}

/* The timer comes as soon as the guest's own wants it, or sooner. */
static void leave_soon(struct vcpu *vcpu)
{
    uint64_t then = machine_tsc() + pause;
    cpu_timer_set(vcpu->armed != 0 && vcpu->armed < then ? vcpu->armed : then);
    vcpu->armed = 0;
}

HOT void hostile_before_entry(struct vcpu *vcpu)
{
    if (at_point(vcpu)) {
        (void)occasion(HOOK_ENTRY, &(struct hostile_occasion){.vcpu = vcpu});
    }
    if (chosen != NULL && pause != 0 && begun) {
        leave_soon(vcpu);
    }
}

void hostile_during_call(struct ghcb_call *call)
{
    (void)occasion(HOOK_CALL, &(struct hostile_occasion){.vcpu = call->vcpu, .call = call});
}

void hostile_forge_answer(struct ghcb_call *call)
{
    (void)occasion(HOOK_ANSWER, &(struct hostile_occasion){.vcpu = call->vcpu, .call = call});
}

HOT uint64_t hostile_forge_msr(uint64_t answer)
{
    (void)occasion(HOOK_MSR, &(struct hostile_occasion){.number = &answer});
    return answer;
}

HOT bool hostile_inject(struct vcpu *vcpu)
{
    return at_point(vcpu) && occasion(HOOK_INJECT, &(struct hostile_occasion){.vcpu = vcpu});
}

bool hostile_idle(struct vcpu *vcpu)
{
    return occasion(HOOK_IDLE, &(struct hostile_occasion){.vcpu = vcpu});
}

bool hostile_page_state(const struct page_state_entry *page)
{
    bool skip = false;
    (void)occasion(HOOK_PAGE, &(struct hostile_occasion){.page = page, .skip = &skip});
    return skip;
}

uint64_t hostile_created(uint64_t spa)
{
    (void)occasion(HOOK_CREATE, &(struct hostile_occasion){.number = &spa});
    return spa;
}
