/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Between the files of the library: what a server was started with, and its channels.
 *
 * svsm_begin() is where both worlds' start code leads; it never comes back. What differs between
 * the worlds is in port.h, of which there are two: libsvsm/kernel and libsvsm/linux. The include
 * path says which; nothing in libsvsm/src knows.
 */
#ifndef RUNTIME_H
#define RUNTIME_H

#include <svsm/channel.h>
#include <svsm/hook.h>

/* The server's own page, of which init knows the beginning. */
struct runtime {
    struct svsm_block block;
    const struct svsm_start *start;
    uint32_t channel_count;
    struct channel channels[SVSM_CHANNELS];
};

_Static_assert(sizeof(struct runtime) <= 4096, "it fits the page");

extern struct runtime *runtime;

/* The server's main(); the build renames it. */
int server_main(void);

_Noreturn void svsm_begin(const struct svsm_start *start, struct runtime *page);

/* Fills runtime->channels from the start page. */
void channels_open(void);

/* Whether the peer is the one this server knows: one look at the start page. */
static inline bool channel_is_known(const struct channel *channel)
{
    return __atomic_load_n(&channel->start->peer_generation, __ATOMIC_ACQUIRE) ==
           channel->generation;
}

/* Puts a text into the block's last words. */
void block_last_words(const char *text);

#endif
