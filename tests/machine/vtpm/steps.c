/* SPDX-License-Identifier: BSD-2-Clause */
/* See steps.h. */
#include "steps.h"

#include "command.h"

enum { ROUNDS = 5, CURVE_P256 = 3, NO_CURVE = 0 };

static uint32_t key;

static uint32_t self_test(void)
{
    struct command c = {.length = 0};

    command_begin(&c, ST_NO_SESSIONS, CC_SELF_TEST);
    command_u8(&c, 1);
    return command_run(&c);
}

uint32_t step_pcr_extend(void)
{
    return run_pcr_extend(16, 0x5a, 0);
}

uint32_t step_pcr_read(void)
{
    struct command c = {.length = 0};

    return run_pcr_read(&c, 16);
}

uint32_t step_get_random(void)
{
    struct command c = {.length = 0};

    return run_get_random(&c, 32);
}

static uint32_t primary(unsigned curve, int signs)
{
    struct command c = {.length = 0};
    uint32_t code = run_create_primary(&c, curve, signs);

    key = code == 0 ? response_u32(&c, VTPM_HEADER_BYTES) : 0;
    return code;
}

static uint32_t primary_p256(void)
{
    return primary(CURVE_P256, 1);
}

static uint32_t primary_rsa(void)
{
    return primary(NO_CURVE, 0);
}

static uint32_t quote(void)
{
    return run_quote(key);
}

static uint32_t flush(void)
{
    return run_flush(key);
}

static uint32_t define(void)
{
    static uint32_t index = 0x01500000;

    return run_nv_define(index++);
}

const struct step steps[] = {
    {"SelfTest", self_test, 1},
    {"PCR_Extend", step_pcr_extend, ROUNDS},
    {"PCR_Read", step_pcr_read, ROUNDS},
    {"GetRandom", step_get_random, ROUNDS},
    {"NV_DefineSpace", define, ROUNDS},
    {"CreatePrimary-ECC", primary_p256, 1},
    {"Quote-ECC", quote, ROUNDS},
    {"FlushContext", flush, 1},
    {"CreatePrimary-RSA", primary_rsa, 1},
    {"FlushContext-RSA", flush, 1},
};

const unsigned steps_count = sizeof steps / sizeof steps[0];

void steps_run(uint64_t (*clock)(void),
               void (*tell)(const struct step *step, uint32_t code, uint64_t ticks))
{
    for (unsigned i = 0; i < steps_count; i++) {
        uint64_t least = UINT64_MAX;
        uint32_t code = 0;

        for (int round = 0; round < steps[i].rounds && code == 0; round++) {
            uint64_t start = clock(), ticks;

            code = steps[i].run();
            ticks = clock() - start;
            least = ticks < least ? ticks : least;
        }
        tell(&steps[i], code, least);
    }
}
