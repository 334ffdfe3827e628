/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * seL4's basic types for x86-64: words, capability pointers, message tags, rights, errors.
 *
 * Names, packings and numbers are those of seL4's user interface, so that who knows seL4 is at
 * home; where Drupe differs, README.md here says how. The kernel includes this file too: what
 * both sides must agree on stands here and nowhere else.
 */
#ifndef SEL4_TYPES_H
#define SEL4_TYPES_H

#include <stdint.h>

typedef uint64_t seL4_Word;
typedef seL4_Word seL4_CPtr;

/* Named after what they point to, for the reader; all are seL4_CPtr. */
typedef seL4_CPtr seL4_Untyped;
typedef seL4_CPtr seL4_CNode;
typedef seL4_CPtr seL4_TCB;
typedef seL4_CPtr seL4_Endpoint;
typedef seL4_CPtr seL4_Notification;
typedef seL4_CPtr seL4_Reply;

#define seL4_CapNull ((seL4_CPtr)0)

#define seL4_MsgMaxLength 4u /* all in registers; longer messages go through shared memory */

/* label:52 | capsUnwrapped:3 (always 0) | extraCaps:2 (always 0) | length:7 */
typedef struct seL4_MessageInfo {
    seL4_Word words[1];
} seL4_MessageInfo_t;

#define SEL4_LABEL_BITS  52u
#define SEL4_LABEL_SHIFT 12u
#define SEL4_LENGTH_MASK 0x7fu

static inline seL4_MessageInfo_t seL4_MessageInfo_new(seL4_Word label, seL4_Word caps_unwrapped,
                                                      seL4_Word extra_caps, seL4_Word length)
{
    return (seL4_MessageInfo_t){{label << SEL4_LABEL_SHIFT | (caps_unwrapped & 7) << 9 |
                                 (extra_caps & 3) << 7 | (length & SEL4_LENGTH_MASK)}};
}

static inline seL4_Word seL4_MessageInfo_get_label(seL4_MessageInfo_t info)
{
    return info.words[0] >> SEL4_LABEL_SHIFT;
}

static inline seL4_Word seL4_MessageInfo_get_length(seL4_MessageInfo_t info)
{
    return info.words[0] & SEL4_LENGTH_MASK;
}

/* The kernel's own answers to a Call on an endpoint carry this bit of the label, which the kernel
   takes out of every label a thread sends. */
#define SVSM_LABEL_KERNEL ((seL4_Word)1 << (SEL4_LABEL_BITS - 1))

typedef enum {
    seL4_NoError = 0,
    seL4_InvalidArgument = 1,
    seL4_InvalidCapability = 2,
    seL4_IllegalOperation = 3,
    seL4_RangeError = 4,
    seL4_AlignmentError = 5,
    seL4_FailedLookup = 6,
    seL4_TruncatedMessage = 7,
    seL4_DeleteFirst = 8,
    seL4_RevokeFirst = 9,
    seL4_NotEnoughMemory = 10,
    svsm_PeerRestarted = 16, /* the server went away before it answered */
    svsm_Busy = 17,          /* the server is at work on another CPU */
    svsm_HostRefused = 18,   /* the host did not do what a host call asked */
} seL4_Error;

/* Rights are a word of four bits. */
typedef seL4_Word seL4_CapRights_t;

#define seL4_CanWrite      ((seL4_CapRights_t)1)
#define seL4_CanRead       ((seL4_CapRights_t)2)
#define seL4_CanGrant      ((seL4_CapRights_t)4) /* kept for its number; nothing asks for it */
#define seL4_CanGrantReply ((seL4_CapRights_t)8) /* likewise */
#define seL4_AllRights     ((seL4_CapRights_t)0xf)
#define seL4_ReadWrite     (seL4_CanRead | seL4_CanWrite)
#define seL4_NoRights      ((seL4_CapRights_t)0)

/* A slot of a CNode as one word. Both numbers are below 2^32. */
static inline seL4_Word seL4_Slot(seL4_CNode cnode, seL4_Word index)
{
    return cnode << 32 | (index & UINT32_MAX);
}

/* What Untyped_Retype shall make: an object type and, for untyped memory and CNodes, the size. */
static inline seL4_Word seL4_What(seL4_Word type, seL4_Word size_bits)
{
    return type | size_bits << 32;
}

#endif
