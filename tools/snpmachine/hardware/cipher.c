/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The memory cipher and the machine's random numbers. A stream derived from a key and the page's
 * address stands for AES: it hides text, depends on the place and gives old text back for old
 * ciphertext at the same place, which is what a guest and its host can observe.
 */
#include "hardware/firmware.h"
#include "hardware/rmp.h"
#include "x86.h"

#define GOLDEN 0x9E3779B97F4A7C15ull

static uint64_t key;
static uint64_t random_state;
static bool random_seeded;
static struct spinlock random_lock;

static uint64_t mix(uint64_t z)
{
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ z >> 27) * 0x94D049BB133111EBull;
    return z ^ z >> 31;
}

void cipher_start(void)
{
    random_seeded = option_text("seed") != NULL;
    random_state = option_number("seed", 0);
    hw_random(&key, sizeof key);
}

void cipher_page(uint64_t spa, uint64_t *words)
{
    uint64_t state = mix(key ^ mix(spa));
    for (unsigned i = 0; i < PAGE_SIZE / sizeof *words; i++) {
        state += GOLDEN;
        words[i] ^= mix(state);
    }
}

static uint64_t random_word(void)
{
    spin_lock(&random_lock);
    random_state += GOLDEN;
    uint64_t word = mix(random_state);
    spin_unlock(&random_lock);
    return random_seeded ? word : word ^ rdrand_read();
}

void hw_random(void *to, size_t size)
{
    uint8_t *out = to;
    while (size) {
        uint64_t word = random_word();
        size_t part = size < sizeof word ? size : sizeof word;
        memcpy(out, &word, part);
        out += part;
        size -= part;
    }
}
