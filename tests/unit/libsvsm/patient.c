/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A client that calls, does nothing until its idle server has been started again, and must be told
 * of it by its next operation, once, whatever that is: a call, then bytes.
 */
#define _POSIX_C_SOURCE 200809L
#include <svsm/interface/echo.h>

#include <time.h>

enum { CHECK_FIRST = 1, CHECK_TOLD, CHECK_ONCE, CHECK_RING_EMPTY };

/* Signals that it is idle from now on, and waits for another server. */
static void wait_for(struct channel *echo, uint32_t generation)
{
    const struct timespec moment = {.tv_nsec = 1000000};

    channel_notify(echo);
    while (__atomic_load_n(&echo->start->peer_generation, __ATOMIC_ACQUIRE) != generation) {
        nanosleep(&moment, NULL);
    }
}

int main(void)
{
    struct channel *echo = channel_find("echo");
    struct echo_count_out out;

    if (echo_count(echo, NULL, &out) != SVSM_OK || channel_write(echo, "lost", 4) != SVSM_OK) {
        return CHECK_FIRST;
    }
    wait_for(echo, 2);
    if (echo_count(echo, NULL, &out) != SVSM_RESTARTED) {
        return CHECK_TOLD;
    }
    if (echo_count(echo, NULL, &out) != SVSM_OK ||
        echo_absorb(echo, &(struct echo_absorb_in){1}, &(struct echo_absorb_out){0}) !=
            SVSM_EMPTY) {
        return CHECK_ONCE;
    }
    wait_for(echo, 3);
    if (channel_write(echo, "lost", 4) != SVSM_RESTARTED || channel_room(echo) != 8192 ||
        channel_write(echo, "kept", 4) != SVSM_OK) {
        return CHECK_RING_EMPTY;
    }
    return 0;
}
