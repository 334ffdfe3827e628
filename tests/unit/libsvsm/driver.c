/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The client of the tests: a hundred thousand calls and a megabyte through the rings, all checked.
 * Its exit status is the number of the check that failed, 0 for none. A peer that is restarted
 * meanwhile is fine, as long as it is reported once for each restart.
 */
#include <svsm/interface/echo.h>

#define CALLS 100000u
#define BYTES (1u << 20)
#define CHUNK 4096u

enum { CHECK_SUM = 1, CHECK_RESTARTS, CHECK_RING, CHECK_CHECKSUM, CHECK_REFLECTION, CHECK_RANGE };

static uint32_t restarts;

static void numbers(struct channel *echo)
{
    for (uint32_t i = 0; i < CALLS; i++) {
        struct echo_add_in in = {i, 3 * i};
        struct echo_add_out out = {0};
        enum svsm_status status;

        do {
            status = echo_add(echo, &in, &out);
        } while (status == SVSM_AWAY);

        if (status == SVSM_RESTARTED) {
            restarts++;
        } else if (status != SVSM_OK || out.sum != 4 * i) {
            svsm_exit(CHECK_SUM);
        }
    }
    if (echo_add(echo, &(struct echo_add_in){UINT32_MAX, 1}, &(struct echo_add_out){0}) !=
        SVSM_FAILED) {
        svsm_exit(CHECK_RANGE);
    }
}

/* One chunk there and back; false if the peer went away on the way. */
static bool reflect(struct channel *echo, const uint8_t *bytes)
{
    static uint8_t back[CHUNK];
    enum svsm_status status = channel_write(echo, bytes, CHUNK);

    if (status == SVSM_OK) {
        do { /* what was written while the peer is away stays for the next one */
            status = echo_reflect(echo, &(struct echo_reflect_in){.length = CHUNK}, NULL);
        } while (status == SVSM_AWAY);
    }
    if (status == SVSM_OK) {
        status = channel_read(echo, back, CHUNK);
    }
    if (status == SVSM_RESTARTED) {
        restarts++;
        return false;
    }
    for (uint32_t i = 0; i < CHUNK && status == SVSM_OK; i++) {
        if (back[i] != (uint8_t)(bytes[i] + 1)) {
            svsm_exit(CHECK_REFLECTION);
        }
    }
    if (status != SVSM_OK) {
        svsm_exit(CHECK_RING);
    }
    return true;
}

static bool absorb(struct channel *echo, const uint8_t *bytes)
{
    struct echo_absorb_out out = {0};
    enum svsm_status status = channel_write(echo, bytes, CHUNK);

    if (status == SVSM_OK) {
        do {
            status = echo_absorb(echo, &(struct echo_absorb_in){.length = CHUNK}, &out);
        } while (status == SVSM_AWAY);
    }
    if (status == SVSM_RESTARTED) {
        restarts++;
        return false;
    }
    if (status != SVSM_OK || out.checksum != echo_checksum(ECHO_CHECKSUM, bytes, CHUNK)) {
        svsm_exit(CHECK_CHECKSUM);
    }
    return true;
}

static void bulk(struct channel *echo)
{
    static uint8_t bytes[CHUNK];
    uint32_t random = 1;

    for (uint32_t done = 0; done < BYTES;) {
        for (uint32_t i = 0; i < CHUNK; i++) {
            random = random * 1664525 + 1013904223;
            bytes[i] = (uint8_t)(random >> 24);
        }
        if (reflect(echo, bytes) && absorb(echo, bytes)) {
            done += CHUNK;
        }
    }
}

int main(void)
{
    struct channel *echo = channel_find("echo");

    numbers(echo);
    bulk(echo);
    if (echo->generation != 1 + restarts) {
        return CHECK_RESTARTS;
    }
    return 0;
}
