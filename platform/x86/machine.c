/* SPDX-License-Identifier: BSD-2-Clause */
/* What of machine.h is not worth inlining. */
#include "machine.h"

#include "cpu.h"
#include "ops.h"
#include "paging.h"
#include "platform.h"
#include "report.h"

uint64_t machine_pcid_mask(void)
{
    return (x86_cr4() & CR4_PCIDE) != 0 ? CPU_PCIDS - 1 : 0;
}

uint64_t machine_kernel_root(void)
{
    return paging_kernel_root();
}

void machine_backtrace(void)
{
    report_backtrace((uint64_t)__builtin_frame_address(0));
}
