/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Starts one application processor the way a kernel does: a copy of the stub below 1 MiB, INIT,
 * SIPI.
 */
#ifndef HELLO_AP_H
#define HELLO_AP_H

#include <boot/boot_block.h>

/* 1 when the processor has run 64-bit code on the stack it was given; 0 if it never comes. */
int ap_start(const struct boot_block *block, void *(*window)(uint64_t pa));

#endif
