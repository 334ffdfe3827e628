/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The event trace: what happened when, as fixed-size records in a file.
 *
 * With the option trace=on every event below becomes one record of 24 bytes, little endian. Each
 * CPU collects its own; full buffers and the rest at the machine's end go to QEMU's debug console
 * (-chardev file,id=trace,path=FILE -device isa-debugcon,iobase=0xe9,chardev=trace). Records of one
 * CPU are in order; among CPUs the TSC tells. tools/trace makes a summary or a picture of the file.
 * Without the option an event costs the test of one variable.
 */
#ifndef SNPMACHINE_TRACE_H
#define SNPMACHINE_TRACE_H

#include <stdbool.h>
#include <stdint.h>

#define TRACE_PORT  0xE9u
#define TRACE_MAGIC 0x31504E53u /* "SNP1" */
#define TRACE_HOST  0xFFu       /* the "vmpl" of what the host or the firmware does */

/* A guest leaves a TRACE_MARK by a 32-bit OUT to this port, or, with one exit only, by this request
 * of the GHCB MSR protocol (bits 63:32 the mark, answer TRACE_MARK_ANSWER). Swallowed when there is
 * no trace; no other host knows either. */
#define TRACE_MARK_PORT    0x2E0u
#define TRACE_MARK_REQUEST 0xE20u
#define TRACE_MARK_ANSWER  0xE21u

/* What marks mean to tools/trace: bits 31:24 the kind, 23:16 a server (0: the kernel), 15:0 more.
 * Other kinds are the guest's own. Servers run at VMPL0, one at a time on a vCPU. */
enum trace_mark {
    TRACE_MARK_ENTER = 1, /* from here on this server runs, until the next ENTER or VMPL */
    TRACE_MARK_CALL,      /* the one that runs calls this server; 15:0 the call's number */
    TRACE_MARK_REPLY,     /* the one that runs answers this server */
    TRACE_MARK_NAME       /* the next two letters of this server's name, the first in bits 7:0 */
};

enum trace_event {
    TRACE_START = 1,   /* the first record; code TRACE_MAGIC, value TSC ticks in a second */
    TRACE_EXIT,        /* the guest stopped; code of SVM; value TSC ticks since it was entered */
    TRACE_VC,          /* #VC raised in the guest; its error code; value RIP */
    TRACE_INJECT,      /* the host's EVENTINJ; code is its low half */
    TRACE_INSTRUCTION, /* code 7:0 0 PVALIDATE, 1 RMPADJUST, 2 RMPQUERY; 15:8 its result; 31:16 DX;
                        * value the linear address */
    TRACE_RMP,         /* host: code 0 assign, 1 release, 2 smash; bit 8: 2 MiB; value spa */
    TRACE_LAUNCH,      /* firmware: a page of this type; value gpa */
    TRACE_GHCB,        /* page protocol: exit code; value EXITINFO1 */
    TRACE_GHCB_MSR,    /* MSR protocol: bits 11:0; value the MSR */
    TRACE_SWITCH,      /* the host goes on with this VMPL (code) */
    TRACE_MESSAGE,     /* guest message to the firmware: its status; value the page's spa */
    TRACE_MARK         /* the guest's own, code */
};

struct trace_record {
    uint64_t tsc;
    uint16_t event;
    uint8_t cpu, vmpl;
    uint32_t code;
    uint64_t value;
};
_Static_assert(sizeof(struct trace_record) == 24, "what tools/trace reads");

extern bool trace_on;

void trace_start(void);
void trace_end(void);
void trace_add(unsigned vmpl, enum trace_event event, uint64_t code, uint64_t value);

static inline void trace(unsigned vmpl, enum trace_event event, uint64_t code, uint64_t value)
{
    if (trace_on)
        trace_add(vmpl, event, code, value);
}

#endif
