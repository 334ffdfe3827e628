/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The order of an IGVM launch; see launch.h.
 *
 * QEMU holds page data back: pages at rising addresses with the same flags, type and presence of
 * data form a run, and a run is launched only when a matching page comes that does not continue it,
 * or at the file's end. Parameter insertions act at once, so one that follows a run is measured
 * before it; VMSAs come last, by vCPU. Hosts with file_order launch everything where it stands.
 */
#include "host/launch.h"
#include "psp/psp.h"

#define VMSA_FEATURES  0x3B0u /* SEV_FEATURES in a VMSA */
#define DEFAULT_POLICY 0x30000ull

static const struct launch_profile profiles[] = {
    {.name = "qemu", .madt = true, .device_tree = true, .environment = 1},
    {.name = "qemu-mainline", .madt = true, .environment = 1},
    {.name = "hyperv", .file_order = true, .madt = true, .device_tree = true},
    {.name = "vanadium", .native_zero = true, .madt = true, .environment = 1},
};

struct walk {
    const struct igvm_file *file;
    const struct launch_profile *profile;
    uint32_t mask;
    struct launched *launched;
    struct igvm_header run; /* the first page of the run that is held back */
    uint64_t run_pages;
    uint64_t run_next;
    const uint8_t *vmsa[CPUS_MAX];
    uint64_t vmsa_gpa[CPUS_MAX];
    const struct igvm_id_block *id_block;
};

const struct launch_profile *launch_profile_find(const char *name)
{
    for (unsigned i = 0; i < sizeof profiles / sizeof profiles[0]; i++) {
        if (strcmp(profiles[i].name, name) == 0) {
            return &profiles[i];
        }
    }
    return NULL;
}

_Noreturn void launch_refuse(uint32_t offset, const char *what)
{
    machine_stop(MACHINE_MISUSE, "IGVM file, at offset %u: %s", offset, what);
}

static void page(const struct walk *walk, const struct igvm_header *header)
{
    const struct igvm_page_data *data = header->body.page;
    if ((data->flags & IGVM_PAGE_2MB) != 0) {
        launch_refuse(header->offset, "2 MiB pages are not supported (nor by QEMU)");
    }
    if ((data->flags & IGVM_PAGE_SHARED) != 0) {
        launch_shared_page(data->gpa, header->data);
    } else if (data->data_type == IGVM_DATA_SECRETS) {
        (void)launch_page(LAUNCH_SECRETS, data->gpa, NULL);
    } else if (data->data_type != IGVM_DATA_NORMAL) {
        (void)launch_page(LAUNCH_CPUID, data->gpa, NULL);
    } else if ((data->flags & IGVM_PAGE_UNMEASURED) != 0) {
        (void)launch_page(LAUNCH_UNMEASURED, data->gpa, header->data);
    } else {
        bool zero = header->data == NULL && walk->profile->native_zero;
        (void)launch_page(zero ? LAUNCH_ZERO : LAUNCH_NORMAL, data->gpa, header->data);
    }
}

static bool matching_page(const struct walk *walk, const struct igvm_header *header)
{
    return header->type == IGVM_PAGE_DATA && (header->mask & walk->mask) != 0;
}

/* Other headers between the pages of a run have been served already. */
static void run_flush(struct walk *walk)
{
    struct igvm_header header = walk->run;
    while (walk->run_pages > 0) {
        if (matching_page(walk, &header)) {
            page(walk, &header);
            walk->run_pages--;
        }
        if (walk->run_pages > 0 && !igvm_next(walk->file, &header)) {
            launch_refuse(header.offset, "a run of pages has lost its end");
        }
    }
}

static bool continues(const struct walk *walk, const struct igvm_header *header)
{
    const struct igvm_page_data *first = walk->run.body.page;
    const struct igvm_page_data *next = header->body.page;
    return walk->run_pages > 0 && next->gpa == walk->run_next && next->flags == first->flags &&
           next->data_type == first->data_type && next->mask == first->mask &&
           (header->data == NULL) == (walk->run.data == NULL);
}

static void serve_page(struct walk *walk, const struct igvm_header *header)
{
    if (walk->profile->file_order) {
        page(walk, header);
        return;
    }
    if (!continues(walk, header)) {
        run_flush(walk);
        walk->run = *header;
    }
    walk->run_pages++;
    walk->run_next = header->body.page->gpa + PAGE_SIZE;
}

static void launch_context(struct walk *walk, unsigned index)
{
    uint64_t gpa = walk->vmsa_gpa[index];
    walk->launched->vmsa[index] = launch_page(LAUNCH_VMSA, gpa, walk->vmsa[index]);
    memcpy(&walk->launched->features[index], walk->vmsa[index] + VMSA_FEATURES,
           sizeof walk->launched->features[index]);
}

