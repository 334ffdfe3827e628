/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * GuestMemory: the right to name pages of the guest, as a capability over a range of them.
 *
 * Pages that belong to the SVSM, to a virtual CPU's saved state or to a calling area are in no
 * GuestMemory, whatever its range says. The methods stand in methods.def.
 */
#ifndef SVSM_GUESTMEMORY_H
#define SVSM_GUESTMEMORY_H

#include <sel4/types.h>

struct svsm_guest_range {
    seL4_Word first_page;
    seL4_Word page_count;
};

#endif
