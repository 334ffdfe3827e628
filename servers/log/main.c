/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The log: keeps what the other servers say, and what init counts, for those who may read it.
 *
 * Everyone the manifest gives a channel to the log is a client; the channel the log calls
 * LOG_READER is the reader's. What is kept is lost when the log is restarted: it is in private
 * memory, where no one else can change it.
 */
#include <string.h>

#include <svsm/interface/log.h>
#include <svsm/statistics.h>

#include "book.h"
#include "console.h"
#include "host.h"

#define REPORT_TICKS (UINT64_C(1) << 34) /* some seconds */
#define TRIES        4u /* init writes a row in no time; who never sees it done, sees it as it is */

static struct book book;
static struct console console;
static const struct svsm_statistics *counted; /* NULL: the manifest has no such region */

static bool is_reader(const struct channel *from)
{
    return strncmp(from->start->name, LOG_READER, SVSM_NAME_BYTES) == 0;
}

/* Where there is a console, init tells it now and then how everybody is; see tools/status. */
static void report(uint64_t now)
{
    static uint64_t due;
    struct message status = {.label = SVSM_STATUS_CALL};

    if (console.page != NULL && now >= due) {
        due = now + REPORT_TICKS;
        (void)channel_call(channel_find("init"), &status);
    }
}

static enum svsm_status write_line(struct channel *from, const struct log_write_in *in,
                                   struct log_write_out *out)
{
    uint64_t now = host_ticks();
    size_t room;
    const char *text = channel_memory(from, &room);

    (void)out;
    if (in->level >= LOG_LEVELS || in->length > room) {
        return SVSM_MALFORMED;
    }
    console_show(&console, from->start->name,
                 book_write(&book, from->number, in->level, text, in->length), now);
    report(now);
    return SVSM_OK;
}

static enum svsm_status totals(struct channel *from, const struct log_totals_in *in,
                               struct log_totals_out *out)
{
    (void)in;
    out->kept = book.shares[from->number].kept;
    out->lost = book.shares[from->number].lost;
    return SVSM_OK;
}

static enum svsm_status read_line(struct channel *from, const struct log_read_in *in,
                                  struct log_read_out *out)
{
    const struct book_line *line;
    size_t room;
    char *memory = channel_memory(from, &room);

    if (!is_reader(from) || room < LOG_LINE) {
        return SVSM_DENIED;
    }
    line = book_read(&book, in->number);
    if (line == NULL) {
        return SVSM_EMPTY;
    }
    memcpy(memory, line->text, line->length);
    *out = (struct log_read_out){line->number, line->length, line->level, line->source};
    return SVSM_OK;
}

/* Between two looks at "changes" that are equal and even, a row is whole. */
static void read_row(uint32_t index, struct svsm_server_statistics *row)
{
    const struct svsm_server_statistics *from = &counted->servers[index];

    for (unsigned i = 0; i < TRIES; i++) {
        uint32_t before = __atomic_load_n(&from->changes, __ATOMIC_ACQUIRE);
        memcpy(row, from, sizeof(*row));
        __atomic_thread_fence(__ATOMIC_ACQUIRE);
        if (before % 2 == 0 && __atomic_load_n(&from->changes, __ATOMIC_RELAXED) == before) {
            return;
        }
    }
}

static enum svsm_status statistics(struct channel *from, const struct log_statistics_in *in,
                                   struct log_statistics_out *out)
{
    struct message count = {.label = SVSM_STATISTICS_CALL};
    struct svsm_server_statistics row;
    size_t room;
    void *memory = channel_memory(from, &room);

    if (!is_reader(from) || room < sizeof(row)) {
        return SVSM_DENIED;
    }
    (void)channel_call(channel_find("init"), &count); /* without it, as of the last event */
    if (counted == NULL || counted->magic != SVSM_STATISTICS_MAGIC || in->index >= counted->count ||
        in->index >= SVSM_STATISTICS_MOST) {
        return SVSM_EMPTY;
    }
    read_row(in->index, &row);
    memcpy(memory, &row, sizeof(row));
    out->length = sizeof(row);
    return SVSM_OK;
}

static const struct svsm_statistics *find_statistics(void)
{
    const struct svsm_start_window *window = window_find(SVSM_STATISTICS_NAME);

    return window == NULL || window->size < sizeof(struct svsm_statistics)
               ? NULL
               : (const struct svsm_statistics *)window->address;
}

int main(void)
{
    static const struct log_handlers handlers = {
        .write = write_line, .totals = totals, .read = read_line, .statistics = statistics};
    static struct service services[SVSM_CHANNELS];
    const struct svsm_start *start = server_start();
    unsigned count = 0;

    for (uint32_t i = 0; i < start->channel_count; i++) {
        if (start->channels[i].role == SVSM_ROLE_SERVER) {
            services[count++] = (struct service){
                .channel = start->channels[i].name, .call = log_serve, .handlers = &handlers};
        }
    }
    book_open(&book, start->channel_count);
    console_open(&console, host_call_find("console"), host_ticks());
    counted = find_statistics();
    server_run(services, count);
}
