/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A launch as a host performs it: the series of page events that the headers of a file cause.
 *
 * struct igvm_events walks an open file in the order of the file (Hyper-V, most tools) or in the
 * order in which QEMU hands pages to KVM: runs of adjacent pages are held back until the next run
 * starts, parameter inserts are not, VMSAs come last. No memory is allocated, nothing is printed,
 * and every event's contents lie in the file or in the iterator.
 */
#ifndef IGVM_LAUNCH_H
#define IGVM_LAUNCH_H

#include "igvm/context.h"
#include "igvm/igvm.h"

/* SNP's page types, as PAGE_INFO and SNP_LAUNCH_UPDATE number them. */
enum igvm_page_type {
    IGVM_EVENT_NORMAL = 1,
    IGVM_EVENT_VMSA = 2,
    IGVM_EVENT_ZERO = 3,
    IGVM_EVENT_UNMEASURED = 4,
    IGVM_EVENT_SECRETS = 5,
    IGVM_EVENT_CPUID = 6
};

/* "contents" is 4096 bytes or NULL for zeros. "offset" is the header it comes from; 0 for a VMSA
 * that no header describes. */
struct igvm_event {
    enum igvm_page_type type;
    uint32_t offset;
    uint64_t gpa;
    const uint8_t *contents;
};

enum igvm_order { IGVM_ORDER_FILE, IGVM_ORDER_QEMU };

struct igvm_launch {
    /* The platform whose headers count: igvm_platform_mask of one. */
    uint32_t mask;
    enum igvm_order order;
    /* Normal pages without data are of type ZERO (Vanadium) and not NORMAL (QEMU, Hyper-V). */
    bool native_zero;
    /* Virtual CPUs whose VMSA is measured. In QEMU's order those without a context in the file
     * are in reset state; in file order the file's contexts stand where they stand, and CPUs
     * after the first that have none follow at the end. 0 is 1. */
    uint32_t vcpus;
    /* RDX after reset: what CPUID 1 gives in EAX. */
    uint32_t cpu_signature;
    /* Where VMSAs lie. 0: where the file says, in QEMU's order where KVM puts them. */
    uint64_t vmsa_gpa;
};

/* The CPU signature of QEMU's EPYC models up to EPYC-v4. */
#define IGVM_EPYC_SIGNATURE 0x00800F12u

/* All fields are the iterator's own. It is about 5 KiB. */
struct igvm_events {
    const struct igvm_file *file;
    struct igvm_launch launch;
    struct igvm_header scan;
    struct igvm_header run_first;
    struct igvm_header run_last;
    struct igvm_header flush;
    uint32_t flush_end;
    uint32_t insert_offset;
    uint64_t insert_gpa;
    uint64_t insert_pages;
    uint64_t vmsa_gpa;
    uint32_t vcpu;
    uint32_t contexts;
    bool run_open;
    bool scanned;
    struct igvm_vmsa reset;
};

/* Starts over a file that igvm_open has accepted. */
void igvm_events_start(struct igvm_events *events, const struct igvm_file *file,
                       const struct igvm_launch *launch);
bool igvm_events_next(struct igvm_events *events, struct igvm_event *event);

/* The state in which QEMU resets a virtual CPU, as KVM writes it into a VMSA. */
void igvm_vmsa_reset(struct igvm_vmsa *vmsa, uint64_t sev_features, uint32_t cpu_signature);

#endif
