/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The health tests of SP 800-90B, 4.4.1 and 4.4.2, byte by byte.
 *
 * The cut-offs assume 6 bits of entropy a byte, less than the processor promises, and give one
 * false alarm in 2^30 bytes (repetition) and windows (proportion) of a source with just that.
 */
#include <string.h>

#include <svsm/entropy.h>

enum {
    REPETITION_CUTOFF = 6,
    WINDOW = 512,
    PROPORTION_CUTOFF = 31,
    STARTUP_BYTES = 1024,
};

static struct {
    struct entropy_source source;
    bool healthy;
    uint8_t last, first; /* the byte before, and the window's first */
    unsigned repeated, position, equal;
} entropy;

/* The same byte too many times in a row. */
static bool passes_repetition(uint8_t byte)
{
    entropy.repeated = entropy.repeated > 0 && byte == entropy.last ? entropy.repeated + 1 : 1;
    entropy.last = byte;
    return entropy.repeated < REPETITION_CUTOFF;
}

/* The window's first byte too many times within it. */
static bool passes_proportion(uint8_t byte)
{
    if (entropy.position == 0) {
        entropy.first = byte;
        entropy.equal = 0;
    }
    entropy.equal += byte == entropy.first;
    entropy.position = (entropy.position + 1) % WINDOW;
    return entropy.equal < PROPORTION_CUTOFF;
}

bool entropy_read(uint8_t *out, size_t length)
{
    if (!entropy.healthy)
        return false;
    entropy.healthy = entropy.source.read(entropy.source.context, out, length);
    for (size_t i = 0; entropy.healthy && i < length; i++) {
        bool repetition = passes_repetition(out[i]), proportion = passes_proportion(out[i]);

        entropy.healthy = repetition && proportion;
    }
    if (!entropy.healthy)
        memset(out, 0, length);
    return entropy.healthy;
}

bool entropy_is_healthy(void)
{
    return entropy.healthy;
}

bool entropy_open(const struct entropy_source *source)
{
    uint8_t bytes[WINDOW];

    memset(&entropy, 0, sizeof entropy);
    entropy.source = *source;
    entropy.healthy = true;
    for (int i = 0; i < STARTUP_BYTES / WINDOW; i++)
        if (!entropy_read(bytes, sizeof bytes))
            return false;
    return true;
}