static void serve_context(struct walk *walk, const struct igvm_header *header)
{
    const struct igvm_vp_context *context = header->body.context;
    if (context->vp_index >= machine.cpus) {
        launch_refuse(header->offset, "a VP context for a vCPU that QEMU's -smp does not give");
    }
    if (walk->vmsa[context->vp_index] != NULL || header->data == NULL) {
        launch_refuse(header->offset, "a second VP context for one vCPU, or one without data");
    }
    walk->vmsa[context->vp_index] = header->data;
    walk->vmsa_gpa[context->vp_index] = context->gpa;
    if (walk->profile->file_order) {
        launch_context(walk, context->vp_index);
    }
}

static void serve_area(struct walk *walk, const struct igvm_header *header)
{
    (void)walk;
    areas_declare(header->body.area);
}

static void serve_parameter(struct walk *walk, const struct igvm_header *header)
{
    areas_fill(walk->file, header, walk->profile);
}

static void serve_insert(struct walk *walk, const struct igvm_header *header)
{
    (void)walk;
    areas_insert(header->body.insert);
}

/* Platforms and policy were read before the walk. Required memory is given to the guest after it:
 * pages may still be loaded into it. */
static void serve_nothing(struct walk *walk, const struct igvm_header *header)
{
    (void)walk;
    (void)header;
}

static void serve_id_block(struct walk *walk, const struct igvm_header *header)
{
    if (walk->id_block != NULL) {
        launch_refuse(header->offset, "a second ID block");
    }
    walk->id_block = header->body.id_block;
}

static const struct {
    uint32_t type;
    void (*serve)(struct walk *, const struct igvm_header *);
} servers[] = {
    {IGVM_SUPPORTED_PLATFORM, serve_nothing},
    {IGVM_GUEST_POLICY, serve_nothing},
    {IGVM_PARAMETER_AREA, serve_area},
    {IGVM_PAGE_DATA, serve_page},
    {IGVM_PARAMETER_INSERT, serve_insert},
    {IGVM_VP_CONTEXT, serve_context},
    {IGVM_REQUIRED_MEMORY, serve_nothing},
    {IGVM_VP_COUNT, serve_parameter},
    {IGVM_ENVIRONMENT_INFO, serve_parameter},
    {IGVM_MEMORY_MAP, serve_parameter},
    {IGVM_MADT, serve_parameter},
    {IGVM_DEVICE_TREE, serve_parameter},
    {IGVM_SNP_ID_BLOCK, serve_id_block},
};

static void serve(struct walk *walk, const struct igvm_header *header)
{
    for (unsigned i = 0; i < sizeof servers / sizeof servers[0]; i++) {
        if (servers[i].type == header->type) {
            if ((header->mask & walk->mask) != 0) {
                servers[i].serve(walk, header);
            }
            return;
        }
    }
    launch_refuse(header->offset, "a header type that QEMU does not know");
}

static uint64_t policy(const struct igvm_file *file, uint32_t mask)
{
    struct igvm_header header;
    uint64_t value = DEFAULT_POLICY;
    for (igvm_rewind(file, &header); igvm_next(file, &header);) {
        if (header.type == IGVM_GUEST_POLICY && (header.mask & mask) != 0) {
            value = header.body.policy->policy;
        }
    }
    return value;
}

static void start(uint64_t value)
{
    uint32_t status = psp_launch_start(value);
    if (status != PSP_OK) {
        machine_stop(MACHINE_MISUSE, "IGVM file: the firmware refuses policy %llx: %s",
                     (unsigned long long)value, psp_status_name(status));
    }
}

static void give_required(const struct igvm_file *file, uint32_t mask)
{
    struct igvm_header header;
    for (igvm_rewind(file, &header); igvm_next(file, &header);) {
        if (header.type == IGVM_REQUIRED_MEMORY && (header.mask & mask) != 0) {
            launch_required(header.body.required->gpa, header.body.required->size);
        }
    }
}

static void launch_contexts(struct walk *walk)
{
    for (unsigned i = 0; i < CPUS_MAX && !walk->profile->file_order; i++) {
        if (walk->vmsa[i] != NULL) {
            launch_context(walk, i);
        }
    }
    if (walk->vmsa[0] == NULL) {
        launch_refuse(walk->file->headers_end, "no VP context for vCPU 0 on SEV-SNP");
    }
}

void launch_file(const uint8_t *bytes, uint64_t size, const struct launch_profile *profile,
                 struct launched *launched)
{
    struct igvm_file file;
    struct igvm_error error = {IGVM_OK, 0, ""};
    struct igvm_header header;
    if (!igvm_open(&file, bytes, size, &error)) {
        launch_refuse(error.offset, error.rule);
    }
    struct walk walk = {.file = &file, .profile = profile, .launched = launched};
    walk.mask = igvm_platform_mask(&file, IGVM_SEV_SNP);
    if (walk.mask == 0) {
        launch_refuse(file.headers_begin, "it does not support SEV-SNP");
    }
    areas_start();
    uint64_t wanted = policy(&file, walk.mask);
    start(wanted);
    for (igvm_rewind(&file, &header); igvm_next(&file, &header);) {
        serve(&walk, &header);
    }
    run_flush(&walk);
    launch_contexts(&walk);
    give_required(&file, walk.mask);
    launch_finish(walk.id_block, wanted);
}
