/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * VCpu: one virtual CPU of the guest, as a capability.
 *
 * A guest CPU is a thread to the kernel and an SVSM call is its system call: protocol n goes as a
 * Call to the endpoint in slot n of the VCpu's own CNode. The methods stand in methods.def; what a
 * server receives and answers are the call's registers in the four message words.
 */
#ifndef SVSM_VCPU_H
#define SVSM_VCPU_H

/* Message words of an SVSM call and of its answer; the label is the call number. */
enum {
    SVSM_CALL_RCX = 0,
    SVSM_CALL_RDX = 1,
    SVSM_CALL_R8 = 2,
    SVSM_CALL_R9 = 3, /* in the answer: the result code that goes to RAX */
};

#endif
