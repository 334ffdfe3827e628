/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The vTPM as a server: SVSM protocol 2 for the guest's CPUs, one command at a time.
 *
 * Started for the first time in the life of this VM it makes a new TPM. Started again, after
 * whatever ended it, there may be secrets sealed to the old one: it then wants the old one's state,
 * and as long as the store has none it is in failure mode. The store is memory of its own for now,
 * so after a restart that is for good. Nothing the guest sends can end this program but by a fault.
 */
#include "memory_store.h"
#include "protocol.h"
#include "vtpm.h"

#include "crypto.h"

#include <sel4/bootinfo.h>
#include <svsm/channel.h>
#include <svsm/interface/log.h>
#include <svsm/result.h>
#include <svsm/time.h>
#include <svsm/vcpu.h>

#define FASTEST_HZ UINT64_C(8000000000)

/* Said again to a log that was started anew and has not heard it. */
static void say(const char *text)
{
    struct channel *log = channel_find("log");

    if (log_say(log, LOG_NOTICE, text) == SVSM_RESTARTED)
        log_say(log, LOG_NOTICE, text);
}

static uint64_t nanoseconds(void *context)
{
    (void)context;
    return time_nanoseconds();
}

static uint64_t answer_query(struct message *message)
{
    struct protocol_features f = protocol_query();

    message->words[SVSM_CALL_RCX] = f.commands;
    message->words[SVSM_CALL_RDX] = f.features;
    message->length = 2;
    return SVSM_SUCCESS;
}

/*
 * The kernel has put the guest's page into the channel's memory, and takes it back on success;
 * nobody else sees it meanwhile, so it need not be copied again. The specification knows no page at
 * 0, even where the guest has one.
 */
static uint64_t answer_command(struct channel *channel, struct message *message)
{
    size_t size;
    uint8_t *page = channel_memory(channel, &size);

    message->length = 0;
    if (message->words[SVSM_CALL_RCX] == 0)
        return SVSM_INVALID_PARAMETER;
    if (page == NULL || size < PROTOCOL_MESSAGE_BYTES)
        svsm_panic("the channel of the guest has no page");
    return protocol_command(page);
}

static uint64_t answer(struct channel *channel, const void *handlers, struct message *message)
{
    (void)handlers;
    if (message->label == PROTOCOL_QUERY)
        return answer_query(message);
    if (message->label == PROTOCOL_COMMAND)
        return answer_command(channel, message);
    message->length = 0;
    return SVSM_UNSUPPORTED_CALL;
}

static void use_processor(uint64_t features)
{
    unsigned cpu = 0;

    cpu |= (features & SVSM_FEATURE_AES) != 0 ? CRYPTO_CPU_AESNI : 0;
    cpu |= (features & SVSM_FEATURE_SHA) != 0 ? CRYPTO_CPU_SHA : 0;
    crypto_use_cpu(cpu);
}

/* A clock that may be slow, and is never fast, where nobody knows the counter's rate. */
static void use_clock(uint64_t hz)
{
    if (hz != 0)
        return;
    say("the rate of the counter is unknown: the clock is slow");
    time_open(FASTEST_HZ);
}

int main(void)
{
    static const struct service services[] = {{.channel = "vtpm", .call = answer}};
    static struct memory_store memory;
    struct vtpm_config config = {
        .store = &memory.store,
        .entropy = entropy_processor,
        .clock = {nanoseconds, NULL},
        .log = say,
        .origin = server_start()->generation == 1 ? VTPM_MANUFACTURE : VTPM_POWER_ON,
    };

    use_processor(server_start()->features);
    use_clock(server_start()->tsc_hz);
    memory_store_open(&memory);
    vtpm_start(&config);
    server_run(services, 1);
}
