/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vtpm-bench: the processor time of TPM commands, for the same libtpms on our facade and on
 * OpenSSL.
 *
 * Prints one line a command: its name, the median in microseconds, and how often it ran. The state
 * comes from the file named on the command line (made there if it is missing), so that both
 * programs derive the same keys.
 */
#define _GNU_SOURCE
#include "host.h"

#include "command.h"
#include "steps.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS_MAX = 400 };

static uint32_t key;
static uint8_t text[1024];

/* Processor time: the machine may have other work. */
static double microseconds(void)
{
    struct timespec t;

    syscall(SYS_clock_gettime, CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void must(uint32_t code, const char *what)
{
    if (code == 0)
        return;
    fprintf(stderr, "vtpm-bench: %s: response code %#x\n", what, code);
    exit(1);
}

static uint32_t make(unsigned curve, int signs)
{
    struct command c = {.length = 0};

    must(run_create_primary(&c, curve, signs), "a primary key");
    return response_u32(&c, 10);
}

static uint32_t hash(void)
{
    return run_hash(text, sizeof text);
}

static uint32_t primary_p256(void)
{
    key = make(3, 0);
    return 0;
}

static uint32_t primary_p384(void)
{
    key = make(4, 0);
    return 0;
}

static uint32_t primary_rsa(void)
{
    key = make(0, 0);
    return 0;
}

static uint32_t quote(void)
{
    return run_quote(key);
}

static uint32_t create_rsa(void)
{
    return run_create_rsa(key);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* The key a command leaves or uses: of a curve (0: RSA), that signs or stores, or none. */
struct measure {
    const char *name;
    uint32_t (*run)(void);
    int rounds;
    enum { NO_KEY, LEAVES_KEY, SIGNS_P256, SIGNS_P384, SIGNS_RSA, STORES } with;
};

static const struct measure measures[] = {
    {"PCR_Extend SHA-256", step_pcr_extend, 400, NO_KEY},
    {"PCR_Read", step_pcr_read, 400, NO_KEY},
    {"GetRandom 32", step_get_random, 400, NO_KEY},
    {"Hash SHA-256 1 KiB", hash, 400, NO_KEY},
    {"CreatePrimary ECC P-256", primary_p256, 200, LEAVES_KEY},
    {"CreatePrimary ECC P-384", primary_p384, 200, LEAVES_KEY},
    {"CreatePrimary RSA 2048", primary_rsa, 15, LEAVES_KEY},
    {"Quote ECC P-256", quote, 200, SIGNS_P256},
    {"Quote ECC P-384", quote, 200, SIGNS_P384},
    {"Quote RSA 2048", quote, 60, SIGNS_RSA},
    {"Create RSA 2048", create_rsa, 15, STORES},
};

static void prepare(const struct measure *m)
{
    if (m->with == SIGNS_P256 || m->with == SIGNS_P384)
        key = make(m->with == SIGNS_P256 ? 3 : 4, 1);
    else if (m->with == SIGNS_RSA)
        key = make(0, 1);
    else if (m->with == STORES)
        key = make(3, 0);
}

static void measure(const struct measure *m)
{
    double times[ROUNDS_MAX];

    prepare(m);
    for (int i = 0; i < m->rounds; i++) {
        double start = microseconds();

        must(m->run(), m->name);
        times[i] = microseconds() - start;
        if (m->with == LEAVES_KEY)
            must(run_flush(key), "flush");
    }
    if (m->with > LEAVES_KEY)
        must(run_flush(key), "flush");
    qsort(times, (size_t)m->rounds, sizeof times[0], by_value);
    printf("%s\t%.2f\t%d\n", m->name, times[m->rounds / 2], m->rounds);
}

int main(int argc, char **argv)
{
    static struct host_store files;
    struct vtpm_config config = {.store = &files.store, .origin = VTPM_MANUFACTURE};
    struct command c = {.length = 0};

    if (argc != 2) {
        fputs("usage: vtpm-bench FOLDER\n", stderr);
        return 2;
    }
    host_store_open(&files, argv[1]);
    host_configure(&config);
    if (!vtpm_start(&config))
        return 1;
    must(run_startup(0), "startup");
    command_begin(&c, ST_NO_SESSIONS, CC_SELF_TEST);
    command_u8(&c, 1);
    must(command_run(&c), "self test");
    for (size_t i = 0; i < sizeof measures / sizeof measures[0]; i++)
        measure(&measures[i]);
    command_begin(&c, ST_NO_SESSIONS, CC_SHUTDOWN);
    command_u16(&c, 0);
    must(command_run(&c), "shutdown");
    vtpm_stop();
    return 0;
}
