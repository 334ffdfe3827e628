/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages to the security processor; see request.h. */
#include "request.h"

#include "ghcb.h"
#include "memory.h"
#include "window.h"

#define HALF_WORDS (PAGE_SIZE / 2 / sizeof(uint64_t))
#define HOST_BUSY  (UINT64_C(2) << 32)

static uint64_t request_pa, answer_pa;
static uint32_t busy;

static uint64_t share_page(void)
{
    void *page = memory_take(1);

    platform->share(window_phys(page), page);
    return window_phys(page);
}

void request_prepare(void)
{
    request_pa = share_page();
    answer_pa = share_page();
}

uint64_t request_page(void)
{
    return request_pa;
}

static void copy_half(volatile uint64_t *to, const volatile uint64_t *from)
{
    for (unsigned int i = 0; i < HALF_WORDS; i++) {
        to[i] = from[i];
    }
}

enum platform_error request_send(uint64_t page, uint64_t *status)
{
    volatile uint64_t *theirs = platform_shared_at(page);
    enum platform_error error;

    if (__atomic_exchange_n(&busy, 1, __ATOMIC_ACQUIRE) != 0) {
        *status = HOST_BUSY;
        return PLATFORM_OK;
    }
    copy_half(platform_shared_at(request_pa), theirs);
    error = ghcb_guest_request(request_pa, answer_pa, status);
    copy_half(theirs + HALF_WORDS, platform_shared_at(answer_pa));
    __atomic_store_n(&busy, 0, __ATOMIC_RELEASE);
    return error;
}
