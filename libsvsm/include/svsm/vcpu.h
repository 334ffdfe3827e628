/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * VCpu: one virtual CPU of the guest, as a capability. The first thread finds one per processor in
 * BootInfo's `vcpus`, in order of their numbers; there is none where there is no guest.
 *
 * A guest CPU is a thread to the kernel and an SVSM call is its system call: a call of protocol n
 * becomes a Call on the endpoint that VCpu_SetService has put in place n. The server sees
 *
 *   badge   of the endpoint capability given to SetService: mint one for each guest CPU
 *   label   the call's number; length 4; words RCX RDX R8 R9
 *
 * and answers with the result code as label (RAX, 32 bits, SVSM_SUCCESS is 0) and as many words as
 * the call gives back; registers beyond them keep what the guest had in them.
 *
 * A call number whose bit is set in `calls` carries 4096 bytes of guest memory, from the address in
 * RCX on: the kernel copies them into the page before the server receives the call, and from the
 * page into guest memory when the answer's label is 0. The page is one of the server's own, 4 KiB,
 * private, and only the receiver of the call touches it: a server with such calls has one thread
 * and answers before it receives again. It never sees the guest's memory itself.
 *
 * A guest is never kept waiting in a queue: when nobody waits in the endpoint the guest is told
 * SVSM_BUSY and asks again. When the kernel ends a call for the server (Reply_Abort, the reply
 * object's end), or the answer makes no sense, the guest is told SVSM_INVALID_REQUEST.
 */
#ifndef SVSM_VCPU_H
#define SVSM_VCPU_H

/* Message words of an SVSM call and of its answer. */
enum {
    SVSM_CALL_RCX = 0,
    SVSM_CALL_RDX = 1,
    SVSM_CALL_R8 = 2,
    SVSM_CALL_R9 = 3,
};

#define SVSM_PROTOCOLS 8u /* 0, the core protocol, is the kernel's; 1 to 7 can be served */

/* Protocols that exist; their numbers are the SVSM specification's. */
enum svsm_protocol {
    SVSM_PROTOCOL_CORE = 0,
    SVSM_PROTOCOL_ATTEST = 1,
    SVSM_PROTOCOL_VTPM = 2,
    SVSM_PROTOCOL_OBSERVE = 5,
};

#endif
