/* SPDX-License-Identifier: BSD-2-Clause */
/* The example's interface: `add` adds an amount to the caller's own sum and answers the new sum. */
#ifndef EXAMPLE_H
#define EXAMPLE_H

#include <svsm/interface.h>

#define EXAMPLE_CALLS(CALL)        CALL(example, add, 1)
#define example_add_fields(FIELD)  FIELD(u32, amount)
#define example_add_results(FIELD) FIELD(u64, sum)

SVSM_INTERFACE(example, EXAMPLE_CALLS)

#endif
