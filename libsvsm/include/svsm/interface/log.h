/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The interface of the log.
 *
 *   write       one line of text: `length` bytes at the start of the channel's message memory, at
 *               most LOG_LINE; more is cut. Bytes that are not printable ASCII become '?'.
 *   totals      how many lines of this client were kept since the log started, and how many of
 *               them its later ones have pushed out unread
 *   read        for LOG_READER only: the oldest line whose number is at least `number`; its text
 *               comes in the message memory. SVSM_EMPTY: there is none.
 *   statistics  for LOG_READER only: the row `index` of svsm/statistics.h, in the message memory.
 *               SVSM_EMPTY: there is no such row.
 *
 * Lines are numbered from 0 in the order in which they came, over all clients. A client that is not
 * the reader learns nothing about the others.
 */
#ifndef SVSM_INTERFACE_LOG_H
#define SVSM_INTERFACE_LOG_H

#include <string.h>

#include <svsm/interface.h>

#define LOG_LINE   224u
#define LOG_READER "reader" /* the log's name for the channel of who may read */

enum log_level { LOG_ERROR = 0, LOG_WARNING = 1, LOG_NOTICE = 2, LOG_DETAIL = 3, LOG_LEVELS = 4 };

#define LOG_CALLS(CALL)                                                                            \
    CALL(log, write, 1) CALL(log, totals, 2) CALL(log, read, 3) CALL(log, statistics, 4)

#define log_write_fields(FIELD) FIELD(u8, level) FIELD(u32, length)
#define log_write_results(FIELD)
#define log_totals_fields(FIELD)
#define log_totals_results(FIELD) FIELD(u64, kept) FIELD(u64, lost)
#define log_read_fields(FIELD)    FIELD(u64, number)
#define log_read_results(FIELD)                                                                    \
    FIELD(u64, number) FIELD(u32, length) FIELD(u8, level) FIELD(u8, source)
#define log_statistics_fields(FIELD)  FIELD(u32, index)
#define log_statistics_results(FIELD) FIELD(u32, length)

SVSM_INTERFACE(log, LOG_CALLS)

/* Writes a line through a channel to the log; a server without one says nothing. */
static inline enum svsm_status log_say(struct channel *log, enum log_level level, const char *text)
{
    struct log_write_in in = {.level = (uint8_t)level};
    size_t room;
    char *memory = channel_memory(log, &room);
    size_t length = strlen(text);

    if (memory == NULL) {
        return SVSM_NO_CHANNEL;
    }
    length = length < room ? length : room;
    memcpy(memory, text, length);
    in.length = (uint32_t)length;
    return log_write(log, &in, NULL);
}

#endif
