/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A guest's side of the GHCB for the unit tests: fields of one shared page at GHCB, calls through
 * the host's ghcb_exit, and a bus with one device at 100h in both spaces.
 */
#ifndef TESTS_SNPMACHINE_HOST_GHCB_GUEST_H
#define TESTS_SNPMACHINE_HOST_GHCB_GUEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fake.h"
#include "host/cpuid.h"
#include "host/ghcb.h"
#include "host/psc.h"

#define GHCB     0x10000ull
#define BUFFER   (GHCB + GHCB_BUFFER_OFFSET)
#define CODE     0x390u
#define INFO1    0x398u
#define INFO2    0x3A0u
#define SCRATCH  0x3A8u
#define RAX      0x1F8u
#define RBX      0x318u
#define RCX      0x308u
#define RDX      0x310u
#define ALL_ONES 0xFFFFFFFFFFFFFull

/* The vCPU that calls, and what was last written to the device. */
extern struct vcpu *vcpu;
extern uint64_t last_port, last_value;

int ghcb_guest_group(void **state);
int ghcb_guest_setup(void **state);

/* Writes the MSR, exits, returns the MSR of the VMPL that called. */
uint64_t msr_call(uint64_t value);

/* The page: begin clears it and fills the exit fields, put sets a field and its valid bit. */
void begin(uint64_t code, uint64_t info1, uint64_t info2);
void put(unsigned offset, uint64_t value);
void call(void);
uint64_t field(unsigned offset);
bool valid(unsigned offset);
void expect(uint64_t info1, uint64_t info2);

#endif
