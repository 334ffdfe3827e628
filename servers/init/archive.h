/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The files that were measured with the launch: the manifest and the servers' images.
 *
 * The archive is mapped read-only, and each of its pages is a capability of init's, so a server can
 * be given a page of its image as it is. The table is checked before it is used.
 */
#ifndef INIT_ARCHIVE_H
#define INIT_ARCHIVE_H

#include <stdbool.h>

#include <sel4/sel4.h>

struct file {
    const uint8_t *bytes; /* at a page boundary */
    uint64_t size;
    seL4_CPtr first_page; /* capability of the page that holds the first byte */
};

/* False when there is no archive or its table is not what boot/archive.h says. */
bool archive_start(const seL4_BootInfo *info);
/* False when there is no such file. */
bool archive_find(const char *name, struct file *file);

#endif
