/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the host part may ask of the SNP hardware, and all it may know.
 *
 * A real host cannot read private memory or VMSAs; this header gives it no way to either.
 * Addresses: "gpa" is a guest physical address without the C-bit, "spa" a system physical address;
 * the host decides which spa stands behind a gpa (hw_map), the RMP decides whether a guest may use
 * it. After start every page of RAM is hypervisor-owned and hw_map is one to one.
 */
#ifndef SNPMACHINE_HARDWARE_H
#define SNPMACHINE_HARDWARE_H

#include "machine.h"

#define VMPLS 4u

/* Position of the C-bit (51 when QEMU offers LA57 and 52 physical bits, else 47). */
unsigned hw_c_bit(void);

/* ---- Running a virtual CPU ---- */

/* Exits the host sees (automatic exits). All else is a #VC inside the guest or never leaves it. */
enum hw_exit {
    HW_EXIT_INTR = 0x60,
    HW_EXIT_NMI = 0x61,
    HW_EXIT_VINTR = 0x64, /* the interrupt window opened (hw_vmcb.want_window) */
    HW_EXIT_HLT = 0x78,
    HW_EXIT_SHUTDOWN = 0x7F,
    HW_EXIT_NPF = 0x400, /* info1: bits below; info2: gpa, without C-bit */
    HW_EXIT_VMGEXIT = 0x403
};
#define HW_EXIT_INVALID (~0ull)     /* the VMSA may not be run: no VMSA bit, SVME clear, ... */
#define HW_EXIT_BUSY    (~0ull - 1) /* the VMSA is running on another CPU */

/* exit_info1 of HW_EXIT_NPF */
#define HW_NPF_PRESENT (1ull << 0)
#define HW_NPF_WRITE   (1ull << 1)
#define HW_NPF_USER    (1ull << 2)
#define HW_NPF_FETCH   (1ull << 4)
#define HW_NPF_RMP     (1ull << 31) /* the RMP forbids it (ownership, gpa or size) */
#define HW_NPF_FINAL   (1ull << 32)
#define HW_NPF_WALK    (1ull << 33)
#define HW_NPF_ENC     (1ull << 34) /* the effective C-bit was 1 */
#define HW_NPF_SIZEM   (1ull << 35) /* PVALIDATE/RMPADJUST page size mismatch: PSMASH and resume */
#define HW_NPF_VMPL    (1ull << 36) /* the VMPL's permissions forbid it; the host cannot help */

/* EVENTINJ: 7:0 vector, 10:8 type, 11 error code valid, 31 valid, 63:32 error code */
#define HW_EVENT_VALID  (1ull << 31)
#define HW_EVENT_ERROR  (1ull << 11)
#define HW_EVENT_INTR   (0ull << 8)
#define HW_EVENT_NMI    (2ull << 8)
#define HW_EVENT_EXCEPT (3ull << 8)

/*
 * The part of the VMCB a host owns. The host keeps one for each VMSA it runs (one per vCPU and
 * VMPL), zeroed at first, and uses it on one CPU at a time.
 */
struct hw_vmcb {
    uint64_t vmsa;      /* in: spa of the VMSA; which VMPL runs is written in the VMSA */
    uint64_t ghcb_msr;  /* in and out: the guest's GHCB MSR */
    uint64_t event_inj; /* in: delivered at the next entry; cleared then */
    bool want_window;   /* in: exit with HW_EXIT_VINTR once the guest can take an interrupt */

    uint64_t exit_code, exit_info1, exit_info2;
    uint64_t exit_int_info; /* an event whose delivery the exit interrupted: inject it again */
    bool irq_masked;        /* guest's RFLAGS.IF is clear (GUEST_INTERRUPT_MASK) */
    bool irq_shadow;        /* after STI or MOV SS */
    uint8_t tpr;            /* the guest's CR8 */
};

/*
 * Runs the VMSA on this CPU until an automatic exit; the answer is in the exit_ fields. A physical
 * interrupt or cpu_kick() that came before is not lost: the guest is left at once. Interrupts of
 * the machine are taken before this returns. VMGEXIT and HLT leave RIP after the instruction.
 */
void hw_run(struct hw_vmcb *vmcb);

/* ---- Nested page tables: what the host maps behind guest physical addresses ---- */

/* Puts [spa, spa+size) behind [gpa, gpa+size), size PAGE_SIZE or LARGE_SIZE, aligned to it. RAM and
 * device memory alike; what lay there before is gone (all CPUs agree when this returns). A guest
 * page of RAM is usable when the RMP also agrees, with the same page size. */
void hw_map(uint64_t gpa, uint64_t spa, uint64_t size);
void hw_unmap(uint64_t gpa, uint64_t size);

/* Access to these pages becomes #VC 400 in the guest (a reserved bit in the nested tables). */
void hw_map_mmio(uint64_t gpa, uint64_t size);

/* false: nothing or MMIO is mapped there. *size (may be NULL) is the mapping's, spa is gpa's own.
 */
bool hw_translate(uint64_t gpa, uint64_t *spa, uint64_t *size);

/* ---- Memory as the host sees it ---- */

/* true: this page of RAM is hypervisor-owned, so host and guest may share it. */
bool hw_is_shared(uint64_t spa);

/* Through hw_translate. Aligned 1, 2, 4 and 8 byte lengths are one access. Reading guest-owned
 * pages gives their ciphertext. false: not mapped RAM; for writes also: guest-owned (nothing
 * written). */
bool hw_read(uint64_t gpa, void *to, uint64_t size);
bool hw_write(uint64_t gpa, const void *from, uint64_t size);

/* A pointer to a hypervisor-owned page of RAM, else NULL. Good until the host assigns that page;
 * the guest may change its bytes at any time. */
void *hw_page(uint64_t gpa);

/* ---- RMP, the host's instructions ---- */
enum hw_rmp_result {
    HW_RMP_OK = 0,
    HW_RMP_INPUT = 1,
    HW_RMP_PERMISSION = 2, /* immutable */
    HW_RMP_INUSE = 3,
    HW_RMP_OVERLAP = 4
};

/* RMPUPDATE: gives [spa, spa+size) to the guest at gpa: not validated, VMPL0 may do all, others
 * nothing. What was shared text there decrypts to noise. Assigning again starts over. 2 MiB over
 * assigned pages of 4 KiB, or 4 KiB inside a 2 MiB entry, is OVERLAP. */
enum hw_rmp_result hw_rmp_assign(uint64_t spa, uint64_t gpa, uint64_t size);

/* RMPUPDATE: takes it back; the host sees ciphertext. A 4 KiB part of a 2 MiB entry is OVERLAP. */
enum hw_rmp_result hw_rmp_release(uint64_t spa, uint64_t size);

/* PSMASH: one 2 MiB entry becomes 512 of 4 KiB that keep everything. INPUT if it is none. */
enum hw_rmp_result hw_psmash(uint64_t spa);

/* What a host has in its own books: is it assigned, at which gpa, as which size (each may be NULL).
 */
bool hw_rmp_assigned(uint64_t spa, uint64_t *gpa, uint64_t *size);

/* ---- CPU identity ---- */

/* CPUID of the processor, SEV leaves included, cleaned of what TCG does not do well. The host
 * proposes from it what goes into the CPUID page and answers the GHCB's CPUID calls. */
struct hw_cpuid {
    uint32_t eax, ebx, ecx, edx;
};
struct hw_cpuid hw_cpuid(uint32_t leaf, uint32_t subleaf);

#endif
