/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Layouts that the small guests of these tests share: a VMSA (APM volume 2, table B-4), a GHCB, the
 * processor's own tables. Written from the manuals, once for all tests and for none of what they
 * test: an offset that is wrong in the product must not be wrong here too.
 */
#ifndef TESTS_LAYOUT_H
#define TESTS_LAYOUT_H

#include <stdint.h>

enum {
    VMSA_CS = 0x010, /* a segment: selector, attributes << 16, limit << 32; then its base */
    VMSA_GS = 0x050,
    VMSA_GDTR = 0x060,
    VMSA_LDTR = 0x070,
    VMSA_IDTR = 0x080,
    VMSA_TR = 0x090,
    VMSA_LEVELS = 0x0C8, /* a word with VMPL in byte 2 and CPL in byte 3 */
    VMSA_EFER = 0x0D0,
    VMSA_CR4 = 0x148,
    VMSA_CR3 = 0x150,
    VMSA_CR0 = 0x158,
    VMSA_DR7 = 0x160,
    VMSA_DR6 = 0x168,
    VMSA_RFLAGS = 0x170,
    VMSA_RIP = 0x178,
    VMSA_RSP = 0x1D8,
    VMSA_RAX = 0x1F8,
    VMSA_STAR = 0x200,
    VMSA_CR2 = 0x240,
    VMSA_PAT = 0x268,
    VMSA_RCX = 0x308,
    VMSA_RDX = 0x310,
    VMSA_RBX = 0x318,
    VMSA_RBP = 0x328,
    VMSA_RSI = 0x330,
    VMSA_RDI = 0x338,
    VMSA_R8 = 0x340,
    VMSA_FEATURES = 0x3B0,
    VMSA_EXIT = 0x3C0,
    VMSA_XCR0 = 0x3E8,
    VMSA_MXCSR = 0x408,
    VMSA_FTW = 0x40C,
    VMSA_FCW = 0x410,
    VMSA_X87 = 0x420,
    VMSA_XMM = 0x470,
    VMSA_YMM = 0x570,
};

enum {
    GHCB_RAX = 0x1F8,
    GHCB_RBX = 0x318,
    GHCB_CODE = 0x390,
    GHCB_INFO1 = 0x398,
    GHCB_INFO2 = 0x3A0,
    GHCB_SCRATCH = 0x3A8,
    GHCB_VALID = 0x3F0, /* two words: a bit for each word of the page that holds something */
    GHCB_BUFFER = 0x800,
    GHCB_VERSION = 0xFFA,
    GHCB_USAGE = 0xFFC,
};

struct gate {
    uint16_t offset_low, selector;
    uint8_t stack, type;
    uint16_t offset_middle;
    uint32_t offset_high, zero;
};

/* What LGDT and LIDT take. */
struct pointer {
    uint16_t limit;
    uint64_t base;
} __attribute__((packed));

#endif
