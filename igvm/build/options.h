/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What `igvm build` is asked for: the command line, or a layout file with the same words.
 *
 * A layout file holds one option a line, without the dashes: "kernel build/kernel.elf". Its paths
 * are relative to its folder; what comes later wins. Strings in the result belong to it.
 */
#ifndef BUILD_OPTIONS_H
#define BUILD_OPTIONS_H

#include "error.h"
#include "profile.h"

#include <boot/archive.h>
#include <stdio.h>

#define BUILD_SNP    1u /* compatibility masks, as in the file */
#define BUILD_NATIVE 2u

struct build_file {
    char name[BOOT_ARCHIVE_NAME];
    char *path;
};

struct build_options {
    char *kernel;
    char *root;
    char *output;
    char *pvh;
    struct build_file files[BOOT_ARCHIVE_ENTRIES];
    uint32_t file_count;
    uint32_t platforms; /* BUILD_SNP, BUILD_NATIVE or both */
    const struct build_profile *profile;
    uint64_t base;
    uint64_t size;
    uint64_t size_max;
    uint64_t stack;
    uint64_t root_stack;
    uint64_t policy;
    uint64_t vmsa_gpa; /* these three are the profile's unless given */
    uint64_t sev_features;
    uint64_t console_port;
    uint64_t pretend_snp; /* a C-bit position for tests without SNP; 0: none */
    char *guest_kernel;
    char *guest_initrd;
    char *guest_cmdline;
    uint64_t guest_memory;
    uint64_t guest_high_memory;
    uint64_t guest_cpus;
    bool map;
    bool help;
};

/* Fills the options from the words after "build"; checks each, and that they fit together. */
bool build_options_read(struct build_options *options, int count, char **words,
                        struct build_error *error);

/* What the kernel's table of the guest's page states takes of the region, in bytes. */
uint64_t build_states_size(const struct build_options *options);
void build_options_free(struct build_options *options);
void build_options_help(FILE *file);

#endif
