/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The machine instructions the payload needs, each in a function.
 */
#ifndef HELLO_PORT_H
#define HELLO_PORT_H

#include <stdint.h>

static inline void out8(uint16_t port, uint8_t value)
{
    __asm__ volatile("outb %0, %1" ::"a"(value), "Nd"(port));
}

static inline void out32(uint16_t port, uint32_t value)
{
    __asm__ volatile("outl %0, %1" ::"a"(value), "Nd"(port));
}

static inline uint8_t in8(uint16_t port)
{
    uint8_t value;

    __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

static inline uint64_t msr_read(uint32_t number)
{
    uint32_t low, high;

    __asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(number));
    return (uint64_t)high << 32 | low;
}

static inline uint64_t cr0_read(void)
{
    uint64_t value;

    __asm__ volatile("movq %%cr0, %0" : "=r"(value));
    return value;
}

static inline uint64_t cr3_read(void)
{
    uint64_t value;

    __asm__ volatile("movq %%cr3, %0" : "=r"(value));
    return value;
}

static inline uint64_t flags_read(void)
{
    uint64_t value;

    __asm__ volatile("pushfq; popq %0" : "=r"(value));
    return value;
}

/* 1 in 64-bit mode only: elsewhere the first of these bytes takes away what the others add. The
 * descriptor tables are no witness, a host may start the processor without any. */
static inline int runs_64_bit_code(void)
{
    uint32_t count = 0;

    __asm__ volatile(".byte 0x48, 0xff, 0xc0" : "+a"(count)::"cc"); /* inc %rax */
    return (int)count;
}

/* A descriptor-table register's new value. */
struct table_register {
    uint16_t limit;
    uint64_t base;
} __attribute__((packed));

static inline void gdtr_write(struct table_register value)
{
    __asm__ volatile("lgdt %0" ::"m"(value));
}

static inline void tlb_flush(void)
{
    __asm__ volatile("movq %%cr3, %%rax; movq %%rax, %%cr3" ::: "rax", "memory");
}

static inline void msr_write(uint32_t number, uint64_t value)
{
    __asm__ volatile("wrmsr" ::"c"(number), "a"((uint32_t)value), "d"((uint32_t)(value >> 32)));
}

/* Makes one 4 KiB page ours; 0 on success. */
static inline uint64_t pvalidate(uint64_t va)
{
    uint64_t result = va;

    __asm__ volatile(".byte 0xf2, 0x0f, 0x01, 0xff"
                     : "+a"(result)
                     : "c"(0), "d"(1)
                     : "cc", "memory");
    return result;
}

#endif
