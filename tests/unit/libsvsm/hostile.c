/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A client that means harm: random words over the rings' positions while it calls for bytes through
 * them. Each call must come back with an answer; which one is luck. A thread beside the calls does
 * the writing, so that positions change also while the server looks.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <svsm/interface/echo.h>

#define CALLS 20000u

static atomic_bool over;

/* Wild positions, and now and then one of the right epoch that is only a little wrong. */
static void *scribble(void *memory)
{
    _Atomic uint64_t *positions = memory;
    uint64_t random = 1;

    while (!atomic_load(&over)) {
        random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        positions[random >> 60] =
            (random & 1) != 0 ? random : (UINT64_C(2) << 32) + (random >> 33 & 0x7fff);
    }
    return NULL;
}

int main(void)
{
    struct channel *echo = channel_find("echo");
    pthread_t thread;
    uint32_t corrupt = 0;

    if (pthread_create(&thread, NULL, scribble, (void *)echo->start->memory) != 0) {
        return 1;
    }
    for (uint32_t i = 0; i < CALLS; i++) {
        struct echo_absorb_in in = {.length = i * 2654435761u >> 19};
        enum svsm_status status = echo_absorb(echo, &in, &(struct echo_absorb_out){0});

        corrupt += status == SVSM_CORRUPT;
        if (status != SVSM_OK && status != SVSM_CORRUPT && status != SVSM_EMPTY &&
            status != SVSM_TOO_LARGE) {
            return 2;
        }
    }
    atomic_store(&over, true);
    pthread_join(thread, NULL);
    return corrupt == 0 ? 3 : 0;
}
