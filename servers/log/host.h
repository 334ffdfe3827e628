/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The one host call of the log, and its clock: host_kernel.c at CPL3, host_linux.c in a process.
 */
#ifndef LOG_HOST_H
#define LOG_HOST_H

#include <stdint.h>

/* Writes the first bytes of the shared page to the console. */
void host_write(uint32_t slot, const char *page, uint32_t length);

/* Any counter that grows, in ticks of the time-stamp counter. */
uint64_t host_ticks(void);

#endif
