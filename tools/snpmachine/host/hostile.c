/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The hostile behaviours, one table row and a few lines each; see hostile.h.
 *
 * Options they share: at=N (which occasion), after=CODE (for those that act before an entry: only
 * entries that end a GHCB call with this exit code or MSR request count), target=X (the page, GHCB
 * call or VMPL they aim at, as each says), value=X (what is forged, written or injected).
 */
#include "host/hostile.h"
#include "host/spare.h"

enum hook { HOOK_ENTRY, HOOK_CALL, HOOK_ANSWER, HOOK_MSR, HOOK_INJECT, HOOK_IDLE };

struct occasion {
    struct vcpu *vcpu;
    struct ghcb_call *call;
    uint64_t *msr;
};

/* Returns whether it did something at this occasion. */
typedef bool hostile_act(const struct occasion *);

static uint64_t target, value, wanted, reached, after;
static bool acted;
static struct spinlock lock;

/* Puts another page behind a private one: the new one is assigned to the same address. */
static bool remap(const struct occasion *at)
{
    uint64_t spa = 0;
    (void)at;
    if (!hw_translate(target, &spa, NULL) || !hw_rmp_assigned(spa, NULL, NULL)) {
        return false;
    }
    uint64_t other = spare_page();
    if (hw_rmp_assign(other, target, PAGE_SIZE) != HW_RMP_OK) {
        return false;
    }
    hw_map(target, other, PAGE_SIZE);
    return true;
}

/* First occasion: keeps the ciphertext of a private page. Second: puts it back in place of what the
 * guest wrote since. The page loses its validated bit on the way, as on hardware. */
static bool replay(const struct occasion *at)
{
    static uint8_t old[PAGE_SIZE];
    static bool kept;
    uint64_t spa = 0;
    (void)at;
    if (!kept) {
        kept = hw_read(target, old, PAGE_SIZE);
        reached = 0;
        return false;
    }
    return hw_translate(target, &spa, NULL) && hw_rmp_release(spa, PAGE_SIZE) == HW_RMP_OK &&
           hw_write(target, old, PAGE_SIZE) && hw_rmp_assign(spa, target, PAGE_SIZE) == HW_RMP_OK;
}

/* Changes the result of the page-protocol call whose exit code is "target". */
static bool forge(const struct occasion *at)
{
    if (at->call->value[GHCB_EXITCODE] != target) {
        return false;
    }
    for (unsigned field = 0; field < GHCB_FIELDS; field++) {
        if ((at->call->written & GHCB_BIT(field)) != 0) {
            at->call->value[field] = value;
        }
    }
    at->call->info2 = at->call->written == 0 ? value : at->call->info2;
    return true;
}

/* Same for an answer of the MSR protocol with the response code "target". */
static bool forge_msr(const struct occasion *at)
{
    if ((*at->msr & 0xFFFu) != target) {
        return false;
    }
    *at->msr = value;
    return true;
}

/* Writes "value" over the first bytes of the shared buffer of a call with exit code "target", after
 * the guest has filled it and before the host reads it. */
static bool tamper(const struct occasion *at)
{
    if (at->call->value[GHCB_EXITCODE] != target) {
        return false;
    }
    return hw_write(at->call->page + GHCB_BUFFER_OFFSET, &value, sizeof value);
}

/* A CPU without a running vCPU changes eight bytes of the shared page at "target" all the time,
 * from "value" to zero and back, while the guest's other CPUs run. */
static bool race(const struct occasion *at)
{
    static uint64_t turn;
    uint64_t text = ++turn % 2 != 0 ? value : 0;
    (void)at;
    return hw_write(target, &text, sizeof text);
}

/* "value" is an EVENTINJ: any vector, any type. Aims at VMPL "target". */
static bool inject(const struct occasion *at)
{
    if (at->vcpu->vmpl != target) {
        return false;
    }
    vcpu_level(at->vcpu)->vmcb.event_inj = value | HW_EVENT_VALID;
    return true;
}

static const struct behaviour {
    const char *name;
    enum hook hook;
    hostile_act *act;
} behaviours[] = {
    {"remap", HOOK_ENTRY, remap},    {"replay", HOOK_ENTRY, replay},
    {"forge", HOOK_ANSWER, forge},   {"forge-msr", HOOK_MSR, forge_msr},
    {"tamper", HOOK_CALL, tamper},   {"race", HOOK_IDLE, race},
    {"inject", HOOK_INJECT, inject},
};

HOT_DATA static const struct behaviour *chosen;

void hostile_init(void)
{
    const char *name = option_text("hostile");
    wanted = option_number("at", 1);
    target = option_number("target", 0);
    value = option_number("value", 0);
    after = option_number("after", 0);
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

/* Counts only occasions the behaviour itself could have used: it is asked from the N-th on. */
HOT static bool occasion(enum hook hook, const struct occasion *at)
{
    if (chosen == NULL || chosen->hook != hook || (acted && wanted != 0)) {
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
                    (unsigned long long)target, (unsigned long long)value);
    }
    return done;
}

HOT static bool at_point(const struct vcpu *vcpu)
{
    return chosen != NULL && (after == 0 || vcpu->last_call == after);
}

HOT void hostile_before_entry(struct vcpu *vcpu)
{
    (void)(at_point(vcpu) && occasion(HOOK_ENTRY, &(struct occasion){.vcpu = vcpu}));
}

void hostile_during_call(struct ghcb_call *call)
{
    (void)occasion(HOOK_CALL, &(struct occasion){.vcpu = call->vcpu, .call = call});
}

void hostile_forge_answer(struct ghcb_call *call)
{
    (void)occasion(HOOK_ANSWER, &(struct occasion){.vcpu = call->vcpu, .call = call});
}

HOT uint64_t hostile_forge_msr(uint64_t answer)
{
    (void)occasion(HOOK_MSR, &(struct occasion){.msr = &answer});
    return answer;
}

HOT bool hostile_inject(struct vcpu *vcpu)
{
    return at_point(vcpu) && occasion(HOOK_INJECT, &(struct occasion){.vcpu = vcpu});
}

bool hostile_idle(struct vcpu *vcpu)
{
    return occasion(HOOK_IDLE, &(struct occasion){.vcpu = vcpu});
}
