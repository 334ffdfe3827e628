/* SPDX-License-Identifier: BSD-2-Clause */
/* The server of the tests: svsm/interface/echo.h, and nothing else. It is one of each kind of call.
 */
#include <svsm/interface/echo.h>

#define CHUNK 512u

static uint64_t calls;

static enum svsm_status add(struct channel *from, const struct echo_add_in *in,
                            struct echo_add_out *out)
{
    (void)from;
    calls++;
    if (in->left > UINT32_MAX - in->right) {
        return SVSM_FAILED;
    }
    out->sum = in->left + in->right;
    return SVSM_OK;
}

static enum svsm_status absorb(struct channel *from, const struct echo_absorb_in *in,
                               struct echo_absorb_out *out)
{
    uint8_t bytes[CHUNK];
    enum svsm_status status = SVSM_OK;

    calls++;
    out->checksum = ECHO_CHECKSUM;
    for (uint32_t done = 0; done < in->length && status == SVSM_OK; done += CHUNK) {
        uint32_t length = in->length - done < CHUNK ? in->length - done : CHUNK;

        status = channel_read(from, bytes, length);
        if (status == SVSM_OK) {
            out->checksum = echo_checksum(out->checksum, bytes, length);
        }
    }
    return status;
}

static enum svsm_status reflect(struct channel *from, const struct echo_reflect_in *in,
                                struct echo_reflect_out *out)
{
    uint8_t bytes[CHUNK];
    enum svsm_status status = SVSM_OK;

    (void)out;
    calls++;
    for (uint32_t done = 0; done < in->length && status == SVSM_OK; done += CHUNK) {
        uint32_t length = in->length - done < CHUNK ? in->length - done : CHUNK;

        status = channel_read(from, bytes, length);
        for (uint32_t i = 0; i < length && status == SVSM_OK; i++) {
            bytes[i]++;
        }
        if (status == SVSM_OK) {
            status = channel_write(from, bytes, length);
        }
    }
    return status;
}

static enum svsm_status count(struct channel *from, const struct echo_count_in *in,
                              struct echo_count_out *out)
{
    (void)from;
    (void)in;
    out->calls = calls;
    return SVSM_OK;
}

int main(void)
{
    static const struct echo_handlers handlers = {
        .add = add, .absorb = absorb, .reflect = reflect, .count = count};
    static const struct service services[] = {
        {.channel = "client", .call = echo_serve, .handlers = &handlers},
#ifdef SECOND_CLIENT
        {.channel = SECOND_CLIENT, .call = echo_serve, .handlers = &handlers},
#endif
    };

    server_run(services, sizeof(services) / sizeof(services[0]));
}
