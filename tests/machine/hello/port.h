/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The few machine instructions the payload needs, and its way to the serial port and out of QEMU.
 */
#ifndef HELLO_PORT_H
#define HELLO_PORT_H

#include <stdint.h>

#define SERIAL_PORT 0x3f8
#define EXIT_PORT   0xf4

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

/* The access rights of the code segment the processor runs in. */
static inline uint32_t code_rights(void)
{
    uint32_t rights = 0;

    __asm__ volatile("movl %%cs, %%ecx; lar %%ecx, %0" : "+r"(rights) : : "ecx", "cc");
    return rights;
}

static inline void tlb_flush(void)
{
    __asm__ volatile("movq %%cr3, %%rax; movq %%rax, %%cr3" ::: "rax", "memory");
}

static inline void put_char(char letter)
{
    while (!(in8(SERIAL_PORT + 5) & 0x20))
        ;
    out8(SERIAL_PORT, (uint8_t)letter);
}

static inline void put_text(const char *text)
{
    while (*text)
        put_char(*text++);
}

static inline void put_hex(uint64_t value)
{
    put_text("0x");
    for (int shift = 60; shift >= 0; shift -= 4) {
        if (value >> shift || shift == 0)
            put_char("0123456789abcdef"[(value >> shift) & 15]);
    }
}

_Noreturn static inline void leave(uint32_t code)
{
    for (;;)
        out32(EXIT_PORT, code);
}

#endif
