/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a hostile behaviour gets and returns; only hostile*.c include this.
 *
 * An act runs under hostile.c's lock, on the CPU that reached the hook. It returns whether it did
 * something at this occasion: if not, the next occasion counts.
 */
#ifndef SNPMACHINE_HOST_HOSTILE_ACTS_H
#define SNPMACHINE_HOST_HOSTILE_ACTS_H

#include "host/ghcb.h"
#include "host/psc.h"

struct hostile_occasion {
    struct vcpu *vcpu;
    struct ghcb_call *call;
    uint64_t *number;                    /* an answer of the MSR protocol, or a VMSA's spa */
    const struct page_state_entry *page; /* a change that was asked for */
    bool *skip;                          /* set: the honest host's part is left out */
};

typedef bool hostile_act(const struct hostile_occasion *);

/* The options of the same names. */
extern uint64_t hostile_target, hostile_value;

/* ---- hostile_memory.c ---- */
hostile_act act_remap, act_swap, act_replay, act_stale, act_take, act_smash, act_grow, act_lie,
    act_race;

/* ---- act_run.c ---- */
hostile_act act_forge, act_forge_msr, act_tamper, act_inject, act_run, act_start, act_vmsa;

#endif
