/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The lines the log keeps, in memory of its own, each client's in a share of its own.
 *
 * All shares have the same number of lines, fixed when the book is opened; a client that writes too
 * much pushes out its own oldest lines and nobody else's. Numbers run over all clients. Text comes
 * from memory that the client may change meanwhile: each byte is read once, and what is not
 * printable ASCII is kept as '?', so that no line can look like two or command a terminal.
 */
#ifndef LOG_BOOK_H
#define LOG_BOOK_H

#include <stdbool.h>
#include <stdint.h>

#include <svsm/interface/log.h>

#define BOOK_LINES   128u
#define BOOK_SOURCES SVSM_CHANNELS

struct book_line {
    uint64_t number;
    uint16_t length;
    uint8_t level;
    uint8_t source;
    char text[LOG_LINE];
};

struct book_share {
    uint32_t used; /* of its lines */
    uint32_t next; /* the one written next, counted within the share */
    uint64_t kept;
    uint64_t lost;
};

struct book {
    uint32_t sources;
    uint32_t room; /* lines of each share */
    uint64_t next; /* number of the next line */
    uint64_t read; /* lines below this number have been read */
    struct book_share shares[BOOK_SOURCES];
    struct book_line lines[BOOK_LINES]; /* share after share */
};

/* Empties the book and divides it among so many sources, at most BOOK_SOURCES. */
void book_open(struct book *book, uint32_t sources);

/* Keeps a line; source and level are the caller's to have checked. */
const struct book_line *book_write(struct book *book, uint32_t source, uint8_t level,
                                   const volatile char *text, uint32_t length);

/* The oldest line that is there and has at least this number; NULL: none. Marks it as read, and all
   before it. */
const struct book_line *book_read(struct book *book, uint64_t number);

#endif
