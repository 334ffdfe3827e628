/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * See status.h. A server that faults for ever must not fill the console: of each server only so
 * many ends are told one by one, the counters tell the rest.
 */
#include "status.h"

#include "say.h"

#define TOLD_MOST 16u
#define KIB       1024u
#define OBJECT_PAGES                                                                               \
    2u /* the thread and its CNode; endpoint, reply object and notification share pages */

static bool is_told(const struct server *server)
{
    return server->faults + server->exits + server->overruns <= TOLD_MOST &&
           server->policy.restarts <= TOLD_MOST;
}

/* What a server wrote before it ended, one line of printable text whatever it wrote. */
static void say_last_words(const struct server *server)
{
    const volatile struct svsm_block *block = server->block;
    uint32_t length = block->last_words_length;
    char text[SVSM_LAST_WORDS + 1];

    length = length < SVSM_LAST_WORDS ? length : SVSM_LAST_WORDS;
    for (uint32_t i = 0; i < length; i++) {
        char letter = block->last_words[i];

        text[i] = letter < ' ' || letter > '~' ? '?' : letter;
    }
    text[length] = 0;
    if (length != 0) {
        say(": ");
        say(text);
    }
}

void status_fault(const struct server *server, const struct fault *fault)
{
    uint64_t number = fault->words[seL4_UnknownSyscall_Syscall];

    if (!is_told(server))
        return;
    say("init: ");
    say(server->entry->name);
    if (fault->label == seL4_Fault_UnknownSyscall && SVSM_EXIT_IS(number)) {
        say(" exits:");
        say_field("kind", SVSM_EXIT_KIND(number));
        say_field("code", SVSM_EXIT_CODE(number));
        say_last_words(server);
        say("\n");
        return;
    }
    say(" faults:");
    say_field("kind", fault->label);
    for (unsigned i = 0; i < seL4_MsgMaxLength; i++) {
        say(" ");
        say_hex(fault->words[i]);
    }
    say("\n");
}

void status_event(const struct server *server, enum policy_verdict verdict)
{
    if (!is_told(server))
        return;
    if (verdict == POLICY_RESTART) {
        say("status: restart ");
        say(server->entry->name);
        say_field("generation", server->start->generation);
        say_field("clock", server->cost_clock);
        say_field("pages", server->cost_pages);
        say("\n");
        return;
    }
    say("init: ");
    say(server->entry->name);
    say(verdict == POLICY_LATER ? " waits before it is started again\n" : " stays down\n");
}

uint64_t status_pages(const struct server *server)
{
    uint64_t pages = server->space.tables + OBJECT_PAGES;

    for (unsigned kind = 0; kind < AREA_KINDS; kind++)
        pages += kind == AREA_CODE ? 0 : server->pages[kind];
    return pages;
}

static void say_server(const struct server *server)
{
    static const char *const states[] = {"down", "running", "away"};
    static const char *const kinds[AREA_KINDS] = {"code", "data",  "block", "stack",
                                                  "heap", "start", "shared"};
    const volatile struct svsm_block *block = server->block; /* its own word for it */

    say("status: server ");
    say(server->entry->name);
    say(" state ");
    say(states[server->state]);
    say_field("generation", server->start->generation);
    say_field("restarts", server->policy.restarts);
    say_field("faults", server->faults);
    say_field("exits", server->exits);
    say_field("overruns", server->overruns);
    say_field("pages", status_pages(server));
    for (unsigned kind = 0; kind < AREA_KINDS; kind++)
        say_field(kinds[kind], server->pages[kind]);
    say_field("tables", server->space.tables);
    say_field("objects", OBJECT_PAGES);
    say_field("calls", block->calls);
    say_field("refused", block->refused);
    say_field("stack-used", block->stack_used);
    say_field("heap-used", block->heap_used);
    say("\n");
}

/* What the kernel had over for init and everybody, before anything was made of it. */
static uint64_t memory_at_boot(const seL4_BootInfo *boot)
{
    uint64_t bytes = 0;

    for (seL4_Word i = 0; i < boot->untyped.end - boot->untyped.start; i++)
        if (boot->untypedList[i].isDevice == 0)
            bytes += UINT64_C(1) << boot->untypedList[i].sizeBits;
    return bytes;
}

/* init's image and its tables, boot information, thread, top table; and its CNode. */
static uint64_t init_at_boot(const seL4_BootInfo *boot)
{
    uint64_t pages = boot->userImageFrames.end - boot->userImageFrames.start +
                     boot->userImagePaging.end - boot->userImagePaging.start + 3;

    return pages * PAGE + (UINT64_C(1) << (boot->initThreadCNodeSizeBits + seL4_SlotBits));
}

/* All of the region belongs to somebody: what is nobody else's is the kernel's. */
static void say_total(const struct system *system)
{
    const seL4_BootInfo *boot = system->boot;
    uint64_t given = memory_at_boot(boot), made = objects_bytes(), servers = 0;

    for (unsigned i = 0; i < system->count; i++)
        if (i != system->manifest->init)
            servers += status_pages(&system->servers[i]) * PAGE;
    say("status: total");
    say_field("kib", (boot->memory - given + made) / KIB);
    say_field("kernel", (boot->memory - given - init_at_boot(boot) - boot->archiveSize) / KIB);
    say_field("init", (init_at_boot(boot) + made - servers) / KIB);
    say_field("archive", boot->archiveSize / KIB);
    say_field("servers", servers / KIB);
    say_field("free", (given - made) / KIB);
    say_field("region", boot->memory / KIB);
    say("\n");
}

void status_all(const struct system *system)
{
    for (unsigned i = 0; i < system->count; i++)
        if (i != system->manifest->init)
            say_server(&system->servers[i]);
    say_total(system);
}
