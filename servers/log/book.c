/* SPDX-License-Identifier: BSD-2-Clause */
/* A ring of lines for each source; see book.h. */
#include "book.h"

#include <string.h>

void book_open(struct book *book, uint32_t sources)
{
    memset(book, 0, sizeof(*book));
    book->sources = sources;
    book->room = sources == 0 ? 0 : BOOK_LINES / sources;
}

static struct book_line *line_of(struct book *book, uint32_t source, uint32_t index)
{
    return &book->lines[source * book->room + index];
}

static void copy_text(struct book_line *line, const volatile char *text, uint32_t length)
{
    line->length = (uint16_t)(length < LOG_LINE ? length : LOG_LINE);
    for (uint32_t i = 0; i < line->length; i++) {
        char letter = text[i];
        line->text[i] = letter >= ' ' && letter <= '~' ? letter : '?';
    }
}

/* style: a line is who, how grave and what, and a text has a length */
const struct book_line *book_write(struct book *book, uint32_t source, uint8_t level,
                                   const volatile char *text, uint32_t length)
{
    struct book_share *share = &book->shares[source];
    struct book_line *line = line_of(book, source, share->next);

    if (share->used == book->room) {
        share->lost += line->number >= book->read;
    } else {
        share->used++;
    }
    share->next = (share->next + 1) % book->room;
    share->kept++;
    line->number = book->next++;
    line->level = level;
    line->source = (uint8_t)source;
    copy_text(line, text, length);
    return line;
}

/* Within a share the oldest line is the first that is high enough. */
static const struct book_line *first_of(struct book *book, uint32_t source, uint64_t number)
{
    const struct book_share *share = &book->shares[source];
    uint32_t oldest = (share->next + book->room - share->used) % book->room;

    for (uint32_t i = 0; i < share->used; i++) {
        const struct book_line *line = line_of(book, source, (oldest + i) % book->room);
        if (line->number >= number) {
            return line;
        }
    }
    return NULL;
}

const struct book_line *book_read(struct book *book, uint64_t number)
{
    const struct book_line *found = NULL;

    for (uint32_t source = 0; source < book->sources; source++) {
        const struct book_line *line = first_of(book, source, number);
        if (line != NULL && (found == NULL || line->number < found->number)) {
            found = line;
        }
    }
    if (found != NULL && found->number >= book->read) {
        book->read = found->number + 1;
    }
    return found;
}
