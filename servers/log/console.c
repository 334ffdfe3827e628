/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines on the console; see console.h. The page is shared with the host: written, never read. */
#include "console.h"

#include <string.h>

#include <svsm/digits.h>

#include "host.h"

#define SHOWN (LOG_LINE + 96u) /* a line with all that goes in front of it */

struct shown {
    char text[SHOWN];
    uint32_t length;
};

void console_open(struct console *console, const struct svsm_start_host_call *call, uint64_t now)
{
    memset(console, 0, sizeof(*console));
    if (call != NULL) {
        console->slot = call->slot;
        console->page = (char *)call->page;
    }
    for (unsigned i = 0; i < BOOK_SOURCES; i++) {
        console->purses[i] = (struct console_purse){CONSOLE_BURST, now, 0};
    }
}

static void add(struct shown *shown, const char *text, size_t length)
{
    if (length > SHOWN - shown->length) {
        length = SHOWN - shown->length;
    }
    memcpy(shown->text + shown->length, text, length);
    shown->length += (uint32_t)length;
}

static void add_text(struct shown *shown, const char *text)
{
    add(shown, text, strlen(text));
}

/* A clock that goes backwards gives nothing. */
static bool pay(struct console_purse *purse, uint64_t now)
{
    uint64_t earned = now > purse->filled ? (now - purse->filled) / CONSOLE_TICKS : 0;

    if (earned != 0) {
        purse->lines = earned >= CONSOLE_BURST - purse->lines ? CONSOLE_BURST
                                                              : purse->lines + (uint32_t)earned;
        purse->filled += earned * CONSOLE_TICKS;
    }
    if (purse->lines == 0) {
        purse->silent++;
        return false;
    }
    purse->lines--;
    return true;
}

void console_show(struct console *console, const char *name, const struct book_line *line,
                  uint64_t now)
{
    static const char *const levels[LOG_LEVELS] = {"error: ", "warning: ", "", ""};
    struct console_purse *purse = &console->purses[line->source];
    struct shown shown = {.length = 0};
    char number[DIGITS_DECIMAL];

    if (console->page == NULL || !pay(purse, now)) {
        return;
    }
    add_text(&shown, "[");
    add_text(&shown, name);
    if (purse->silent != 0) {
        add_text(&shown, ", ");
        add_text(&shown, digits_decimal(number, purse->silent));
        add_text(&shown, " lines not shown");
        purse->silent = 0;
    }
    add_text(&shown, "] ");
    add_text(&shown, levels[line->level]);
    add(&shown, line->text, line->length);
    add_text(&shown, "\n");
    memcpy(console->page, shown.text, shown.length);
    host_write(console->slot, console->page, shown.length);
}
