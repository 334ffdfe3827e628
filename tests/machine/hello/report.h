/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How the payload says what it found: lines on COM1 and a code through isa-debug-exit on a plain
 * machine, a termination request with the code to the host on SNP, where a port needs more than
 * this payload has.
 */
#ifndef HELLO_REPORT_H
#define HELLO_REPORT_H

#include <stdint.h>

void report_start(void);
int report_on_snp(void);
void report_text(const char *text);
void report_hex(uint64_t value);
_Noreturn void report_leave(uint32_t code);

/* Leaves with code 3 and the sentence if it is not good; on SNP with 100 plus how many were. */
void report_must(int good, const char *what);

#endif
