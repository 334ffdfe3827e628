/* SPDX-License-Identifier: BSD-2-Clause */
/* GDT, IDT, TSS; see descriptors.h. */
#include "descriptors.h"

#include "offsets.h"

#define KERNEL_CODE UINT64_C(0x00af9b000000ffff)
#define KERNEL_DATA UINT64_C(0x00cf93000000ffff)
#define USER_DATA   UINT64_C(0x00cff3000000ffff)
#define USER_CODE   UINT64_C(0x00affb000000ffff)

#define STUB_BYTES 16u
#define VECTORS    256u

#define IST_TRAP  1u
#define IST_FATAL 2u

enum fatal_vector { VECTOR_NMI = 2, VECTOR_DOUBLE_FAULT = 8, VECTOR_MACHINE_CHECK = 18 };

struct gate {
    uint16_t offset_low;
    uint16_t selector;
    uint8_t ist;
    uint8_t type;
    uint16_t offset_middle;
    uint32_t offset_high;
    uint32_t reserved;
};

_Static_assert(sizeof(struct gate) == 16, "the processor's layout");

#define GATE_INTERRUPT 0x8eu /* present, DPL 0: no vector is a thread's to raise */

struct table_pointer {
    uint16_t limit;
    uint64_t base;
} __attribute__((packed));

extern const char trap_stubs[];

static struct gate idt[VECTORS] __attribute__((aligned(16)));

static unsigned int gate_stack(unsigned int vector)
{
    return vector == VECTOR_NMI || vector == VECTOR_DOUBLE_FAULT || vector == VECTOR_MACHINE_CHECK
               ? IST_FATAL
               : IST_TRAP;
}

void descriptors_init_traps(void)
{
    for (unsigned int vector = 0; vector < VECTORS; vector++) {
        uint64_t target = (uint64_t)trap_stubs + (uint64_t)vector * STUB_BYTES;

        idt[vector] = (struct gate){
            .offset_low = (uint16_t)target,
            .selector = KERNEL_CS,
            .ist = (uint8_t)gate_stack(vector),
            .type = GATE_INTERRUPT,
            .offset_middle = (uint16_t)(target >> 16),
            .offset_high = (uint32_t)(target >> 32),
        };
    }
}

static void fill_gdt(struct descriptors *descriptors)
{
    uint64_t base = (uint64_t)&descriptors->tss;
    uint64_t limit = sizeof(struct tss) - 1;

    descriptors->gdt[0] = 0;
    descriptors->gdt[KERNEL_CS / 8] = KERNEL_CODE;
    descriptors->gdt[KERNEL_DS / 8] = KERNEL_DATA;
    descriptors->gdt[USER_DS / 8] = USER_DATA;
    descriptors->gdt[USER_CS / 8] = USER_CODE;
    descriptors->gdt[TSS_SEL / 8] =
        limit | (base & 0xffffff) << 16 | UINT64_C(0x89) << 40 | (base >> 24 & 0xff) << 56;
    descriptors->gdt[TSS_SEL / 8 + 1] = base >> 32;
}

void descriptors_load(struct descriptors *descriptors, uint64_t trap_top, uint64_t fatal_top)
{
    struct table_pointer gdtr = {sizeof(descriptors->gdt) - 1, (uint64_t)descriptors->gdt};
    struct table_pointer idtr = {sizeof(idt) - 1, (uint64_t)idt};

    descriptors->tss = (struct tss){.io_map = sizeof(struct tss)};
    descriptors->tss.ist[IST_TRAP - 1] = trap_top;
    descriptors->tss.ist[IST_FATAL - 1] = fatal_top;
    fill_gdt(descriptors);
    __asm__ volatile("lgdt %0\n\t"
                     "push %1\n\t"
                     "lea 1f(%%rip), %%rax\n\t"
                     "push %%rax\n\t"
                     "lretq\n"
                     "1:\tmov %2, %%ss\n\t"
                     "mov %2, %%ds\n\t"
                     "mov %2, %%es\n\t"
                     "mov %3, %%fs\n\t"
                     "mov %3, %%gs\n\t"
                     "lidt %4\n\t"
                     "ltr %w5"
                     :
                     : "m"(gdtr), "i"(KERNEL_CS), "r"(KERNEL_DS), "r"(0), "m"(idtr), "r"(TSS_SEL)
                     : "rax", "memory");
}
