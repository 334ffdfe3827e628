/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The only part of the builder that prints. Nothing is written before everything has succeeded in
 * memory.
 */
#include "build.h"

#include "boot.h"
#include "file.h"
#include "pvh.h"

#include <boot/stub.h>
#include <stdio.h>
#include <string.h>

struct build {
    struct build_options options;
    struct blob kernel_file;
    struct blob root_file;
    struct layout_inputs inputs;
    struct layout layout;
    struct blob igvm;
    struct blob pvh;
};

static bool read_elf(struct elf_image *image, struct blob *file, struct elf_window window,
                     struct build_error *error)
{
    return blob_read(file, image->name, error) && elf_image_read(image, file, window, error);
}

static bool read_inputs(struct build *build, struct build_error *error)
{
    const struct build_options *options = &build->options;

    build->inputs.kernel.name = options->kernel;
    build->inputs.root.name = options->root;
    if (!read_elf(&build->inputs.kernel, &build->kernel_file, layout_kernel_window(), error))
        return false;
    if (options->root &&
        !read_elf(&build->inputs.root, &build->root_file, layout_root_window(), error))
        return false;
    for (uint32_t i = 0; i < options->file_count; i++) {
        if (!blob_read(&build->inputs.files[i], options->files[i].path, error))
            return false;
    }
    return true;
}

static bool make_outputs(struct build *build, struct build_error *error)
{
    const struct build_options *options = &build->options;
    struct layout *layout = &build->layout;

    layout->options = options;
    layout->inputs = &build->inputs;
    if (!layout_make(layout, error))
        return false;
    if (options->output && !file_make(&build->igvm, layout, error))
        return false;
    if (!options->pvh)
        return true;
    if (options->pretend_snp)
        boot_pretend_snp(layout, (unsigned)options->pretend_snp);
    return pvh_make(&build->pvh, &layout->image, (uint32_t)(layout->block.stub.pa + BOOT_STUB_PVH),
                    error);
}

static bool write_outputs(const struct build *build, struct build_error *error)
{
    const struct build_options *options = &build->options;

    return (!options->output || blob_write(&build->igvm, options->output, error)) &&
           (!options->pvh || blob_write(&build->pvh, options->pvh, error));
}

static void print_row(const char *name, uint64_t pa, uint64_t size, uint64_t va)
{
    if (size == 0)
        return;
    printf("%-16s %10llx %10llx", name, (unsigned long long)pa, (unsigned long long)size);
    if (va)
        printf("  %16llx", (unsigned long long)va);
    printf("\n");
}

static void print_map(const struct layout *layout)
{
    const struct boot_block *block = &layout->block;
    const struct {
        const char *name;
        struct boot_range range;
    } pages[] = {
        {"stub", block->stub},
        {"general", block->general},
        {"memory map", block->memory_map},
        {"madt", block->madt},
        {"device tree", block->device_tree},
        {"cpuid", block->cpuid},
        {"secrets", block->secrets},
        {"archive", block->archive},
        {"page tables", block->tables},
        {"vmsa", block->vmsa},
    };

    printf("%-16s %10s %10s  %16s\n", "piece", "gpa", "bytes", "va");
    print_row("region", block->region.pa, block->region.size, block->window_va);
    print_row("  loaded", block->region.pa, block->used_end_pa - block->region.pa, 0);
    for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++)
        print_row(pages[i].name, pages[i].range.pa, pages[i].range.size, 0);
    print_row("kernel", block->kernel.pa, block->kernel.size, block->kernel.va);
    print_row("kernel stack", block->kernel.stack_pa, block->kernel.stack_size,
              block->kernel.stack_va);
    for (uint32_t i = 0; i < block->guest.loaded_count; i++)
        print_row("guest", block->guest.loaded[i].pa, block->guest.loaded[i].size, 0);
    for (uint32_t i = 0; i < block->root.segment_count; i++)
        print_row("root", block->root.segments[i].pa, block->root.segments[i].size,
                  block->root.segments[i].va);
}

static void free_all(struct build *build)
{
    for (uint32_t i = 0; i < build->options.file_count; i++)
        blob_free(&build->inputs.files[i]);
    blob_free(&build->kernel_file);
    blob_free(&build->root_file);
    blob_free(&build->igvm);
    blob_free(&build->pvh);
    layout_free(&build->layout);
    build_options_free(&build->options);
}

static int run(struct build *build, int argc, char **argv)
{
    struct build_error error;

    if (!build_options_read(&build->options, argc - 1, argv + 1, &error)) {
        fprintf(stderr, "igvm build: %s; try --help\n", error.text);
        return 2;
    }
    if (build->options.help) {
        build_options_help(stdout);
        return 0;
    }
    if (!read_inputs(build, &error) || !make_outputs(build, &error) ||
        !write_outputs(build, &error)) {
        fprintf(stderr, "igvm build: %s\n", error.text);
        return 1;
    }
    if (build->options.map)
        print_map(&build->layout);
    return 0;
}

int build_main(int argc, char **argv)
{
    static struct build build;
    int status;

    memset(&build, 0, sizeof(build));
    status = run(&build, argc, argv);
    free_all(&build);
    return status;
}
