/* SPDX-License-Identifier: BSD-2-Clause */
/* See statistics.h. Nobody else writes the region; readers look at "changes" before and after. */
#include "statistics.h"

#include <string.h>

#include <svsm/statistics.h>

#include "status.h"

_Static_assert((int)SERVER_DOWN == SVSM_SERVER_DOWN && (int)SERVER_RUNNING == SVSM_SERVER_RUNNING &&
                   (int)SERVER_AWAY == SVSM_SERVER_AWAY,
               "one numbering of states");
_Static_assert(MANIFEST_SERVERS <= SVSM_STATISTICS_MOST, "a row for each");

static struct svsm_statistics *statistics;

void statistics_start(struct system *system)
{
    const struct svsm_start *start = system->servers[system->manifest->init].start;

    for (unsigned i = 0; i < SVSM_WINDOWS; i++) {
        const struct svsm_start_window *row = &start->windows[i];

        if (strcmp(row->name, SVSM_STATISTICS_NAME) == 0 && (row->rights & seL4_CanWrite) != 0 &&
            row->size >= sizeof(*statistics))
            statistics = (struct svsm_statistics *)row->address;
    }
    if (statistics == NULL)
        return;
    statistics->count = system->count;
    for (unsigned i = 0; i < system->count; i++)
        memcpy(statistics->servers[i].name, system->manifest->servers[i].name, SVSM_NAME_BYTES);
    statistics_update(system);
    statistics->magic = SVSM_STATISTICS_MAGIC;
}

/* Each number of the server's own page is read once, while the server may write it. */
static void copy_block(struct svsm_server_statistics *row, const volatile struct svsm_block *block)
{
    row->calls = block->calls;
    row->answers = block->answers;
    row->signals = block->signals;
    row->refused = block->refused;
    row->stack_used = block->stack_used;
    row->heap_used = block->heap_used;
}

static void update(struct svsm_server_statistics *row, const struct server *server)
{
    row->state = server->state;
    row->generation = server->start->generation;
    row->restarts = server->policy.restarts;
    row->faults = server->faults;
    row->exits = server->exits;
    row->overruns = server->overruns;
    row->pages = status_pages(server);
    row->stack = server->entry->stack;
    row->heap = server->entry->heap;
    copy_block(row, server->block);
}

void statistics_update(const struct system *system)
{
    for (unsigned i = 0; i < system->count && statistics != NULL; i++) {
        struct svsm_server_statistics *row = &statistics->servers[i];

        if (i == system->manifest->init) {
            row->state = SVSM_SERVER_RUNNING;
            continue;
        }
        __atomic_store_n(&row->changes, row->changes + 1, __ATOMIC_RELAXED);
        __atomic_thread_fence(__ATOMIC_RELEASE);
        update(row, &system->servers[i]);
        __atomic_store_n(&row->changes, row->changes + 1, __ATOMIC_RELEASE);
    }
}
