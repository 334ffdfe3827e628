/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Loading an IGVM file into the machine: the order and rules of QEMU's loader (or of another host,
 * by profile), page by page through the security processor. Runs once, on the boot CPU, while all
 * memory is still the host's. A file that cannot be loaded ends the machine with one line and
 * MACHINE_MISUSE; nothing in a file makes it loop or read outside the file.
 */
#ifndef SNPMACHINE_HOST_LAUNCH_H
#define SNPMACHINE_HOST_LAUNCH_H

#include "igvm/igvm.h"
#include "machine.h"

/* What hosts do differently. */
struct launch_profile {
    const char *name;
    bool file_order;        /* launch updates strictly in file order, VMSAs where they stand */
    bool native_zero;       /* pages without data are launched as type ZERO */
    bool madt, device_tree; /* parameters this host knows; an unknown one refuses the file */
    uint32_t environment;   /* bit 0: memory starts shared */
};

/* NULL if there is no such profile. */
const struct launch_profile *launch_profile_find(const char *name);

/* Where the VMSAs ended up: system physical addresses by vCPU, 0 without one; their SEV_FEATURES.
 */
struct launched {
    uint64_t vmsa[CPUS_MAX], features[CPUS_MAX];
};

/* Loads, launches and finishes. */
void launch_file(const uint8_t *bytes, uint64_t size, const struct launch_profile *profile,
                 struct launched *launched);

/* The types of SNP_LAUNCH_UPDATE. */
enum launch_type {
    LAUNCH_NORMAL = 1,
    LAUNCH_VMSA = 2,
    LAUNCH_ZERO = 3,
    LAUNCH_UNMEASURED = 4,
    LAUNCH_SECRETS = 5,
    LAUNCH_CPUID = 6,
};

/* launch_page.c: puts 4 KiB of text (NULL: zeros) at gpa and launches it; returns its spa. The text
 * of SECRETS and CPUID pages is not the file's. */
uint64_t launch_page(enum launch_type type, uint64_t gpa, const uint8_t *text);

/* Text that host and guest share; no launch. */
void launch_shared_page(uint64_t gpa, const uint8_t *text);

/* Gives [gpa, gpa+size) to the guest without accepting it. */
void launch_required(uint64_t gpa, uint64_t size);

/* launch_finish.c: ends the launch, with the file's ID block if it has one. */
void launch_finish(const struct igvm_id_block *block, uint64_t policy);

/* launch_area.c: parameter areas, from their declaration to their insertion. */
void areas_start(void);
void areas_declare(const struct igvm_parameter_area *area);
void areas_fill(const struct igvm_file *file, const struct igvm_header *usage,
                const struct launch_profile *profile);
void areas_insert(const struct igvm_parameter_insert *insert);

/* Ends the machine with "IGVM file: what". */
_Noreturn void launch_refuse(uint32_t offset, const char *what);

#endif
