/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Works on files whose fixed header makes sense and leaves others alone. File offsets are not
 * adjusted when headers come or go: pages may be anywhere, so shifted ones are as good.
 */
#include "mutate.h"

#include "igvm/format.h"

#include <stdbool.h>
#include <string.h>

#define HEADERS_MAX 512u

struct list {
    struct igvm_fixed fixed;
    uint32_t count;
    uint32_t at[HEADERS_MAX + 1];
};

static uint32_t next_random(unsigned *state)
{
    *state = *state * 1103515245u + 12345u;
    return *state >> 8;
}

/* Finds where headers begin; at[count] is where the last ends. */
static bool list_headers(const uint8_t *bytes, size_t size, struct list *list)
{
    uint32_t length;
    uint64_t at;
    uint64_t end;

    if (size < sizeof(list->fixed)) {
        return false;
    }
    memcpy(&list->fixed, bytes, sizeof(list->fixed));
    at = list->fixed.variable_header_offset;
    end = at + list->fixed.variable_header_size;
    if (end > size || at < sizeof(list->fixed)) {
        return false;
    }
    list->count = 0;
    list->at[0] = (uint32_t)at;
    while (at + sizeof(struct igvm_prefix) <= end && list->count < HEADERS_MAX) {
        memcpy(&length, bytes + at + sizeof(uint32_t), sizeof(length));
        at += sizeof(struct igvm_prefix) + (((uint64_t)length + 7) & ~UINT64_C(7));
        if (at > end) {
            break;
        }
        list->at[++list->count] = (uint32_t)at;
    }
    return list->count != 0;
}

static void set_headers_size(uint8_t *bytes, const struct list *list, int64_t change)
{
    uint32_t size = (uint32_t)(list->fixed.variable_header_size + change);

    memcpy(bytes + offsetof(struct igvm_fixed, variable_header_size), &size, sizeof(size));
}

static size_t remove_header(uint8_t *bytes, size_t size, const struct list *list, uint32_t which)
{
    uint32_t length = list->at[which + 1] - list->at[which];

    memmove(bytes + list->at[which], bytes + list->at[which + 1], size - list->at[which + 1]);
    set_headers_size(bytes, list, -(int64_t)length);
    return size - length;
}

static size_t double_header(uint8_t *bytes, size_t size, const struct list *list, uint32_t which)
{
    uint32_t length = list->at[which + 1] - list->at[which];

    memmove(bytes + list->at[which + 1], bytes + list->at[which], size - list->at[which]);
    set_headers_size(bytes, list, length);
    return size + length;
}

static void swap_with_next(uint8_t *bytes, const struct list *list, uint32_t which)
{
    uint8_t held[1024];
    uint32_t first = list->at[which + 1] - list->at[which];
    uint32_t second = list->at[which + 2] - list->at[which + 1];

    if (first <= sizeof(held)) {
        memcpy(held, bytes + list->at[which], first);
        memmove(bytes + list->at[which], bytes + list->at[which + 1], second);
        memcpy(bytes + list->at[which] + second, held, first);
    }
}

static void change_field(uint8_t *bytes, const struct list *list, uint32_t which, unsigned *state)
{
    static const uint32_t values[] = {0,          1,          2,          3,
                                      4,          7,          0x1000,     0x2000,
                                      0x08000000, 0x7FFFFFFF, 0x80000000, 0xFFFFF000,
                                      0xFFFFFFFF, 0x00FFFFFF, 0x00000FFF, 0xFEE00000};
    uint32_t words = (list->at[which + 1] - list->at[which]) / 4;
    uint32_t word = next_random(state) % words;
    uint32_t value = values[next_random(state) % (sizeof(values) / sizeof(values[0]))];

    if (next_random(state) % 4 == 0) {
        memcpy(&value, bytes + list->at[which] + 4 * word, sizeof(value));
        value ^= 1u << next_random(state) % 32;
    }
    memcpy(bytes + list->at[which] + 4 * word, &value, sizeof(value));
}

size_t mutate_file(uint8_t *bytes, size_t size, size_t room, unsigned seed)
{
    static struct list list;
    unsigned state = seed;
    uint32_t which;
    uint32_t total;

    if (!list_headers(bytes, size, &list)) {
        return size;
    }
    which = next_random(&state) % list.count;
    switch (next_random(&state) % 6) {
    case 0:
        size = remove_header(bytes, size, &list, which);
        break;
    case 1:
        if (size + (list.at[which + 1] - list.at[which]) <= room) {
            size = double_header(bytes, size, &list, which);
        }
        break;
    case 2:
        if (which + 2 <= list.count) {
            swap_with_next(bytes, &list, which);
        }
        break;
    default:
        change_field(bytes, &list, which, &state);
        break;
    }
    total = (uint32_t)size;
    memcpy(bytes + offsetof(struct igvm_fixed, total_file_size), &total, sizeof(total));
    return size;
}
