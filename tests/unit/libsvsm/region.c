/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two servers of this kind share a region: who may write it does, who may only read waits for that
 * and then tries to write, which ends it.
 */
#define _POSIX_C_SOURCE 200809L
#include <sel4/types.h>
#include <svsm/channel.h>
#include <time.h>

#define MARK 42u

enum { NO_REGION = 3, WRITTEN = 4 };

int main(void)
{
    const struct timespec moment = {.tv_nsec = 1000000};
    const struct svsm_start_window *window = window_find("board");
    volatile uint64_t *word;

    if (window == NULL || window->size != 4096 || window_find("other") != NULL) {
        return NO_REGION;
    }
    word = (volatile uint64_t *)window->address;
    if (window->rights == seL4_ReadWrite) {
        *word = MARK;
        return 0;
    }
    while (*word != MARK) {
        nanosleep(&moment, NULL);
    }
    *word = 1;
    return WRITTEN;
}
