/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The services every part of the SNP machine stands on: console, stop, options, memory, CPUs.
 *
 * One physical CPU of QEMU is one vCPU of the guest; they share their number. Interrupts are off
 * in all code of the machine but inside cpu_idle() and hw_run(), which open a window themselves,
 * so an interrupt handler never meets its own CPU inside a lock. No code here uses FPU registers:
 * they always hold a guest's values.
 */
#ifndef SNPMACHINE_MACHINE_H
#define SNPMACHINE_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hot.h"

#define PAGE_SIZE  0x1000ull
#define LARGE_SIZE 0x200000ull
#define CPUS_MAX   8u

/* ---- How the machine ends. QEMU's exit status is 2 * value + 1 (isa-debug-exit at port F4);
 *      tools/snpmachine/run turns it back into the value. 16 + n: the guest wrote n > 0 to port F4
 *      (n up to 63). ---- */
enum machine_status {
    MACHINE_OK = 0,           /* the guest asked for the end and said all is well */
    MACHINE_MISUSE = 2,       /* options, module or QEMU's configuration are not usable */
    MACHINE_NOT_MODELLED = 3, /* the guest did what real hardware allows and this model lacks */
    MACHINE_TERMINATED = 4,   /* a termination request through the GHCB */
    MACHINE_SHUTDOWN = 5,     /* triple fault, or a VMSA the hardware refused to run */
    MACHINE_BROKEN = 6,       /* an invariant of the machine itself does not hold */
    MACHINE_RMP_FAULT = 7,    /* the guest touched what its RMP entry forbids */
    MACHINE_RESET = 8,        /* the guest asked for a reset, which an SNP guest cannot have */
    MACHINE_GUEST_FAILED = 16
};

/* One readable line (a newline is added), then the end. Other CPUs are silenced. */
_Noreturn void machine_stop(enum machine_status status, const char *format, ...)
    __attribute__((format(printf, 2, 3), cold));

/* The end of a guest that wrote "code" to its debug-exit port. */
_Noreturn void machine_guest_exit(uint32_t code);

/* "snpmachine: " and one line on the machine's console. %d %u %x %s %c %p %%, width, 0, l and ll.
 */
void machine_log(const char *format, ...) __attribute__((format(printf, 1, 2), cold));

/* Same, only with the option "verbose". */
void machine_detail(const char *format, ...) __attribute__((format(printf, 1, 2), cold));

/* Raw bytes on COM1: the guest's own console. Machine lines and guest bytes share the wire. */
void console_byte(uint8_t byte);

/* Like snprintf: always terminates, returns the length it would have needed. */
size_t format_text(char *out, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* ---- Options: the words of QEMU's -append, "name" or "name=value". ---- */
struct machine_option {
    const char *name; /* NULL ends a table */
    const char *help;
};

/* Each part lists what it understands; a word in no table ends the machine with MACHINE_MISUSE. */
extern const struct machine_option machine_options[], hardware_options[], host_options[],
    psp_options[];

/* The value, "" for a bare name, NULL if the word was not given. A word may be given once. */
const char *option_text(const char *name);

/* The number (decimal or 0x...), "otherwise" if not given; anything else is MACHINE_MISUSE. */
uint64_t option_number(const char *name, uint64_t otherwise);

/* ---- What QEMU gave us. ---- */
struct memory_range {
    uint64_t base, size;
    uint32_t type; /* 1 RAM, 2 reserved, 3 ACPI, 4 NVS, as in E820 */
};

struct machine {
    const uint8_t *module; /* -initrd, NULL without one */
    uint64_t module_size;
    const struct memory_range *map; /* sorted; RAM is what the guest may have: the machine's own */
    unsigned map_count;             /* region is of type 2 in it */
    unsigned cpus;
    uint64_t tsc_hz;
    uint64_t rsdp;               /* QEMU's ACPI tables, 0 if there are none */
    uint64_t own_base, own_size; /* the machine's own region; reserved in the map */
    bool microvm;                /* no PCI, virtio-mmio at FEB00000; else q35 */
};
extern struct machine machine;

/* ---- Memory. Physical memory is mapped one to one: a system physical address is a pointer. ----
 */
static inline void *physical(uint64_t address)
{
    return (void *)(uintptr_t)address;
}

/* Of something memory_* returned; static data has no fixed physical address. */
static inline uint64_t physical_of(const void *pointer)
{
    return (uint64_t)(uintptr_t)pointer;
}

/* Zeroed pages, contiguous; they never fail: running out is MACHINE_MISUSE with the option that
 * helps ("reserve="). Only single pages can be given back. */
void *memory_pages(uint64_t count);
void *memory_page(void);
void memory_page_free(void *page);

/* A small heap (size classes over pages), for code that needs malloc. Zeroed. */
void *memory_alloc(size_t size);
void memory_free(void *pointer);

/* As builtins, so that the compiler sees through the small ones: to TCG a call with a string
 * instruction in it is some fifty times a move. */
#define memcpy(to, from, size) __builtin_memcpy(to, from, size)
#define memset(to, byte, size) __builtin_memset(to, byte, size)
#define memcmp(a, b, size)     __builtin_memcmp(a, b, size)
void *(memcpy)(void *restrict to, const void *restrict from, size_t size);
void *memmove(void *to, const void *from, size_t size);
void *(memset)(void *to, int byte, size_t size);
int(memcmp)(const void *a, const void *b, size_t size);
size_t strlen(const char *text);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t size);

/* ---- CPUs ---- */
struct spinlock {
    uint32_t taken;
};
void spin_lock(struct spinlock *lock);
void spin_unlock(struct spinlock *lock);

unsigned cpu_number(void); /* 0 is the boot CPU */
uint32_t cpu_apic_id(unsigned cpu);

/* Makes that CPU leave the guest (INTR exit) or cpu_idle() soon, or not enter the guest if it is
 * about to. Nothing else happens on it. */
void cpu_kick(unsigned cpu);

/* Waits, interrupts open, until some interrupt was taken on this CPU. One that came since the last
 * cpu_idle() or hw_run() counts, so a kick is not lost. */
void cpu_idle(void);

/* ---- Time and interrupts of the physical machine ---- */
uint64_t machine_tsc(void);

/* One shot of this CPU's timer when the TSC passes "deadline" (0: off). It shows as an interrupt:
 * an INTR exit or the end of cpu_idle(); no handler is called. */
void cpu_timer_set(uint64_t tsc_deadline);

/* Calls handler(argument) with interrupts off on the boot CPU whenever IOAPIC line "gsi" fires.
 * Level-triggered lines stay masked until irq_unmask(). GSI 24.. are microvm's second IOAPIC. */
void irq_route(unsigned gsi, bool level, void (*handler)(void *), void *argument);
void irq_unmask(unsigned gsi);

/* ---- The parts. Called in this order on the boot CPU, then host_cpu_main on every CPU. ---- */
void hardware_start(void);
void psp_start(void);
void host_start(void);
_Noreturn void host_cpu_main(unsigned cpu);

#endif
