/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files, environment and random numbers of a C library, as libtpms names them: none of it is there,
 * and each function says so by its return value. For linking only.
 */
#ifndef LIBC_ABSENT_H
#define LIBC_ABSENT_H

#include <stddef.h>

extern void *stderr;

void *fopen(const char *path, const char *mode);
int fclose(void *file);
size_t fread(void *out, size_t size, size_t count, void *file);
size_t fwrite(const void *from, size_t size, size_t count, void *file);
int fseek(void *file, long offset, int from);
long ftell(void *file);
int fflush(void *file);
int remove(const char *path);
char *getenv(const char *name);
int getpid(void);
void srand(unsigned seed);
int rand(void);

#endif
