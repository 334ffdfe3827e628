/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The window: the one linear mapping through which the kernel reaches its own memory.
 *
 * Everything the kernel allocates objects from lies in [phys, phys + size) and appears at base;
 * nothing of the guest does. Set once at boot and constant afterwards, so it is read without a
 * lock. Granule 0 belongs to no object, which makes 0 free to mean "none".
 */
#ifndef MICROKERNEL_WINDOW_H
#define MICROKERNEL_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

#define WINDOW_GRANULE 32u
#define PAGE_SIZE      4096u
#define PAGE_SHIFT     12u

struct slot;

struct window {
    uint8_t *base;
    uint64_t phys;
    uint64_t size;
};

extern struct window kernel_window;

static inline struct slot *window_slots(void)
{
    return (struct slot *)(void *)kernel_window.base;
}

static inline void *window_object(uint32_t granule)
{
    return kernel_window.base + (uint64_t)granule * WINDOW_GRANULE;
}

static inline uint32_t window_granule(const void *object)
{
    return (uint32_t)((uint64_t)((const uint8_t *)object - kernel_window.base) / WINDOW_GRANULE);
}

static inline bool window_contains(uint64_t phys, uint64_t size)
{
    return phys >= kernel_window.phys && size <= kernel_window.size &&
           phys - kernel_window.phys <= kernel_window.size - size;
}

static inline void *window_at(uint64_t phys)
{
    return kernel_window.base + (phys - kernel_window.phys);
}

static inline uint64_t window_phys(const void *object)
{
    return (uint64_t)((const uint8_t *)object - kernel_window.base) + kernel_window.phys;
}

#endif
