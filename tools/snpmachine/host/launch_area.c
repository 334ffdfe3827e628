/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Parameter areas of an IGVM launch: zeroed when declared (QEMU ignores initial contents), filled
 * by the usages that follow, and launched as unmeasured pages where they are inserted. As in QEMU,
 * memory map, MADT and device tree start at the area's beginning whatever offset the file says.
 */
#include "host/devices/devices.h"
#include "host/launch.h"
#include "host/params.h"
#include "host/spare.h"

struct area {
    uint8_t *bytes; /* NULL: not declared or inserted already */
    uint64_t size;
    uint32_t index;
};

static struct area areas[IGVM_AREAS_MAX];
static unsigned area_count;

void areas_start(void)
{
    area_count = 0;
}

void areas_declare(const struct igvm_parameter_area *declared)
{
    if (area_count == IGVM_AREAS_MAX) {
        machine_stop(MACHINE_MISUSE, "IGVM file: more than %u parameter areas", IGVM_AREAS_MAX);
    }
    uint64_t pages = declared->size / PAGE_SIZE;
    areas[area_count++] = (struct area){
        .bytes = pages == 0 ? NULL : memory_pages(pages),
        .size = declared->size,
        .index = declared->index,
    };
}

static struct area *find(uint32_t index)
{
    for (unsigned i = 0; i < area_count; i++) {
        if (areas[i].index == index && areas[i].bytes != NULL) {
            return &areas[i];
        }
    }
    machine_stop(MACHINE_MISUSE, "IGVM file: parameter area %u is used but not there", index);
}

static void fill_word(const struct igvm_file *file, const struct igvm_header *usage, uint32_t value)
{
    const struct area *area = find(usage->body.parameter->area);
    if (igvm_parameter_room(file, usage) < sizeof value) {
        launch_refuse(usage->offset, "a parameter outside its area");
    }
    memcpy(area->bytes + usage->body.parameter->offset, &value, sizeof value);
}

static size_t fill_table(uint32_t type, const struct area *area)
{
    const struct params_windows windows = {VIRTIO_SVSM_BASE, VIRTIO_SVSM_STEP, virtio_svsm_count()};
    if (type == IGVM_MEMORY_MAP) {
        unsigned count = 0;
        const struct memory_range *map = guest_map(&count);
        return params_memory_map(area->bytes, area->size, map, count);
    }
    if (type == IGVM_MADT) {
        return params_madt(area->bytes, area->size, machine.cpus);
    }
    return params_device_tree(area->bytes, area->size, machine.cpus, &windows);
}

void areas_fill(const struct igvm_file *file, const struct igvm_header *usage,
                const struct launch_profile *profile)
{
    bool unknown = (usage->type == IGVM_MADT && !profile->madt) ||
                   (usage->type == IGVM_DEVICE_TREE && !profile->device_tree);
    if (unknown) {
        launch_refuse(usage->offset, "a parameter that the chosen host profile does not know");
    }
    if (usage->type == IGVM_VP_COUNT) {
        fill_word(file, usage, machine.cpus);
    } else if (usage->type == IGVM_ENVIRONMENT_INFO) {
        fill_word(file, usage, profile->environment);
    } else if (fill_table(usage->type, find(usage->body.parameter->area)) == 0) {
        launch_refuse(usage->offset, "a parameter does not fit into its area");
    }
}

void areas_insert(const struct igvm_parameter_insert *insert)
{
    struct area *area = find(insert->area);
    for (uint64_t at = 0; at < area->size; at += PAGE_SIZE) {
        (void)launch_page(LAUNCH_UNMEASURED, insert->gpa + at, area->bytes + at);
    }
    area->bytes = NULL;
}
