/* SPDX-License-Identifier: BSD-2-Clause */
/* From the start code of either world to main(), and from there to the end. */
#include "runtime.h"

#include <string.h>

#include "port.h"

struct runtime *runtime;

const struct svsm_start *server_start(void)
{
    return runtime->start;
}

const struct svsm_start_window *window_find(const char *name)
{
    for (unsigned i = 0; i < SVSM_WINDOWS; i++) {
        const struct svsm_start_window *window = &runtime->start->windows[i];

        if (window->size != 0 && strncmp(window->name, name, SVSM_NAME_BYTES) == 0) {
            return window;
        }
    }
    return NULL;
}

const struct svsm_start_host_call *host_call_find(const char *name)
{
    for (unsigned i = 0; i < SVSM_HOST_CALLS; i++) {
        const struct svsm_start_host_call *call = &runtime->start->host_calls[i];

        if (call->class != 0 && strncmp(call->name, name, SVSM_NAME_BYTES) == 0) {
            return call;
        }
    }
    return NULL;
}

void svsm_begin(const struct svsm_start *start, struct runtime *page)
{
    if (start->magic != SVSM_START_MAGIC || start->version != SVSM_START_VERSION ||
        start->size != sizeof(*start) || start->channel_count > SVSM_CHANNELS) {
        port_exit(SVSM_EXIT(SVSM_EXIT_START, start->version));
    }
    runtime = page;
    runtime->start = start;
    channels_open();
    svsm_exit(server_main());
}

void svsm_exit(int status)
{
    svsm_measure();
    port_exit(SVSM_EXIT(SVSM_EXIT_DONE, (uint32_t)status));
}

void block_last_words(const char *text)
{
    uint32_t length = 0;

    if (runtime != NULL) {
        while (length < SVSM_LAST_WORDS && text[length] != 0) {
            runtime->block.last_words[length] = text[length];
            length++;
        }
        runtime->block.last_words_length = length;
    }
}

void svsm_panic(const char *text)
{
    block_last_words(text);
    svsm_measure();
    port_exit(SVSM_EXIT(SVSM_EXIT_ABORT, 0));
}

void svsm_measure(void)
{
    if (runtime != NULL) {
        runtime->block.stack_used = port_stack_used();
        runtime->block.heap_used = port_heap_used();
    }
}
