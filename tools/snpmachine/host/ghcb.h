/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The GHCB protocol as the host speaks it: MSR values (ghcb_msr.c), the page (ghcb_page.c) and what
 * its calls see.
 *
 * A struct ghcb_call is the host's private copy of one page-protocol call. ghcb_page.c reads each
 * field of the shared page once into it, a handler works on the copy alone, and the outputs the
 * handler marked are written back. Handlers may additionally use the shared buffer through
 * ghcb_buffer_read/write.
 */
#ifndef SNPMACHINE_HOST_GHCB_H
#define SNPMACHINE_HOST_GHCB_H

#include "host/vcpu.h"

#define GHCB_VERSION_MIN   1u
#define GHCB_VERSION_MAX   2u
#define GHCB_BUFFER_OFFSET 0x800u
#define GHCB_BUFFER_SIZE   2032u
#define GHCB_GFN_ALL_ONES  0xFFFFFFFFFFFFFull

/* Hypervisor features offered: SNP, AP creation, APIC ID list, Run VMPL; restricted injection. */
#define GHCB_FEATURES            0x33ull
#define GHCB_FEATURES_RESTRICTED 0x04ull

/* Low half of SW_EXITINFO1 after a call. */
enum ghcb_result { GHCB_OK = 0, GHCB_EXCEPTION = 1, GHCB_MALFORMED = 2 };

/* SW_EXITINFO2 with GHCB_MALFORMED. */
enum ghcb_reason {
    GHCB_NOT_REGISTERED = 1,
    GHCB_BAD_USAGE = 2,
    GHCB_BAD_SCRATCH = 3,
    GHCB_MISSING_INPUT = 4,
    GHCB_INVALID_INPUT = 5,
    GHCB_INVALID_EVENT = 6,
};

/* SW_EXITINFO2 with GHCB_EXCEPTION: #GP(0) in EVENTINJ format. */
#define GHCB_INJECT_GP 0x80000B0Dull

/* The page's fields that a call may use; the order is that of the table in ghcb_page.c. */
enum ghcb_field {
    GHCB_CPL,
    GHCB_XSS,
    GHCB_RAX,
    GHCB_RCX,
    GHCB_RDX,
    GHCB_RBX,
    GHCB_RSI,
    GHCB_EXITCODE,
    GHCB_INFO1,
    GHCB_INFO2,
    GHCB_SCRATCH,
    GHCB_XCR0,
    GHCB_FIELDS
};
#define GHCB_BIT(field) (1u << (field))

struct ghcb_call {
    struct vcpu *vcpu;
    uint64_t page;    /* GPA of the GHCB */
    uint32_t valid;   /* GHCB_BIT of each field the guest marked valid */
    uint32_t written; /* GHCB_BIT of each output besides INFO1 and INFO2 */
    uint32_t buffer;  /* offset of SCRATCH in the shared buffer, if the call uses it */
    uint64_t value[GHCB_FIELDS];
    uint64_t info1, info2; /* outputs */
};

/* A VMGEXIT of this vCPU: looks at its GHCB MSR and serves it. */
void ghcb_exit(struct vcpu *vcpu);

/* The two protocols; ghcb_exit chooses. */
void ghcb_msr_call(struct vcpu *vcpu, uint64_t value);
void ghcb_page_call(struct vcpu *vcpu, uint64_t page);

/* For handlers: report a result, set an output, use the shared buffer from SCRATCH on. */
void ghcb_fail(struct ghcb_call *call, enum ghcb_reason reason);
void ghcb_inject_gp(struct ghcb_call *call);
void ghcb_set(struct ghcb_call *call, enum ghcb_field field, uint64_t value);
bool ghcb_buffer_check(struct ghcb_call *call, uint64_t size);
void ghcb_buffer_read(struct ghcb_call *call, uint32_t offset, void *to, uint32_t size);
void ghcb_buffer_write(struct ghcb_call *call, uint32_t offset, const void *from, uint32_t size);

/* Registration of a GHCB page, for ghcb_msr.c: the page must be shared RAM. */
bool ghcb_register(struct vcpu *vcpu, uint64_t page);

/* The features this host offers. */
uint64_t ghcb_host_features(void);

/* What a fresh VMSA's GHCB MSR holds: the SEV_INFO answer. */
uint64_t ghcb_msr_reset_value(void);

/* A termination request: names the reason and ends the machine. */
_Noreturn void ghcb_terminate(struct vcpu *vcpu, unsigned set, unsigned code, uint64_t extra);

/* The handlers, by file. */
void ghcb_cpuid(struct ghcb_call *call);
void ghcb_msr(struct ghcb_call *call);
void ghcb_rdtsc(struct ghcb_call *call);
void ghcb_rdpmc(struct ghcb_call *call);
void ghcb_debug_read(struct ghcb_call *call);
void ghcb_nothing(struct ghcb_call *call);
void ghcb_vmmcall(struct ghcb_call *call);
void ghcb_features(struct ghcb_call *call);
void ghcb_terminate_call(struct ghcb_call *call);
void ghcb_unsupported(struct ghcb_call *call);
void ghcb_ioio(struct ghcb_call *call);
void ghcb_mmio_read(struct ghcb_call *call);
void ghcb_mmio_write(struct ghcb_call *call);
void ghcb_page_state(struct ghcb_call *call);
void ghcb_guest_request(struct ghcb_call *call);
void ghcb_extended_request(struct ghcb_call *call);
void ghcb_ap_create(struct ghcb_call *call);
void ghcb_ap_hold(struct ghcb_call *call);
void ghcb_ap_table(struct ghcb_call *call);
void ghcb_apic_ids(struct ghcb_call *call);
void ghcb_run_vmpl(struct ghcb_call *call);
void ghcb_doorbell(struct ghcb_call *call);
void ghcb_ipi(struct ghcb_call *call);

#endif
