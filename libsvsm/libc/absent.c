/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What libtpms links but a server has not: files, an environment, the C library's random numbers.
 *
 * Files cannot be opened, so their other functions are never reached with one. rand is a constant
 * on purpose: where libtpms would fall back to it for a seed, its own check of repeated numbers
 * makes it give up.
 */
#include "absent.h"

void *stderr;

void *fopen(const char *path, const char *mode)
{
    (void)path;
    (void)mode;
    return NULL;
}

int fclose(void *file)
{
    (void)file;
    return -1;
}

size_t fread(void *out, size_t size, size_t count, void *file)
{
    (void)out;
    (void)size;
    (void)count;
    (void)file;
    return 0;
}

size_t fwrite(const void *from, size_t size, size_t count, void *file)
{
    (void)from;
    (void)size;
    (void)count;
    (void)file;
    return 0;
}

int fseek(void *file, long offset, int from)
{
    (void)file;
    (void)offset;
    (void)from;
    return -1;
}

long ftell(void *file)
{
    (void)file;
    return -1;
}

int fflush(void *file)
{
    (void)file;
    return 0;
}

int remove(const char *path)
{
    (void)path;
    return -1;
}

char *getenv(const char *name)
{
    (void)name;
    return NULL;
}

int getpid(void)
{
    return 1;
}

void srand(unsigned seed)
{
    (void)seed;
}

int rand(void)
{
    return 0;
}
