/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Host calls. Order of errors, after those of methods.def:
 *
 * Get: InvalidArgument (no such class), InvalidCapability (page is not a shared page's capability,
 * or is missing where the class needs one), FailedLookup or RangeError (slot), DeleteFirst.
 * Invoke: RangeError (outside of what the capability allows), InvalidArgument (width), HostRefused.
 */
#include "hostcall.h"
#include "page.h"
#include "platform.h"
#include <svsm/hostcall.h>

#define PORTS 0x10000u

struct class
{
    bool needs_page;
    seL4_Error (*check)(uint64_t argument, const uint64_t *words);
};

static seL4_Error check_console(uint64_t argument, const uint64_t *words)
{
    (void)argument;
    return words[0] > PAGE_SIZE || words[1] > PAGE_SIZE - words[0] ? seL4_RangeError : seL4_NoError;
}

/* The first word is for kinds of request there may be later. */
static seL4_Error check_request(uint64_t argument, const uint64_t *words)
{
    (void)argument;
    return words[0] != 0 ? seL4_RangeError : seL4_NoError;
}

/* words {offset, width, write, value}: an aligned access inside size bytes. */
static seL4_Error check_access(uint64_t size, const uint64_t *words, uint64_t widest)
{
    uint64_t width = words[1];

    if (width == 0 || width > widest || (width & (width - 1)) != 0)
        return seL4_InvalidArgument;
    if (words[0] >= size || width > size - words[0] || (words[0] & (width - 1)) != 0)
        return seL4_RangeError;
    return seL4_NoError;
}

static seL4_Error check_mmio(uint64_t argument, const uint64_t *words)
{
    (void)argument;
    return check_access(PAGE_SIZE, words, 8);
}

/* A range that goes beyond the last port ends there. */
static seL4_Error check_port(uint64_t argument, const uint64_t *words)
{
    uint64_t count = argument >> 16 & 0xffff, room = PORTS - (argument & 0xffff);

    return check_access(count < room ? count : room, words, 4);
}

static const struct class classes[SVSM_HOST_CLASSES] = {
    [SVSM_HOST_CONSOLE] = {true, check_console},
    [SVSM_HOST_GUEST_REQUEST] = {true, check_request},
    [SVSM_HOST_MMIO] = {false, check_mmio},
    [SVSM_HOST_PORT] = {false, check_port},
};

/* The shared page a word names, for a class; whose child the new capability becomes. */
static seL4_Error find_page(const struct invocation *inv, const struct class *class,
                            struct slot **page)
{
    *page = NULL;
    if (inv->mr[1] == seL4_CapNull)
        return class->needs_page ? seL4_InvalidCapability : seL4_NoError;
    *page = invocation_cap(inv, inv->mr[1], CAP_Page, seL4_ReadWrite);
    if (*page == NULL || ((*page)->cap.aux & PAGE_SHARED) == 0)
        return seL4_InvalidCapability;
    return seL4_NoError;
}

seL4_Error invoke_HostControl_Get(struct invocation *inv)
{
    struct cap cap = {.type = CAP_HostCall, .rights = CAP_RIGHTS};
    uint64_t number = inv->mr[0];
    struct slot *page;
    struct place place;
    seL4_Error error;

    if (number >= SVSM_HOST_CLASSES || classes[number].check == NULL)
        return seL4_InvalidArgument;
    error = find_page(inv, &classes[number], &page);
    if (error == seL4_NoError)
        error = invocation_place(inv, inv->mr[2], seL4_CanWrite, &place);
    if (error != seL4_NoError)
        return error;
    if (!slot_is_empty(place.slot))
        return seL4_DeleteFirst;
    cap.aux = (uint16_t)number;
    cap.badge = inv->mr[3];
    cap.object = page == NULL ? 0 : page->cap.object;
    slot_insert(inv->config, place.slot, page == NULL ? inv->slot : slot_original(page), cap);
    return seL4_NoError;
}

seL4_Error invoke_HostCall_Invoke(struct invocation *inv)
{
    struct cap cap = inv->slot->cap;
    struct host_call call = {
        .class = cap.aux,
        .argument = cap.badge,
        .page = (uint64_t)cap.object << PAGE_SHIFT,
        .words = {inv->mr[0], inv->mr[1], inv->mr[2], inv->mr[3]},
    };
    seL4_Error error = classes[cap.aux].check(cap.badge, call.words);
    enum platform_error result;

    if (error != seL4_NoError)
        return error;
    /* The host may take its time; the capability may go meanwhile, its page waits for us to. */
    config_unlock(inv->config);
    result = platform_host_call(&call);
    inv->config = config_lock();
    if (result != PLATFORM_OK)
        return svsm_HostRefused;
    for (unsigned i = 0; i < seL4_MsgMaxLength; i++)
        inv->mr[i] = call.words[i];
    inv->result_length = seL4_MsgMaxLength;
    return seL4_NoError;
}
