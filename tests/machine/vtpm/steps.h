/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The commands whose cost is counted, in the order in which they are run: some leave the key that
 * the next ones use. What runs a command (vtpm_execute) is the program's own.
 */
#ifndef STEPS_H
#define STEPS_H

#include <stdint.h>

struct step {
    const char *name;
    uint32_t (*run)(void); /* the response code */
    int rounds;
};

extern const struct step steps[];
extern const unsigned steps_count;

/* Three of them, for tools/vtpm/bench.c. */
uint32_t step_pcr_extend(void);
uint32_t step_pcr_read(void);
uint32_t step_get_random(void);

/* Runs all; tells of each its response code, and the fewest ticks of the clock it took. */
void steps_run(uint64_t (*clock)(void),
               void (*tell)(const struct step *step, uint32_t code, uint64_t ticks));

#endif
