/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The CPUID values this host offers a guest: in the CPUID page at launch and through the GHCB.
 * They are the processor's own (hw_cpuid) with what a hypervisor adds: its signature, the APIC ID
 * and topology, and the timers it emulates.
 */
#ifndef SNPMACHINE_HOST_CPUID_H
#define SNPMACHINE_HOST_CPUID_H

#include "hardware/hardware.h"

#define CPUID_PAGE_ENTRIES 64u

/* "leaf" as the vCPU with that APIC ID sees it. */
struct hw_cpuid host_cpuid(uint32_t leaf, uint32_t subleaf, uint32_t apic_id);

/* How many vCPUs the topology leaves tell of, and whether there is an x2APIC; set once at start. */
void host_cpuid_init(unsigned vcpus, bool x2apic);

/* Fills a page in the layout of the SNP CPUID page, with the boot vCPU's values. */
void host_cpuid_page(uint8_t page[PAGE_SIZE]);

#endif
