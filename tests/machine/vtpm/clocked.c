/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Linked into the vTPM for the benchmark: puts into the last word of each response's page how many
 * ticks of the time-stamp counter passed between the message's arrival and its answer. The first
 * use of an XMM register after the guest ran makes the kernel change the floating-point state: that
 * is its work, and done before the clock starts.
 */
#include <string.h>

#include <svsm/channel.h>
#include <svsm/hook.h>

void svsm_hook(enum svsm_point point, uint32_t channel)
{
    static uint64_t start;
    size_t size;
    uint8_t *page = channel_memory(channel_find("vtpm"), &size);

    (void)channel;
    if (point == SVSM_POINT_RECEIVED) {
        __asm__ volatile("pxor %xmm0, %xmm0");
        start = __builtin_ia32_rdtsc();
    }
    if (point == SVSM_POINT_HANDLED && page != NULL) {
        uint64_t ticks = __builtin_ia32_rdtsc() - start;

        memcpy(page + size - sizeof ticks, &ticks, sizeof ticks);
    }
}
