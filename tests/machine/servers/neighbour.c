/* SPDX-License-Identifier: BSD-2-Clause */
/* The hostile server's neighbour: svsm/interface/echo.h for it and for the judge. */
#include <svsm/interface/echo.h>

#define CHUNK 256u

static enum svsm_status add(struct channel *from, const struct echo_add_in *in,
                            struct echo_add_out *out)
{
    (void)from;
    out->sum = in->left + in->right;
    return SVSM_OK;
}

/* Takes what there is, at most `length`. */
static enum svsm_status absorb(struct channel *from, const struct echo_absorb_in *in,
                               struct echo_absorb_out *out)
{
    uint8_t bytes[CHUNK];
    enum svsm_status status = SVSM_OK;

    out->checksum = ECHO_CHECKSUM;
    for (uint32_t done = 0; done < in->length && status == SVSM_OK; done += CHUNK) {
        uint32_t length = in->length - done < CHUNK ? in->length - done : CHUNK;

        status = channel_read(from, bytes, length);
        if (status == SVSM_OK)
            out->checksum = echo_checksum(out->checksum, bytes, length);
    }
    return status;
}

static enum svsm_status reflect(struct channel *from, const struct echo_reflect_in *in,
                                struct echo_reflect_out *out)
{
    uint8_t bytes[CHUNK] = {0};
    uint32_t length;

    (void)in;
    (void)out;
    if (channel_get(from, bytes, sizeof(bytes), &length) != SVSM_OK)
        return channel_write(from, bytes, sizeof(bytes));
    return channel_put(from, bytes, length);
}

int main(void)
{
    static const struct echo_handlers handlers = {.add = add, .absorb = absorb, .reflect = reflect};
    static const struct service services[] = {
        {.channel = "client", .call = echo_serve, .handlers = &handlers},
        {.channel = "judge", .call = echo_serve, .handlers = &handlers},
    };

    server_run(services, 2);
}
