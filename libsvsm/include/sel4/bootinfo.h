/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the first thread finds in the page whose address it gets in RDI: how many CPUs there are,
 * which slots of its CNode hold what, and the free memory.
 *
 * The capabilities with fixed numbers keep seL4's where seL4 has them. The files that were loaded
 * with the system (the manifest, the servers' images) are mapped read-only at archive; their
 * format is bootloader/include/boot/archive.h.
 */
#ifndef SEL4_BOOTINFO_H
#define SEL4_BOOTINFO_H

#include <sel4/types.h>

enum {
    seL4_CapInitThreadTCB = 1,
    seL4_CapInitThreadCNode = 2,
    seL4_CapInitThreadVSpace = 3,
    seL4_CapIRQControl = 4,
    svsm_CapHostControl = 5,
    svsm_CapSystem = 6,
    svsm_CapGuestMemory = 7, /* all of the guest's memory; empty where there is no guest */
    seL4_CapBootInfoFrame = 9,
    seL4_NumInitialCaps = 16,
};

/* Slots start to end - 1. */
typedef struct {
    seL4_CPtr start;
    seL4_CPtr end;
} seL4_SlotRegion;

typedef struct {
    seL4_Word paddr;
    uint8_t sizeBits;
    uint8_t isDevice; /* device registers: only pages can be made of it, and they are not zeroed */
    uint8_t padding[6];
} seL4_UntypedDesc;

#define seL4_BootInfoUntypeds 160u

typedef struct {
    seL4_Word nodeID;   /* the CPU this thread started on: 0 */
    seL4_Word numNodes; /* CPUs */
    seL4_Word initThreadCNodeSizeBits;
    seL4_SlotRegion empty;           /* free slots of the CNode */
    seL4_SlotRegion userImageFrames; /* the pages of this thread's own image, segment by segment */
    seL4_SlotRegion userImagePaging; /* its page tables */
    seL4_SlotRegion archiveFrames;   /* the pages of the archive, in order; read-only */
    seL4_SlotRegion vcpus;           /* a VCpu capability per guest CPU the host offers */
    seL4_SlotRegion untyped;         /* described by untypedList, in the same order */
    seL4_Word archive;               /* address of the archive's first page; 0: there is none */
    seL4_Word archiveSize;
    seL4_Word platform; /* as enum boot_platform */
    seL4_Word tscHz;    /* 0: unknown */
    seL4_Word features; /* SVSM_FEATURE_* */
    seL4_Word memory;   /* bytes of the whole region, the kernel's own included */
    seL4_Word timerIrq; /* number of the timer's interrupt, which needs no Ack; ~0: there is none */
    seL4_UntypedDesc untypedList[seL4_BootInfoUntypeds];
} seL4_BootInfo;

#define SVSM_FEATURE_TIMER 1u /* threads are preempted; else one must Yield or block */
#define SVSM_FEATURE_CHECK 2u /* System_Check works: a test build */
#define SVSM_FEATURE_AES   4u /* the processor has AES-NI */
#define SVSM_FEATURE_SHA   8u /* and the SHA extensions */

_Static_assert(sizeof(seL4_BootInfo) <= 4096, "the boot information is one page");

#endif
