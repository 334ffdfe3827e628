/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the frame's own files share about CPUs and their local APICs. Only the frame includes this.
 */
#ifndef SNPMACHINE_CPU_H
#define SNPMACHINE_CPU_H

#include "machine.h"

#include <stdarg.h>

#define VECTOR_GSI      0x30u /* + line of the IOAPICs */
#define GSIS_MAX        48u
#define VECTOR_TIMER    0xF0u
#define VECTOR_KICK     0xF1u
#define VECTOR_SPURIOUS 0xFFu

struct trap_frame {
    uint64_t r15, r14, r13, r12, r11, r10, r9, r8, rbp, rdi, rsi, rdx, rcx, rbx, rax;
    uint64_t vector, error, rip, cs, rflags, rsp, ss;
};

void trap_start(void);     /* builds the IDT */
void trap_start_cpu(void); /* loads it on this CPU */
void trap_handle(const struct trap_frame *frame);

void cpu_start_boot(void); /* before anything asks for cpu_number() */
void cpu_start_others(uint64_t cr3, uint64_t cr4);
void cpu_release_others(void); /* lets them go on to host_cpu_main */
void cpu_calibrate(void);
void cpu_end_of_interrupt(void);

void ioapic_start(void);
void ioapic_handle(unsigned gsi);

/* format_text with a list of arguments. */
size_t format_arguments(char *out, size_t size, const char *format, va_list arguments);

/* The end of start.c: the image is in its place and all CPUs are up. */
_Noreturn void machine_main(void);

void console_start(void);
void console_options(void); /* once the options are known */
void options_start(const char *words);
void options_check(void);

/* The region the machine lives in; the allocator's first and last address. */
void memory_start(uint64_t first, uint64_t end);

#endif
