/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The processor's random numbers, 64 bits at a time: some processors' shorter RDSEED claims success
 * with a zero. Every processor with SNP has both instructions; on one without, the first is an
 * invalid opcode and the server's end, which is what a server without entropy should come to.
 */
#include <string.h>

#include <svsm/entropy.h>

enum { TRIES = 256 }; /* all CPUs share one source, which may be drained for a while */

static bool rdseed(uint64_t *word)
{
    bool valid;

    __asm__ volatile("rdseed %0" : "=r"(*word), "=@ccc"(valid));
    return valid;
}

static bool rdrand(uint64_t *word)
{
    bool valid;

    __asm__ volatile("rdrand %0" : "=r"(*word), "=@ccc"(valid));
    return valid;
}

bool processor_random(uint64_t *word)
{
    for (int i = 0; i < TRIES; i++) {
        if (rdseed(word))
            return true;
        __builtin_ia32_pause();
    }
    for (int i = 0; i < TRIES; i++)
        if (rdrand(word))
            return true;
    *word = 0;
    return false;
}

static bool read_processor(void *context, uint8_t *out, size_t length)
{
    (void)context;
    while (length > 0) {
        uint64_t word;
        size_t part = length < sizeof word ? length : sizeof word;

        if (!processor_random(&word))
            return false;
        memcpy(out, &word, part);
        out += part;
        length -= part;
    }
    return true;
}

const struct entropy_source entropy_processor = {read_processor, NULL};
