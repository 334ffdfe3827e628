/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Buffers of the event trace. Interrupts are off in the machine's code, so a CPU never meets itself
 * here; the lock keeps the buffers of two CPUs from mixing on the port.
 */
#include "trace.h"
#include "cpu.h"
#include "x86.h"

#define RECORDS 128u

HOT_DATA bool trace_on;

static struct spinlock lock;
static struct {
    unsigned count;
    struct trace_record record[RECORDS];
} buffers[CPUS_MAX];

static void flush(unsigned cpu)
{
    port_write_bytes(TRACE_PORT, buffers[cpu].record,
                     buffers[cpu].count * sizeof(struct trace_record));
    buffers[cpu].count = 0;
}

void trace_add(unsigned vmpl, enum trace_event event, uint64_t code, uint64_t value)
{
    unsigned cpu = cpu_number();

    if (buffers[cpu].count == RECORDS) {
        spin_lock(&lock);
        flush(cpu);
        spin_unlock(&lock);
    }
    buffers[cpu].record[buffers[cpu].count++] = (struct trace_record){
        .tsc = tsc_read(),
        .event = (uint16_t)event,
        .cpu = (uint8_t)cpu,
        .vmpl = (uint8_t)vmpl,
        .code = (uint32_t)code,
        .value = value,
    };
}

void trace_start(void)
{
    const char *choice = option_text("trace");

    if (!choice || !strcmp(choice, "off"))
        return;
    if (strcmp(choice, "on") != 0)
        machine_stop(MACHINE_MISUSE, "trace=%s: on or off", choice);
    if (port_read8(TRACE_PORT) != TRACE_PORT)
        machine_stop(MACHINE_MISUSE, "trace=on needs -chardev file,id=trace,path=FILE "
                                     "-device isa-debugcon,iobase=0xe9,chardev=trace");
    trace_on = true;
    trace_add(TRACE_HOST, TRACE_START, TRACE_MAGIC, machine.tsc_hz);
}

/* Other CPUs may still run; what they add from here on is not part of the trace. */
void trace_end(void)
{
    if (!trace_on)
        return;
    spin_lock(&lock);
    for (unsigned cpu = 0; cpu < CPUS_MAX; cpu++)
        flush(cpu);
    spin_unlock(&lock);
    trace_on = false;
}
