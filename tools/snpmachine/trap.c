/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The machine's own interrupts and exceptions. An exception in the machine is a fault of the
 * machine and ends it; interrupts are counted out and handed to whoever owns the line.
 */
#include "cpu.h"
#include "x86.h"

#define GATES     256u
#define STUB_SIZE 16u

struct gate {
    uint16_t offset_low, selector;
    uint8_t stack, type;
    uint16_t offset_middle;
    uint32_t offset_high, zero;
};

_Static_assert(sizeof(struct gate) == 16, "64-bit interrupt gate");

extern const uint8_t trap_stubs[];

static struct gate gates[GATES];

void trap_start(void)
{
    for (unsigned i = 0; i < GATES; i++) {
        uint64_t stub = (uint64_t)(uintptr_t)(trap_stubs + i * STUB_SIZE);
        gates[i] = (struct gate){(uint16_t)stub,         8, 0, 0x8E, (uint16_t)(stub >> 16),
                                 (uint32_t)(stub >> 32), 0};
    }
}

void trap_start_cpu(void)
{
    struct descriptor_pointer pointer = {sizeof gates - 1, (uint64_t)(uintptr_t)gates};
    idt_load(&pointer);
}

static _Noreturn void trap_fatal(const struct trap_frame *frame)
{
    machine_stop(MACHINE_BROKEN,
                 "exception %lu of the machine itself, error %lx, rip %lx, cr2 %lx, rsp %lx",
                 frame->vector, frame->error, frame->rip, cr2_read(), frame->rsp);
}

void trap_handle(const struct trap_frame *frame)
{
    if (frame->vector == 2)
        return;
    if (frame->vector < 32)
        trap_fatal(frame);
    if (frame->vector >= VECTOR_GSI && frame->vector < VECTOR_GSI + GSIS_MAX)
        ioapic_handle((unsigned)frame->vector - VECTOR_GSI);
    if (frame->vector != VECTOR_SPURIOUS)
        cpu_end_of_interrupt();
}
