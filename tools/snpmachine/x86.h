/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The privileged instructions of the machine, one inline function each. Nothing else in
 * tools/snpmachine contains inline assembly but hardware/fpu.h.
 */
#ifndef SNPMACHINE_X86_H
#define SNPMACHINE_X86_H

#include <stdint.h>

#define MSR_APIC_BASE 0x1Bu
#define MSR_EFER      0xC0000080u
#define MSR_GS_BASE   0xC0000101u
#define MSR_TSC_AUX   0xC0000103u
#define MSR_HSAVE_PA  0xC0010117u

/* value * by / divisor, the product in 128 bits; the quotient must fit. */
static inline uint64_t multiply_divide(uint64_t value, uint64_t by, uint64_t divisor)
{
    uint64_t quotient, high;
    __asm__("mulq %3; divq %4"
            : "=&a"(quotient), "=&d"(high)
            : "0"(value), "r"(by), "r"(divisor)
            : "cc");
    return quotient;
}

static inline void port_write8(uint16_t port, uint8_t value)
{
    __asm__ volatile("outb %0, %1" ::"a"(value), "Nd"(port));
}

static inline void port_write16(uint16_t port, uint16_t value)
{
    __asm__ volatile("outw %0, %1" ::"a"(value), "Nd"(port));
}

static inline void port_write32(uint16_t port, uint32_t value)
{
    __asm__ volatile("outl %0, %1" ::"a"(value), "Nd"(port));
}

static inline void port_write_bytes(uint16_t port, const void *bytes, uint64_t size)
{
    __asm__ volatile("rep outsb" : "+S"(bytes), "+c"(size) : "d"(port) : "memory");
}

static inline uint8_t port_read8(uint16_t port)
{
    uint8_t value;
    __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

static inline uint16_t port_read16(uint16_t port)
{
    uint16_t value;
    __asm__ volatile("inw %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

static inline uint32_t port_read32(uint16_t port)
{
    uint32_t value;
    __asm__ volatile("inl %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

static inline uint64_t msr_read(uint32_t msr)
{
    uint32_t low, high;
    __asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr));
    return (uint64_t)high << 32 | low;
}

static inline void msr_write(uint32_t msr, uint64_t value)
{
    __asm__ volatile("wrmsr" ::"c"(msr), "a"((uint32_t)value), "d"((uint32_t)(value >> 32))
                     : "memory");
}

static inline uint64_t tsc_read(void)
{
    uint32_t low, high;
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return (uint64_t)high << 32 | low;
}

struct cpuid_registers {
    uint32_t eax, ebx, ecx, edx;
};

static inline struct cpuid_registers cpuid_read(uint32_t leaf, uint32_t subleaf)
{
    struct cpuid_registers r;
    __asm__ volatile("cpuid"
                     : "=a"(r.eax), "=b"(r.ebx), "=c"(r.ecx), "=d"(r.edx)
                     : "a"(leaf), "c"(subleaf));
    return r;
}

/* The result, 0 when the CPU had none ready ten times in a row. */
static inline uint64_t rdrand_read(void)
{
    for (int tries = 0; tries < 10; tries++) {
        uint64_t value;
        uint8_t ready;
        __asm__ volatile("rdrand %0; setc %1" : "=r"(value), "=qm"(ready)::"cc");
        if (ready)
            return value;
    }
    return 0;
}

static inline uint64_t cr2_read(void)
{
    uint64_t value;
    __asm__ volatile("mov %%cr2, %0" : "=r"(value));
    return value;
}

static inline uint64_t cr4_read(void)
{
    uint64_t value;
    __asm__ volatile("mov %%cr4, %0" : "=r"(value));
    return value;
}

static inline void cr4_write(uint64_t value)
{
    __asm__ volatile("mov %0, %%cr4" ::"r"(value) : "memory");
}

static inline void xcr0_write(uint64_t value)
{
    __asm__ volatile("xsetbv" ::"c"(0), "a"((uint32_t)value), "d"((uint32_t)(value >> 32)));
}

static inline uint64_t xcr0_read(void)
{
    uint32_t low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (uint64_t)high << 32 | low;
}

/* Interrupts wait, by the global interrupt flag: VMRUN sets it and an exit clears it, and the
 * interrupt flag, which must be set for interrupts to end a guest's run, stays as it is. */
static inline void interrupts_hold(void)
{
    __asm__ volatile("clgi; sti" ::: "memory");
}

static inline void interrupts_off(void)
{
    __asm__ volatile("cli" ::: "memory");
}

/* Takes what is pending, then waits for one more interrupt only if none was. */
static inline void interrupts_wait(void)
{
    __asm__ volatile("cli; stgi; sti; hlt; clgi" ::: "memory");
}

/* Takes what is pending and goes on. */
static inline void interrupts_window(void)
{
    __asm__ volatile("stgi; nop; clgi" ::: "memory");
}

static inline void vmsave(uint64_t spa)
{
    __asm__ volatile("vmsave %0" ::"a"(spa) : "memory");
}

static inline void cpu_relax(void)
{
    __asm__ volatile("pause" ::: "memory");
}

static inline void cpu_stop(void)
{
    __asm__ volatile("cli; hlt" ::: "memory");
}

struct descriptor_pointer {
    uint16_t limit;
    uint64_t base;
} __attribute__((packed));

static inline void idt_load(const struct descriptor_pointer *pointer)
{
    __asm__ volatile("lidt %0" ::"m"(*pointer));
}

/* A triple fault: QEMU's own way to end when there is no isa-debug-exit device. */
static inline void cpu_triple_fault(void)
{
    struct descriptor_pointer none = {0, 0};
    __asm__ volatile("lidt %0; int3" ::"m"(none));
}

/* One access of exactly this width, for device registers. */
static inline uint32_t mmio_read32(uint64_t spa)
{
    return *(volatile uint32_t *)(uintptr_t)spa;
}

static inline void mmio_write32(uint64_t spa, uint32_t value)
{
    *(volatile uint32_t *)(uintptr_t)spa = value;
}

#endif
