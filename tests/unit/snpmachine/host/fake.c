/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The fake hardware; see fake.h. Physical and guest physical addresses are the same, as at start,
 * and they are pointers too: the RAM lies at its own address in this process.
 */
#define _DEFAULT_SOURCE
#include "fake.h"
#include "host/ghcb.h"
#include "trace.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#define BLOCKS_MAX      64u
#define BLOCK_PAGES_MAX 256u

struct fake fake;
static const struct memory_range ranges[] = {{0, 0x9F000, 1}, {ONE_MIB, FAKE_END - ONE_MIB, 1}};
struct machine machine = {.cpus = 4, .tsc_hz = 1000000000ull, .map = ranges, .map_count = 2};
bool trace_on;

void trace_add(unsigned vmpl, enum trace_event event, uint64_t code, uint64_t value)
{
    (void)vmpl;
    (void)event;
    (void)code;
    (void)value;
}

static const char *const *options;

static void *blocks[BLOCKS_MAX];
static unsigned block_count;

static void free_blocks(void)
{
    while (block_count > 0) {
        free(blocks[--block_count]);
    }
}

/* Like the machine's, but with a small end. */
void *memory_pages(uint64_t count)
{
    if (count > BLOCK_PAGES_MAX || block_count == BLOCKS_MAX) {
        machine_stop(MACHINE_MISUSE, "out of memory");
    }
    blocks[block_count] = calloc(count, PAGE_SIZE);
    return blocks[block_count++];
}

void fake_reset(void)
{
    free_blocks();
    memset(&fake, 0, sizeof fake);
    void *ram = mmap(physical(FAKE_RAM), FAKE_END - FAKE_RAM, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    if (ram != physical(FAKE_RAM)) {
        abort();
    }
    options = NULL;
}

bool fake_stops(void (*body)(void *), void *argument)
{
    if (setjmp(fake.stop) == 0) {
        body(argument);
        return false;
    }
    return true;
}

void fake_options(const char *const *pairs)
{
    options = pairs;
}

_Noreturn void machine_stop(enum machine_status status, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(fake.text, sizeof fake.text, format, arguments);
    va_end(arguments);
    fake.status = status;
    longjmp(fake.stop, 1);
}

void machine_log(const char *format, ...)
{
    (void)format;
}

void machine_detail(const char *format, ...)
{
    (void)format;
}

size_t format_text(char *out, size_t size, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(out, size, format, arguments);
    va_end(arguments);
    return (size_t)length;
}

const char *option_text(const char *name)
{
    for (const char *const *pair = options; pair != NULL && pair[0] != NULL; pair += 2) {
        if (strcmp(pair[0], name) == 0) {
            return pair[1];
        }
    }
    return NULL;
}

uint64_t option_number(const char *name, uint64_t otherwise)
{
    const char *text = option_text(name);
    return text == NULL ? otherwise : strtoull(text, NULL, 0);
}

void spin_lock(struct spinlock *lock)
{
    if (lock->taken != 0) {
        machine_stop(MACHINE_BROKEN, "a lock is taken twice");
    }
    lock->taken = 1;
}

void spin_unlock(struct spinlock *lock)
{
    lock->taken = 0;
}

uint64_t machine_tsc(void)
{
    return fake.now;
}

void cpu_kick(unsigned cpu)
{
    fake.kicks[cpu]++;
}

void cpu_idle(void)
{
    fake.idles++;
}

void cpu_timer_set(uint64_t deadline)
{
    fake.timer = deadline;
}

unsigned hw_c_bit(void)
{
    return 47;
}

struct hw_cpuid hw_cpuid(uint32_t leaf, uint32_t subleaf)
{
    return (struct hw_cpuid){leaf, 0x11111111, subleaf, 0x22222222};
}

void hw_run(struct hw_vmcb *vmcb)
{
    if (fake.run != NULL) {
        fake.run(vmcb);
    }
}

static struct fake_page *page_of(uint64_t address)
{
    return address >= FAKE_RAM && address < FAKE_END ? &fake.page[address / PAGE_SIZE] : NULL;
}

bool hw_translate(uint64_t gpa, uint64_t *spa, uint64_t *size)
{
    if (page_of(gpa) == NULL) {
        return false;
    }
    if (spa != NULL) {
        *spa = gpa;
    }
    if (size != NULL) {
        *size = fake.mapped_large ? LARGE_SIZE : PAGE_SIZE;
    }
    return true;
}

void hw_map(uint64_t gpa, uint64_t spa, uint64_t size)
{
    (void)gpa;
    (void)spa;
    (void)size;
    fake.mapped_large = false;
}

void hw_unmap(uint64_t gpa, uint64_t size)
{
    (void)gpa;
    (void)size;
}

void hw_map_mmio(uint64_t gpa, uint64_t size)
{
    (void)gpa;
    (void)size;
    fake.mmio_maps++;
}

void *hw_page(uint64_t gpa)
{
    struct fake_page *page = page_of(gpa);
    return page == NULL || page->assigned ? NULL : fake_ram(gpa);
}

bool hw_read(uint64_t gpa, void *to, uint64_t size)
{
    if (page_of(gpa) == NULL || page_of(gpa + size - 1) == NULL) {
        return false;
    }
    memcpy(to, fake_ram(gpa), size);
    return true;
}

bool hw_write(uint64_t gpa, const void *from, uint64_t size)
{
    if (hw_page(gpa) == NULL || hw_page(gpa + size - 1) == NULL) {
        return false;
    }
    memcpy(fake_ram(gpa), from, size);
    return true;
}

enum hw_rmp_result hw_rmp_assign(uint64_t spa, uint64_t gpa, uint64_t size)
{
    fake.assigns++;
    for (uint64_t at = 0; at < size; at += PAGE_SIZE) {
        *page_of(spa + at) = (struct fake_page){true, size == LARGE_SIZE, gpa};
    }
    return HW_RMP_OK;
}

enum hw_rmp_result hw_rmp_release(uint64_t spa, uint64_t size)
{
    fake.releases++;
    if (size == PAGE_SIZE && page_of(spa)->large) {
        return HW_RMP_OVERLAP;
    }
    for (uint64_t at = 0; at < size; at += PAGE_SIZE) {
        *page_of(spa + at) = (struct fake_page){0};
    }
    return HW_RMP_OK;
}

enum hw_rmp_result hw_psmash(uint64_t spa)
{
    fake.smashes++;
    if (!page_of(spa)->large) {
        return HW_RMP_INPUT;
    }
    for (uint64_t at = 0; at < LARGE_SIZE; at += PAGE_SIZE) {
        page_of(spa + at)->large = false;
        page_of(spa + at)->gpa = spa + at;
    }
    return HW_RMP_OK;
}

bool hw_rmp_assigned(uint64_t spa, uint64_t *gpa, uint64_t *size)
{
    struct fake_page *page = page_of(spa);
    if (page == NULL || !page->assigned) {
        return false;
    }
    if (gpa != NULL) {
        *gpa = page->gpa;
    }
    if (size != NULL) {
        *size = page->large ? LARGE_SIZE : PAGE_SIZE;
    }
    return true;
}

/* Guest requests go to the security processor, which has its own tests. */
void ghcb_guest_request(struct ghcb_call *call)
{
    call->info2 = 0x16;
}

void ghcb_extended_request(struct ghcb_call *call)
{
    call->info2 = 0x16;
}
