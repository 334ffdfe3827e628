/* SPDX-License-Identifier: BSD-2-Clause */
/* From the start code of either world to main(), and from there to the end. */
#include "runtime.h"

#include "port.h"

struct runtime runtime;

const struct svsm_start *server_start(void)
{
    return runtime.start;
}

void svsm_begin(const struct svsm_start *start, struct svsm_block *block)
{
    if (start->magic != SVSM_START_MAGIC || start->version != SVSM_START_VERSION ||
        start->size != sizeof(*start) || start->channel_count > SVSM_CHANNELS) {
        port_exit(SVSM_EXIT(SVSM_EXIT_START, start->version));
    }
    runtime.start = start;
    runtime.block = block;
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
    struct svsm_block *block = runtime.block;
    uint32_t length = 0;

    if (block != NULL) {
        while (length < SVSM_LAST_WORDS && text[length] != 0) {
            block->last_words[length] = text[length];
            length++;
        }
        block->last_words_length = length;
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
    if (runtime.block != NULL) {
        runtime.block->stack_used = port_stack_used();
        runtime.block->heap_used = port_heap_used();
    }
}
