/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Guest pages become valid and invalid: the work behind PVALIDATE and behind the guest's start.
 *
 * The caller holds the range (pagestate.h) and has checked that the change is allowed. A page is
 * zeroed after it became valid and before the guest has a right to it; rights go before validity
 * does. What only a lying host can cause ends the virtual machine.
 */
#ifndef MICROKERNEL_GUESTMEMORY_H
#define MICROKERNEL_GUESTMEMORY_H

#include <stdbool.h>
#include <stdint.h>

/* An entry of PVALIDATE's list: an address and these. */
#define PVALIDATE_SIZE      UINT64_C(0x3)
#define PVALIDATE_2M        UINT64_C(0x1)
#define PVALIDATE_VALID     UINT64_C(0x4)
#define PVALIDATE_UNCHANGED UINT64_C(0x8) /* already so is as good */
#define PVALIDATE_RESERVED  UINT64_C(0xff0)
#define PVALIDATE_ADDRESS   (~UINT64_C(0xfff))

/* SVSM_SUCCESS, or with nothing changed an SVSM_PVALIDATE code. */
uint64_t guestmemory_validate(uint64_t gpa, bool large);
uint64_t guestmemory_invalidate(uint64_t gpa, bool large);

/* Before the guest starts: its memory in [first, end), which are whole ranges, becomes valid; what
   was loaded is granted to it. */
void guestmemory_give(uint64_t first, uint64_t end);

#endif
