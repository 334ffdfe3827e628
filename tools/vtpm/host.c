/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * getrandom for RDSEED, Linux' monotonic clock for the TSC, files for a store. A blob is written
 * beside the old one and renamed over it.
 */
#define _GNU_SOURCE
#include "host.h"

#include "crypto.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* The name a libtpms compiled with a newer C library has for it. */
unsigned long __isoc23_strtoul(const char *text, char **end, int base);

unsigned long __isoc23_strtoul(const char *text, char **end, int base)
{
    return strtoul(text, end, base);
}

static bool read_random(void *context, uint8_t *out, size_t length)
{
    (void)context;
    return getrandom(out, length, 0) == (ssize_t)length;
}

/* The system call itself: the function of that name asks the TPM's clock. */
static uint64_t monotonic(void *context)
{
    struct timespec t = {0, 0};

    (void)context;
    syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static unsigned cpu_features(void)
{
    unsigned features = 0;

    if (__builtin_cpu_supports("aes"))
        features |= CRYPTO_CPU_AESNI;
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ >= 11
    if (__builtin_cpu_supports("sha"))
        features |= CRYPTO_CPU_SHA;
#endif
    return features;
}

static void path_of(const struct store *store, enum store_blob which, const char *suffix, char *out)
{
    static const char *const names[] = {"permanent", "volatile"};

    snprintf(out, HOST_PATH_MAX + 32, "%s/%s%s", ((const struct host_store *)store)->folder,
             names[which], suffix);
}

static enum store_result load(struct store *store, enum store_blob which, struct store_bytes *out)
{
    char path[HOST_PATH_MAX + 32];
    enum store_result result = STORE_FAILED;
    FILE *file;
    long length;

    path_of(store, which, "", path);
    file = fopen(path, "rb");
    if (file == NULL)
        return STORE_NONE;
    if (fseek(file, 0, SEEK_END) == 0 && (length = ftell(file)) >= 0) {
        rewind(file);
        out->length = (size_t)length;
        out->data = malloc(out->length + 1);
        if (out->data != NULL && fread(out->data, 1, out->length, file) == out->length)
            result = STORE_OK;
        else
            free(out->data);
    }
    fclose(file);
    return result;
}

static enum store_result save(struct store *store, enum store_blob which,
                              const struct store_bytes *bytes)
{
    char path[HOST_PATH_MAX + 32], fresh[HOST_PATH_MAX + 32];
    FILE *file;
    size_t written;

    path_of(store, which, "", path);
    path_of(store, which, ".new", fresh);
    file = fopen(fresh, "wb");
    if (file == NULL)
        return STORE_FAILED;
    written = fwrite(bytes->data, 1, bytes->length, file);
    if (fclose(file) != 0 || written != bytes->length || rename(fresh, path) != 0)
        return STORE_FAILED;
    return STORE_OK;
}

static enum store_result drop(struct store *store, enum store_blob which)
{
    char path[HOST_PATH_MAX + 32];

    path_of(store, which, "", path);
    unlink(path);
    return STORE_OK;
}

void host_store_open(struct host_store *h, const char *folder)
{
    h->store = (struct store){load, save, drop, false};
    snprintf(h->folder, sizeof h->folder, "%s", folder);
}

void host_configure(struct vtpm_config *config)
{
    crypto_use_cpu(cpu_features());
    config->entropy = (struct entropy_source){read_random, NULL};
    config->clock = (struct clock_source){monotonic, NULL};
}
