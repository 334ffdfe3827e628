/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an SVSM call answers in RAX: 32 bits, by the SVSM specification (AMD 58019).
 *
 * The kernel answers the core protocol with these, servers their own protocols. BUSY and INCOMPLETE
 * ask the guest to repeat the call as it is; everything else is final.
 */
#ifndef SVSM_RESULT_H
#define SVSM_RESULT_H

#include <stdint.h>

#define SVSM_SUCCESS              UINT64_C(0)
#define SVSM_INCOMPLETE           UINT64_C(0x80000000)
#define SVSM_UNSUPPORTED_PROTOCOL UINT64_C(0x80000001)
#define SVSM_UNSUPPORTED_CALL     UINT64_C(0x80000002)
#define SVSM_INVALID_ADDRESS      UINT64_C(0x80000003)
#define SVSM_INVALID_FORMAT       UINT64_C(0x80000004)
#define SVSM_INVALID_PARAMETER    UINT64_C(0x80000005)
#define SVSM_INVALID_REQUEST      UINT64_C(0x80000006)
#define SVSM_BUSY                 UINT64_C(0x80000007)

/* PVALIDATE's own: the instruction's result code is added to the first. */
#define SVSM_PVALIDATE_FAILED    UINT64_C(0x80001000)
#define SVSM_PVALIDATE_SIZE      UINT64_C(0x80001006)
#define SVSM_PVALIDATE_UNCHANGED UINT64_C(0x80001010)
#define SVSM_PVALIDATE_UNKNOWN   UINT64_C(0x80001011)

/* DELETE_VCPU of a processor that is running. */
#define SVSM_VCPU_IN_USE UINT64_C(0x80001003)

#endif
