/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Time, from the processor's time-stamp counter and the frequency the platform gives for it.
 *
 * The conversion rounds down: this clock is never faster than the counter, and at most one part in
 * a hundred million slower. Nothing the guest does changes its rate.
 */
#ifndef SVSM_TIME_H
#define SVSM_TIME_H

#include <stdint.h>

/* A frequency of 0 stops the clock at 0. */
void time_open(uint64_t counter_hz);

uint64_t time_nanoseconds(void);

/* The conversion by itself. */
uint64_t time_convert(uint64_t counter, uint64_t counter_hz);

#endif
