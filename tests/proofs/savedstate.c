/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The saved state of a guest's vCPU on SNP. The parts: what a guest has written may be run if VMPL,
 * EFER.SVME and SEV_FEATURES are the guest's, and in no other case, looked at once while others
 * write; a call is taken once, with the registers of a vCPU that cannot run, or left alone; an
 * answer is the five registers, there before the vCPU can run, and a host that ran it meanwhile is
 * found out; forbidding and allowing a vCPU to run is one bit.
 *
 * The host runs a vCPU whenever it can be run, before any access; other vCPUs write the call flag.
 * Of the windows to state and area this has but the two; they are `guestwindow`.
 *
 * parts: 4
 * instrument: --isr others_run --replace-calls slot_va:window_of
 * options: --unwind 2
 */
#include <machine.h>
#undef MACHINE_FPU_BYTES
#define MACHINE_FPU_BYTES 8u /* which no part of this touches */

/* One step each, as the processor makes it. */
#define __atomic_fetch_and(word, bits, order) change(word, bits, 0)
#define __atomic_fetch_or(word, bits, order)  change(word, ~UINT64_C(0), bits)
#define __atomic_exchange_n(flag, to, order)  exchange(flag, to)
static uint64_t change(volatile uint64_t *word, uint64_t keep, uint64_t set);
static uint8_t exchange(volatile uint8_t *flag, uint8_t to);

#include <snp/guest.c>

#include "proof.h"

#define RUNS  2u
#define LOOKS 2u /* statements that read the page */

static struct igvm_vmsa state, before; /* the latter: as it is expected to be, but for EFER */
static uint8_t area[PAGE_SIZE];        /* for calls; the flag is its first byte */
static struct snp_cpu own;

struct window kernel_window;
uint64_t platform_private_mask;
struct cpu **cpus;

static struct boot_block block;
static struct guest_call call;

static enum { NOBODY, WRITER, HOST } others;
static unsigned turns;    /* that they have left */
static bool in_step;      /* nobody gets between */
static bool answered;     /* who can be run has its answer */
static bool trick;        /* the host has run what could not be run */
static unsigned consumed; /* how many calls the flag has stood for */

/* What a guest writes that makes saved state: what is there, and what another vCPU puts there. */
static struct {
    uint8_t vmpl;
    uint64_t efer, features;
} now, then;

/* Runs before any access to what is shared, or not: goto-instrument calls it. */
void others_run(void)
{
    if (others == NOBODY || in_step)
        return;
    ASSERT(others == HOST || turns != 0, "looked at again");
    if (turns == 0)
        return;
    turns--;
    if (others == WRITER && nondet_bool()) {
        state.vmpl = then.vmpl;
        state.efer = then.efer;
        state.sev_features = then.features;
    }
    if (others == HOST && (state.efer & 0x1000) != 0) {
        ASSERT(!answered || (state.rax == (uint32_t)call.rax && state.rcx == call.registers.rcx &&
                             state.rdx == call.registers.rdx && state.r8 == call.registers.r8 &&
                             state.r9 == call.registers.r9),
               "not before all of the answer is there");
        answered = false;
        state.rax = nondet_u64();
        state.rcx = nondet_u64();
        state.rdx = nondet_u64();
        state.r8 = nondet_u64();
        state.r9 = nondet_u64();
        state.exit_code = nondet_u64();
    }
    if (others == HOST && nondet_bool())
        area[0] = nondet_u8();
}

void *window_of(const struct snp_cpu *cpu, unsigned slot)
{
    ASSERT(cpu == &own && (slot == SLOT_VMSA || slot == SLOT_AREA), "of this processor's vCPU");
    return slot == SLOT_VMSA ? (void *)&state : (void *)area;
}

static uint64_t change(volatile uint64_t *word, uint64_t keep, uint64_t set)
{
    uint64_t was;

    in_step = true;
    was = *word;
    *word = (was & keep) | set;
    in_step = false;
    return was;
}

static uint8_t exchange(volatile uint8_t *flag, uint8_t to)
{
    uint8_t was;

    ASSERT(flag == area, "the call flag");
    in_step = true;
    was = *flag;
    *flag = to;
    consumed += was != 0;
    in_step = false;
    return was;
}

