/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Talking to the host: the GHCB MSR, and the GHCB page each processor has.
 *
 * The page is shared: whatever is in it, the host may change at any moment. Every answer is read
 * once, into a register, and then checked; an answer that no honest host gives ends the virtual
 * machine. A processor uses only its own page, with interrupts off.
 */
#ifndef SNP_GHCB_H
#define SNP_GHCB_H

#include <stdbool.h>
#include <stdint.h>

#include "platform.h"

struct ghcb;

/* By MSR alone: version and features are what we need, or the virtual machine ends. */
void ghcb_negotiate(bool with_guest);
/* One page becomes the host's to see, or ours again; its content is lost. */
enum platform_error ghcb_page_state(uint64_t pa, bool shared);
/* Makes a shared page, mapped at `page`, the GHCB of this processor. */
void ghcb_register(volatile struct ghcb *page, uint64_t pa);
_Noreturn void ghcb_terminate(uint32_t set, uint32_t code);

uint32_t ghcb_port_read(uint16_t port, unsigned int width);
void ghcb_port_write(uint16_t port, uint32_t value, unsigned int width);
/* One access to device registers, through the host; at most eight bytes. */
enum platform_error ghcb_mmio_read(uint64_t pa, unsigned int width, uint64_t *value);
enum platform_error ghcb_mmio_write(uint64_t pa, unsigned int width, uint64_t value);
/* A message to the security processor; two different shared pages. The status is the host's. */
enum platform_error ghcb_guest_request(uint64_t request_pa, uint64_t answer_pa, uint64_t *status);
/* The host writes to a shared page how many processors there are and their APIC ids, 32 bits each.
   False: it does not say, or they do not fit. */
bool ghcb_list_processors(uint64_t page_pa);
/* Starts a processor at VMPL0 on a VMSA. */
enum platform_error ghcb_create_processor(uint32_t apic_id, uint64_t vmsa_pa, uint64_t features);
/* Tells the host what to run at VMPL2 of a processor, when that asks for it. */
enum platform_error ghcb_announce_guest(uint32_t apic_id, uint64_t vmsa_pa, uint64_t features);
/* An exit without a request, as CPL3 can make one, is one the host refuses and nothing else. */
void ghcb_settle(void);
/* Leaves a word in the SNP machine's trace. */
void ghcb_mark(uint32_t word);
/* Runs another VMPL of this processor, until the host comes back to this one. False: the host knows
   of no VMSA to run there. */
bool ghcb_run_guest(uint32_t vmpl);

#endif
