/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Pages of the machine's own region: a mark that only rises, and a list of single pages given back.
 */
#include "cpu.h"

struct free_page {
    struct free_page *next;
};

static struct spinlock lock;
static uint64_t next_page, last_page;
static struct free_page *free_pages;

void memory_start(uint64_t first, uint64_t end)
{
    next_page = first;
    last_page = end;
}

static void *take(uint64_t count)
{
    void *pages = NULL;
    spin_lock(&lock);
    if (count == 1 && free_pages) {
        pages = free_pages;
        free_pages = free_pages->next;
    } else if (count <= (last_page - next_page) / PAGE_SIZE) {
        pages = physical(next_page);
        next_page += count * PAGE_SIZE;
    }
    spin_unlock(&lock);
    return pages;
}

void *memory_pages(uint64_t count)
{
    void *pages = take(count);
    if (!pages)
        machine_stop(MACHINE_MISUSE, "the machine's own memory is used up; give it more MiB with "
                                     "the option reserve=");
    return memset(pages, 0, count * PAGE_SIZE);
}

void *memory_page(void)
{
    return memory_pages(1);
}

void memory_page_free(void *page)
{
    struct free_page *freed = page;
    spin_lock(&lock);
    freed->next = free_pages;
    free_pages = freed;
    spin_unlock(&lock);
}