_Noreturn void panic(enum end_reason reason, const char *what)
{
    (void)what;
    ASSERT(reason == END_HOST && trick, "only a host that does what none can");
    REACHED(trick);
    ASSUME(false);
    for (;;)
        ;
}

const struct snp_cpu *snp_this_cpu(void)
{
    return &own;
}

static bool good_features(uint64_t features)
{
    return features == (block.sev_features & ~UINT64_C(8));
}

static void sound(void)
{
    bool accepted;

    block.sev_features = nondet_u64();
    snp_guest_start(&block);
    state.vmpl = now.vmpl = nondet_u8();
    state.efer = now.efer = nondet_u64();
    state.sev_features = now.features = nondet_u64();
    then.vmpl = nondet_u8();
    then.efer = nondet_u64();
    then.features = nondet_u64();
    turns = LOOKS + 2; /* with those of the lines around the call */
    others = WRITER;
    accepted = vmsa_is_sound(&state);
    others = NOBODY;
    if (accepted)
        ASSERT((now.vmpl == 2 || then.vmpl == 2) && ((now.efer | then.efer) & 0x1000) != 0 &&
                   (good_features(now.features) || good_features(then.features)),
               "for the guest's VMPL, able to run, with its features");
    else
        ASSERT(now.vmpl != 2 || then.vmpl != 2 || (now.efer & then.efer & 0x1000) == 0 ||
                   !good_features(now.features) || !good_features(then.features),
               "not refused for nothing");
    REACHED(accepted && now.vmpl != 2);
    REACHED(accepted && block.sev_features == 9);
    REACHED(!accepted && now.vmpl == 2);
}

/* What neither the host's run nor an answer changes. */
static bool is_same(void)
{
    return state.vmpl == before.vmpl && state.cpl == before.cpl && state.cr3 == before.cr3 &&
           state.rflags == before.rflags && state.rip == before.rip && state.rsp == before.rsp &&
           state.rbx == before.rbx && state.rsi == before.rsi && state.r10 == before.r10 &&
           state.sev_features == before.sev_features && state.virtual_tom == before.virtual_tom;
}

static void any_state(void)
{
    ANYTHING(&state);
    area[0] = nondet_u8();
    before = state;
}

static void take_call(void)
{
    bool taken;

    any_state();
    state.efer |= 0x1000;
    before.efer = state.efer;
    turns = RUNS;
    others = HOST;
    taken = take(&call);
    others = NOBODY;
    ASSERT(consumed == (taken ? 1 : 0), "each call once, and none is lost");
    ASSERT(state.efer == (taken ? before.efer & ~UINT64_C(0x1000) : before.efer),
           "it can run if it has made no call");
    ASSERT(is_same(), "nothing else changes");
    if (!taken)
        return;
    ASSERT(state.exit_code == 0x403, "it has asked");
    ASSERT(call.rax == state.rax && call.registers.rcx == state.rcx &&
               call.registers.rdx == state.rdx && call.registers.r8 == state.r8 &&
               call.registers.r9 == state.r9,
           "for what is in its registers as long as it cannot run");
    REACHED(turns == 0);
}

static void answer_call(void)
{
    any_state();
    ANYTHING(&call);
    trick = (state.efer & 0x1000) != 0;
    before.efer = state.efer | 0x1000;
    answered = !trick;
    turns = RUNS;
    others = HOST;
    answer(&call);
    others = NOBODY;
    ASSERT(!trick, "found out");
    ASSERT(state.efer == before.efer, "it can run");
    ASSERT(is_same(), "five registers and nothing else");
    REACHED(answered);
}

static void park(void)
{
    uint64_t efer;
    bool runs = nondet_bool();

    any_state();
    efer = state.efer;
    if (runs)
        enable(&state);
    else
        disable(&state);
    ASSERT(state.efer == (runs ? efer | 0x1000 : efer & ~UINT64_C(0x1000)), "one bit");
    ASSERT(is_same(), "nothing else changes");
    REACHED(runs);
    REACHED(!runs);
}

void harness(void)
{
    switch (PART) {
    case 0:
        sound();
        break;
    case 1:
        take_call();
        break;
    case 2:
        answer_call();
        break;
    default:
        park();
    }
}
