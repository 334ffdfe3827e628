/* SPDX-License-Identifier: BSD-2-Clause */
/* See edge.h. */
#include "edge.h"

#include <stdlib.h>
#include <string.h>

static void end_by_exit(void)
{
    svsm_exit(77);
}

static void end_by_panic(void)
{
    svsm_panic("the edge panics, as it was told");
}

/* Writes over its own return address and what lies above; only the canary can notice in time. */
__attribute__((noinline)) static void end_by_smash(void)
{
    volatile char bytes[16];

    for (volatile unsigned i = 0; i < 64; i++) {
        ((volatile char *)bytes)[i] = 'A';
    }
}

static void end_by_free(void)
{
    char *block = malloc(32);

    free(block);
    free(block);
}

__attribute__((noinline)) static uint8_t use_stack(uint32_t bytes)
{
    volatile uint8_t room[bytes + 1];

    for (uint32_t i = 0; i <= bytes; i++) {
        room[i] = (uint8_t)i;
    }
    return room[bytes / 2];
}

/* One frame that reaches over the guard page, and writes only below it: into this server's own
   page, where nothing would stop it. */
__attribute__((noinline)) static uint8_t step_over(uint64_t bytes)
{
    volatile uint8_t room[bytes];

    room[0] = 1;
    return room[0];
}

static void end_by_depth(void)
{
    step_over((uint64_t)__builtin_frame_address(0) - server_start()->block -
              sizeof(struct svsm_block));
}

static enum svsm_status end(struct channel *from, const struct edge_end_in *in,
                            struct edge_end_out *out)
{
    static void (*const ways[EDGE_WAYS])(void) = {
        [EDGE_EXIT] = end_by_exit,   [EDGE_PANIC] = end_by_panic, [EDGE_ABORT] = abort,
        [EDGE_SMASH] = end_by_smash, [EDGE_FREE] = end_by_free,   [EDGE_DEEP] = end_by_depth,
    };

    (void)from;
    (void)out;
    if (in->way >= EDGE_WAYS || ways[in->way] == NULL) {
        return SVSM_DENIED;
    }
    ways[in->way]();
    return SVSM_FAILED;
}

static enum svsm_status use(struct channel *from, const struct edge_use_in *in,
                            struct edge_use_out *out)
{
    const struct svsm_block *block = (const struct svsm_block *)server_start()->block;
    volatile uint8_t *memory = malloc(in->heap);

    (void)from;
    if (memory == NULL) {
        return SVSM_NO_MEMORY;
    }
    memory[0] = use_stack(in->stack);
    free((void *)memory);
    svsm_measure();
    out->stack = block->stack_used;
    out->heap = block->heap_used;
    return SVSM_OK;
}

static enum svsm_status canary(struct channel *from, const struct edge_canary_in *in,
                               struct edge_canary_out *out)
{
    (void)from;
    (void)in;
    __asm__("mov %%fs:0x28, %0" : "=r"(out->canary));
    return SVSM_OK;
}

int main(void)
{
    static const struct edge_handlers handlers = {.end = end, .use = use, .canary = canary};
    static const struct service services[] = {
        {.channel = "client", .call = edge_serve, .handlers = &handlers}};

    if (server_start()->generation == 1) {
        return 5; /* the first of the ways to end */
    }
    server_run(services, 1);
}
