/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * GHCB calls for port and memory-mapped I/O. String I/O moves through the shared buffer, MMIO data
 * too; both are bounded by it before anything is done.
 */
#include "host/bus.h"
#include "host/ghcb.h"

#define IO_IN         1ull
#define IO_STRING     4ull
#define IO_SIZES      0x70ull
#define IO_PORT_SHIFT 16
#define IO_HIGH_SHIFT 32

/* One port access of the sizes a bus can carry, or 0. */
static unsigned io_size(uint64_t info)
{
    switch (info & IO_SIZES) {
    case 0x10:
        return 1;
    case 0x20:
        return 2;
    case 0x40:
        return 4;
    default:
        return 0;
    }
}

static void io_string(struct ghcb_call *call, uint16_t port, unsigned size)
{
    uint64_t count = call->value[GHCB_INFO2];
    if (count > GHCB_BUFFER_SIZE || !ghcb_buffer_check(call, count * size)) {
        if (call->info1 == GHCB_OK) {
            ghcb_fail(call, GHCB_INVALID_INPUT);
        }
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        uint64_t value = 0;
        if ((call->value[GHCB_INFO1] & IO_IN) != 0) {
            value = bus_port_read(call->vcpu, port, size);
            ghcb_buffer_write(call, i * size, &value, size);
        } else {
            ghcb_buffer_read(call, i * size, &value, size);
            bus_port_write(call->vcpu, port, size, value);
        }
    }
}

void ghcb_ioio(struct ghcb_call *call)
{
    uint64_t info = call->value[GHCB_INFO1];
    uint16_t port = (uint16_t)(info >> IO_PORT_SHIFT);
    unsigned size = io_size(info);
    if (size == 0 || info >> IO_HIGH_SHIFT != 0) {
        ghcb_fail(call, GHCB_INVALID_INPUT);
    } else if ((info & IO_STRING) != 0) {
        io_string(call, port, size);
    } else if ((info & IO_IN) != 0) {
        ghcb_set(call, GHCB_RAX, bus_port_read(call->vcpu, port, size));
    } else if ((call->valid & GHCB_BIT(GHCB_RAX)) == 0) {
        ghcb_fail(call, GHCB_MISSING_INPUT);
    } else {
        bus_port_write(call->vcpu, port, size, call->value[GHCB_RAX]);
    }
}

static bool mmio_check(struct ghcb_call *call)
{
    uint64_t size = call->value[GHCB_INFO2];
    if (size > 8 || size == 0 || (size & (size - 1)) != 0) {
        ghcb_fail(call, GHCB_INVALID_INPUT);
        return false;
    }
    return ghcb_buffer_check(call, size);
}

void ghcb_mmio_read(struct ghcb_call *call)
{
    if (mmio_check(call)) {
        unsigned size = (unsigned)call->value[GHCB_INFO2];
        uint64_t value = bus_mmio_read(call->vcpu, call->value[GHCB_INFO1], size);
        ghcb_buffer_write(call, 0, &value, size);
    }
}

void ghcb_mmio_write(struct ghcb_call *call)
{
    if (mmio_check(call)) {
        unsigned size = (unsigned)call->value[GHCB_INFO2];
        uint64_t value = 0;
        ghcb_buffer_read(call, 0, &value, size);
        bus_mmio_write(call->vcpu, call->value[GHCB_INFO1], size, value);
    }
}
