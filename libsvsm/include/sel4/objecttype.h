/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What untyped memory can become, and how much of it each object takes.
 *
 * Sizes are powers of two and objects are aligned to their size. The numbers are seL4's (with its
 * real-time extensions) up to Reply. For untyped memory and CNodes the caller names the size:
 * log2 of the bytes, and log2 of the slots.
 */
#ifndef SEL4_OBJECTTYPE_H
#define SEL4_OBJECTTYPE_H

typedef enum {
    seL4_UntypedObject = 0,
    seL4_TCBObject = 1,
    seL4_EndpointObject = 2,
    seL4_NotificationObject = 3,
    seL4_CapTableObject = 4,
    seL4_ReplyObject = 6,
    seL4_VSpaceObject = 8,         /* the top-level page table */
    seL4_X86_4K = 9,               /* a page of 4 KiB */
    seL4_X86_LargePageObject = 10, /* a page of 2 MiB */
    seL4_X86_PageTableObject = 11, /* a page table of any level below the top */
    svsm_VCpuObject = 12,
    seL4_ObjectTypeCount,
} seL4_ObjectType;

/* What a capability names, as CNode_Inspect tells it. */
enum seL4_CapType {
    CAP_Null = 0,
    CAP_Untyped,
    CAP_CNode,
    CAP_TCB,
    CAP_Endpoint,
    CAP_Notification,
    CAP_Reply,
    CAP_Page,
    CAP_PageTable,
    CAP_VSpace,
    CAP_IRQControl,
    CAP_IRQHandler,
    CAP_HostControl,
    CAP_HostCall,
    CAP_System,
    CAP_VCpu,
    CAP_GuestMemory,
    CAP_Root, /* in no CNode: what everything at boot is a child of */
    CAP_TYPES,
};

#define seL4_SlotBits         5u
#define seL4_TCBBits          12u
#define seL4_EndpointBits     6u
#define seL4_NotificationBits 6u
#define seL4_ReplyBits        6u
#define seL4_PageBits         12u
#define seL4_LargePageBits    21u
#define seL4_PageTableBits    12u
#define seL4_VSpaceBits       12u
#define svsm_VCpuBits         12u

#define seL4_MinUntypedBits 12u
#define seL4_MaxUntypedBits 43u
#define svsm_MaxCNodeBits   14u  /* log2 of the slots */
#define svsm_RetypeMaxCount 256u /* objects per Retype */

#endif
