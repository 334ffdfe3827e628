/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The vTPM's surroundings on a build machine: the kernel's random numbers, its monotonic clock, and
 * state in files. Programs on the build machine only.
 */
#ifndef TOOLS_VTPM_HOST_H
#define TOOLS_VTPM_HOST_H

#include "vtpm.h"

enum { HOST_PATH_MAX = 512 };

struct host_store {
    struct store store; /* first */
    char folder[HOST_PATH_MAX];
};

/* A store whose blobs are the files "permanent" and "volatile" in the folder. */
void host_store_open(struct host_store *h, const char *folder);

/* Random numbers, clock and the processor's features; the rest of the configuration is untouched.
 */
void host_configure(struct vtpm_config *config);

#endif
