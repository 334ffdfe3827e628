/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The world: a region of 8 MiB whose first MiB is taken by an image, laid out as the builder does.
 */
#include "world.h"

#include <string.h>

#include "bootinfo.h"

#define IMAGE_PA  WORLD_PHYS
#define STACK_PA  (IMAGE_PA + 0x4000)
#define FILES_PA  (IMAGE_PA + 0x8000)
#define FREE_PA   (IMAGE_PA + 0x100000)
#define DEVICE_PA UINT64_C(0xfeb00000)

struct world world;

static _Alignas(1 << 21) uint8_t memory[WORLD_SIZE];
static seL4_CPtr next_free;

static struct boot_block block = {
    .archive = {FILES_PA, 0x3000},
    .root =
        {
            .entry_va = 0x400000,
            .stack_top_va = 0x802000,
            .segment_count = 3,
            .segments =
                {
                    {0x400000, IMAGE_PA, 0x2000, BOOT_READ | BOOT_EXECUTE, 0},
                    {0x402000, IMAGE_PA + 0x2000, 0x1000, BOOT_READ | BOOT_WRITE, 0},
                    {0x800000, STACK_PA, 0x2000, BOOT_READ | BOOT_WRITE, 0},
                },
        },
};

int world_start(void **state)
{
    const struct boot_range devices[] = {{DEVICE_PA, 0x800000}};
    const struct boot_plan plan = {
        .block = &block,
        .free = {FREE_PA, WORLD_SIZE - (FREE_PA - WORLD_PHYS)},
        .devices = devices,
        .device_count = 1,
        .irq_count = 24,
        .cpus = 2,
        .features = SVSM_FEATURE_TIMER,
    };
    struct config *config;

    (void)state;
    memset(memory, 0x5a, sizeof(memory));
    host_start(memory, WORLD_PHYS, WORLD_SIZE);
    config = config_lock();
    world.thread = bootinfo_create(config, &plan);
    config_unlock(config);
    world.cspace = world.thread->cspace;
    world.info = window_at(page_phys(world.cspace.slots[seL4_CapBootInfoFrame].cap));
    world.most_steps = 0;
    next_free = world.info->empty.start;
    return 0;
}

seL4_Error world_call_length(seL4_CPtr cptr, uint64_t label, const uint64_t *words, uint64_t length)
{
    struct invocation inv;
    seL4_Error error;

    world.steps = 0;
    do {
        inv = (struct invocation){
            .config = config_lock(),
            .cspace = &world.cspace,
            .slot = cspace_lookup(&world.cspace, cptr),
            .label = label,
            .length = length,
            .mr = {words[0], words[1], words[2], words[3]},
        };
        error = invoke(&inv);
        selfcheck();
        config_unlock(inv.config);
        world.steps++;
    } while (error == INVOKE_AGAIN);
    if (world.steps > world.most_steps)
        world.most_steps = world.steps;
    memcpy(world.results, inv.mr, sizeof(inv.mr));
    world.result_length = inv.result_length;
    return error;
}

seL4_Error world_call(seL4_CPtr cptr, uint64_t label, const uint64_t *words)
{
    return world_call_length(cptr, label, words, seL4_MsgMaxLength);
}

struct slot *world_slot(seL4_CPtr cptr)
{
    return &world.cspace.slots[cptr];
}

static seL4_CPtr largest(bool device)
{
    unsigned best = 0, bits = 0;

    for (unsigned i = 0; i < world.info->untyped.end - world.info->untyped.start; i++) {
        const seL4_UntypedDesc *d = &world.info->untypedList[i];

        if (d->isDevice == device && d->sizeBits > bits) {
            bits = d->sizeBits;
            best = i;
        }
    }
    return world.info->untyped.start + best;
}

seL4_CPtr world_memory(void)
{
    return largest(false);
}

seL4_CPtr world_device(void)
{
    return largest(true);
}

seL4_CPtr world_free_slot(void)
{
    return next_free++;
}

seL4_CPtr world_make(seL4_ObjectType type, uint64_t bits)
{
    seL4_CPtr slot = world_free_slot();

    OK(world_memory(), LABEL_Untyped_Retype, seL4_What(type, bits), seL4_Slot(CNODE, slot), 1);
    return slot;
}
