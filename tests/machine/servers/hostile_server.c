/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a server under somebody else's control could do, on demand. It holds what the manifest gives
 * it and no more: a channel from the judge, one to its neighbour.
 */
#include <string.h>

#include <sel4/syscalls.h>
#include <svsm/interface/echo.h>

#include "hostile.h"
#include "test.h"

#define ROUNDS 1000u

static volatile struct hostile_region *region;

static uint64_t random_word(void)
{
    uint64_t state = region->random;

    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    region->random = state;
    return state;
}

/* A function for each row; should it come back, it returns to one that says so. */
#define ROW(name, code)                                                                            \
    void row_##name(void);                                                                         \
    __asm__(".text\nrow_" #name ":\n" code "\nret\n");
#include "hostile.def"
#undef ROW

static void (*const rows[])(void) = {
#define ROW(name, code) row_##name,
#include "hostile.def"
#undef ROW
};

/* The start page and the parked page behind it are init's. */
static void write_start_page(void)
{
    *(volatile uint32_t *)&server_start()->generation = 99;
}

static void write_parked_page(void)
{
    ((volatile uint8_t *)server_start())[4096] = 0xcc;
}

static void run_data(void)
{
    static uint8_t code[16] = {0xc3};

    ((void (*)(void))(uintptr_t)code)();
}

static void run_heap(void)
{
    *(volatile uint8_t *)server_start()->heap = 0xc3;
    ((void (*)(void))server_start()->heap)();
}

/* A window's memory, just below the stack: the guard page ends this before anything else. */
static uint64_t deep(volatile uint64_t *above)
{
    volatile uint64_t own[64];

    own[0] = above == NULL ? 1 : above[0] + 1;
    return own[0] == 0 ? 0 : deep(own) + own[0];
}

static void overflow_stack(void)
{
    deep(NULL);
}

static void (*const more_rows[])(void) = {write_start_page, write_parked_page, run_data, run_heap,
                                          overflow_stack};

static void row(uint64_t number)
{
    if (number < HOSTILE_ROWS)
        rows[number]();
    else if (number - HOSTILE_ROWS < sizeof(more_rows) / sizeof(*more_rows))
        more_rows[number - HOSTILE_ROWS]();
}

static bool is_own(uint64_t slot)
{
    return (slot >= SVSM_SLOT_ENDPOINT && slot <= SVSM_SLOT_NOTIFICATION) ||
           (slot >= SVSM_SLOT_CHANNELS && slot < SVSM_SLOT_CHANNELS + 8);
}

/* Every method on what is not there; and methods of other objects on what is. Reply_Abort on the
   own reply object is no forgery. */
static uint64_t forge(void)
{
    uint64_t refused = 0;

    for (uint64_t slot = 0; slot < 4 * ROUNDS; slot++) {
        uint64_t at = slot < ROUNDS ? slot : random_word();
        struct svsm_message m = {at, {{slot % 48 << SEL4_LABEL_SHIFT | 4}}, {1, 2, 3, 4}};

        if (is_own(at))
            continue;
        svsm_syscall(seL4_SysCall, &m, 0);
        refused += seL4_MessageInfo_get_label(m.info) != 0;
        m.badge = at;
        svsm_syscall(slot % 2 != 0 ? seL4_SysRecv : seL4_SysReplyRecv, &m, at);
        refused += (seL4_MessageInfo_get_label(m.info) & SVSM_LABEL_KERNEL) != 0;
    }
    for (uint64_t label = 1; label < 64; label++) {
        struct svsm_message m = {SVSM_SLOT_NOTIFICATION, {{label << SEL4_LABEL_SHIFT | 4}}, {0}};

        svsm_syscall(seL4_SysCall, &m, 0);
        refused += seL4_MessageInfo_get_label(m.info) != 0;
        m = (struct svsm_message){SVSM_SLOT_ENDPOINT, {{label << SEL4_LABEL_SHIFT | 4}}, {0}};
        svsm_syscall(seL4_SysCall, &m, 0); /* may be received from, not called */
        refused += seL4_MessageInfo_get_label(m.info) != 0;
    }
    return refused;
}

static uint64_t malform(void)
{
    const struct channel *neighbour = channel_find("neighbour");
    uint64_t answers = 0;

    for (unsigned i = 0; i < ROUNDS; i++) {
        struct svsm_message m = {neighbour->endpoint,
                                 {{random_word()}},
                                 {random_word(), random_word(), random_word(), random_word()}};

        if (i % 2 == 0)
            m.info.words[0] = (random_word() % 6) << SEL4_LABEL_SHIFT | random_word() % 128;
        svsm_syscall(seL4_SysCall, &m, 0);
        answers += (seL4_MessageInfo_get_label(m.info) & SVSM_LABEL_KERNEL) == 0;
    }
    return answers;
}

/* The shared page of positions gets random words; the neighbour is asked to read and to write. */
static uint64_t rings(void)
{
    struct channel *neighbour = channel_find("neighbour");
    volatile uint64_t *positions = (volatile uint64_t *)neighbour->start->memory;
    uint64_t answers = 0;

    for (unsigned i = 0; i < ROUNDS; i++) {
        struct message m = {
            .label = i % 2 == 0 ? 2 : 3, .length = 1, .words = {random_word() % 20000}};

        for (unsigned word = 0; word < 64; word++)
            positions[word] = i % 4 < 2 ? random_word() : positions[word] ^ random_word() % 65536;
        channel_call(neighbour, &m);
        answers++;
    }
    return answers;
}

static uint64_t flood(void)
{
    struct channel *neighbour = channel_find("neighbour");

    for (unsigned i = 0; i < 10 * ROUNDS; i++)
        channel_notify(neighbour);
    return 10 * ROUNDS;
}

static uint64_t let_go(void)
{
    seL4_Word mr[seL4_MsgMaxLength] = {0};

    seL4_CallWithMRs(SVSM_SLOT_REPLY, seL4_MessageInfo_new(18, 0, 0, 0), mr); /* Reply_Abort */
    return 0;
}

static uint64_t spin(void)
{
    for (;;)
        __asm__ volatile("" ::: "memory");
    return 0;
}

static uint64_t sleep(void)
{
    for (;;)
        seL4_Wait(SVSM_SLOT_NOTIFICATION);
    return 0;
}

static uint64_t vmgexit(void)
{
    for (unsigned i = 0; i < ROUNDS; i++)
        __asm__ volatile("rep; vmmcall" ::: "memory");
    return ROUNDS;
}

static uint64_t leave(void)
{
    svsm_exit(0);
}

static uint64_t serve(struct channel *channel, const void *handlers, struct message *message)
{
    static uint64_t (*const calls[])(void) = {
        [HOSTILE_FORGE] = forge, [HOSTILE_MALFORM] = malform, [HOSTILE_RINGS] = rings,
        [HOSTILE_FLOOD] = flood, [HOSTILE_ABORT] = let_go,    [HOSTILE_SPIN] = spin,
        [HOSTILE_SLEEP] = sleep, [HOSTILE_VMGEXIT] = vmgexit, [HOSTILE_EXIT] = leave,
    };

    (void)channel;
    (void)handlers;
    message->length = 1;
    if (message->label >= HOSTILE_ROW)
        row(message->label - HOSTILE_ROW);
    else if (message->label < sizeof(calls) / sizeof(*calls) && calls[message->label] != NULL)
        message->words[0] = calls[message->label]();
    return SVSM_OK;
}

/* Wait and Recv come rarely: they end this life, as nobody answers them. */
static seL4_Syscall_ID random_number(void)
{
    uint64_t dice = random_word() % 1024;

    if (dice < 1000)
        return seL4_SysCall;
    if (dice < 1020)
        return dice % 2 != 0 ? seL4_SysSignal : seL4_SysPoll;
    return (seL4_Syscall_ID)(-1 - (int)(random_word() % 10));
}

/* The judge wants random system calls: mostly on what there is. */
static void notified(struct channel *channel)
{
    (void)channel;
    while (region->made < region->wanted) {
        uint64_t slot = random_word() % 4 == 0 ? random_word() : random_word() % 40;
        struct svsm_message m = {
            slot,
            {{(random_word() % 48) << SEL4_LABEL_SHIFT | random_word() % 8}},
            {random_word() % 64, random_word(), random_word() % 4096, random_word() % 64},
        };

        region->made++;
        svsm_syscall(random_number(), &m, random_word() % 5);
    }
}

int main(void)
{
    static const struct service services[] = {
        {.channel = "judge", .call = serve, .notified = notified},
    };

    region = test_region("orders");
    server_run(services, 1);
}
