/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lines for the host's console, if the manifest grants it: for development, because the host reads
 * along.
 *
 * Writing is slow and the host's to disturb, so each source has a purse: CONSOLE_BURST lines, and
 * one more whenever CONSOLE_TICKS of the time-stamp counter have gone by. Lines without money are
 * not shown; how many, the source's next line says.
 */
#ifndef LOG_CONSOLE_H
#define LOG_CONSOLE_H

#include "book.h"

#define CONSOLE_BURST 32u
#define CONSOLE_TICKS (UINT64_C(1) << 24)

struct console_purse {
    uint32_t lines;
    uint64_t filled; /* when, in ticks */
    uint64_t silent; /* lines not shown since the last one that was */
};

struct console {
    uint32_t slot;
    char *page; /* NULL: no console */
    struct console_purse purses[BOOK_SOURCES];
};

/* NULL: the manifest grants none. */
void console_open(struct console *console, const struct svsm_start_host_call *call, uint64_t now);

void console_show(struct console *console, const char *name, const struct book_line *line,
                  uint64_t now);

#endif
