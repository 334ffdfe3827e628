/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The GHCB page protocol: the checks before a call, the table of calls, the answer after it.
 *
 * Order of the checks, as KVM's: registered and shared page, usage, version, the three exit fields,
 * a known event, the event's own inputs, its buffer. The page is shared memory, so every field is
 * read once. The valid bitmap is cleared before the handler runs; the answer sets its own bits.
 */
#include "host/ghcb.h"
#include "host/hostile.h"
#include "trace.h"

#define OFFSET_BITMAP  0x3F0u
#define OFFSET_VERSION 0xFFAu
#define OFFSET_USAGE   0xFFCu
#define OFFSET_INFO1   0x398u
#define OFFSET_INFO2   0x3A0u

static const uint16_t field_offset[GHCB_FIELDS] = {
    [GHCB_CPL] = 0x0CB,   [GHCB_XSS] = 0x140,   [GHCB_RAX] = 0x1F8,     [GHCB_RCX] = 0x308,
    [GHCB_RDX] = 0x310,   [GHCB_RBX] = 0x318,   [GHCB_RSI] = 0x330,     [GHCB_EXITCODE] = 0x390,
    [GHCB_INFO1] = 0x398, [GHCB_INFO2] = 0x3A0, [GHCB_SCRATCH] = 0x3A8, [GHCB_XCR0] = 0x3E8,
};

#define RAX     GHCB_BIT(GHCB_RAX)
#define RBX     GHCB_BIT(GHCB_RBX)
#define RCX     GHCB_BIT(GHCB_RCX)
#define RDX     GHCB_BIT(GHCB_RDX)
#define SCRATCH GHCB_BIT(GHCB_SCRATCH)
#define ALWAYS  (GHCB_BIT(GHCB_EXITCODE) | GHCB_BIT(GHCB_INFO1) | GHCB_BIT(GHCB_INFO2))

struct ghcb_event {
    uint64_t code;
    uint32_t inputs;
    void (*handler)(struct ghcb_call *);
};

/* What depends on the event's details (RAX of an OUT, RDX of a WRMSR) its handler checks itself. */
static const struct ghcb_event events[] = {
    {0x27, 0, ghcb_debug_read},
    {0x37, RAX, ghcb_nothing},
    {0x6E, 0, ghcb_rdtsc},
    {0x6F, RCX, ghcb_rdpmc},
    {0x72, RAX | RCX, ghcb_cpuid},
    {0x76, 0, ghcb_nothing},
    {0x7B, 0, ghcb_ioio},
    {0x7C, RCX, ghcb_msr},
    {0x81, RAX | GHCB_BIT(GHCB_CPL), ghcb_vmmcall},
    {0x87, 0, ghcb_rdtsc},
    {0x89, 0, ghcb_nothing},
    {0x8A, RAX | RCX | RDX, ghcb_nothing},
    {0x8B, RAX | RCX, ghcb_nothing},
    {0x80000001, SCRATCH, ghcb_mmio_read},
    {0x80000002, SCRATCH, ghcb_mmio_write},
    {0x80000003, 0, ghcb_nothing},
    {0x80000004, 0, ghcb_ap_hold},
    {0x80000005, 0, ghcb_ap_table},
    {0x80000010, SCRATCH, ghcb_page_state},
    {0x80000011, 0, ghcb_guest_request},
    {0x80000012, RAX | RBX, ghcb_extended_request},
    {0x80000013, 0, ghcb_ap_create},
    {0x80000014, 0, ghcb_doorbell},
    {0x80000015, 0, ghcb_ipi},
    {0x80000017, RAX, ghcb_apic_ids},
    {0x80000018, 0, ghcb_run_vmpl},
    {0x8000FFFD, 0, ghcb_features},
    {0x8000FFFE, 0, ghcb_terminate_call},
    {0x8000FFFF, 0, ghcb_unsupported},
};

void ghcb_fail(struct ghcb_call *call, enum ghcb_reason reason)
{
    call->info1 = GHCB_MALFORMED;
    call->info2 = reason;
}

void ghcb_inject_gp(struct ghcb_call *call)
{
    call->info1 = GHCB_EXCEPTION;
    call->info2 = GHCB_INJECT_GP;
}

void ghcb_set(struct ghcb_call *call, enum ghcb_field field, uint64_t value)
{
    call->value[field] = value;
    call->written |= GHCB_BIT(field);
}

bool ghcb_buffer_check(struct ghcb_call *call, uint64_t size)
{
    uint64_t start = call->page + GHCB_BUFFER_OFFSET;
    uint64_t offset = call->value[GHCB_SCRATCH] - start;
    bool valid = (call->valid & SCRATCH) != 0;
    if (!valid || offset >= GHCB_BUFFER_SIZE || size > GHCB_BUFFER_SIZE - offset) {
        ghcb_fail(call, valid ? GHCB_BAD_SCRATCH : GHCB_MISSING_INPUT);
        return false;
    }
    call->buffer = GHCB_BUFFER_OFFSET + (uint32_t)offset;
    return true;
}

/* The page was shared when the call began. If another vCPU has taken it back since, the machine
 * stops: on a real host the access would have crashed it. */
static void page_read(const struct ghcb_call *call, uint32_t offset, void *to, uint32_t size)
{
    if (hw_page(call->page) == NULL || !hw_read(call->page + offset, to, size)) {
        machine_stop(MACHINE_SHUTDOWN, "the GHCB at %llx became private during a call",
                     (unsigned long long)call->page);
    }
}

static void page_write(const struct ghcb_call *call, uint32_t offset, const void *from,
                       uint32_t size)
{
    if (!hw_write(call->page + offset, from, size)) {
        machine_stop(MACHINE_SHUTDOWN, "the GHCB at %llx became private during a call",
                     (unsigned long long)call->page);
    }
}

void ghcb_buffer_read(struct ghcb_call *call, uint32_t offset, void *to, uint32_t size)
{
    page_read(call, call->buffer + offset, to, size);
}

void ghcb_buffer_write(struct ghcb_call *call, uint32_t offset, const void *from, uint32_t size)
{
    page_write(call, call->buffer + offset, from, size);
}

static bool bit_set(const uint8_t bitmap[16], uint32_t offset)
{
    uint32_t bit = offset / 8;
    return (bitmap[bit / 8] >> (bit % 8) & 1) != 0;
}

static void set_bit(uint8_t bitmap[16], uint32_t offset)
{
    uint32_t bit = offset / 8;
    bitmap[bit / 8] |= (uint8_t)(1u << (bit % 8));
}

/* The CPL is one byte that shares its bitmap bit with no other field we read. */
static void fetch_fields(struct ghcb_call *call)
{
    uint8_t bitmap[16];
    page_read(call, OFFSET_BITMAP, bitmap, sizeof bitmap);
    for (unsigned i = 0; i < GHCB_FIELDS; i++) {
        if (bit_set(bitmap, field_offset[i])) {
            call->valid |= GHCB_BIT(i);
            page_read(call, field_offset[i], &call->value[i], i == GHCB_CPL ? 1 : 8);
        }
    }
    memset(bitmap, 0, sizeof bitmap);
    page_write(call, OFFSET_BITMAP, bitmap, sizeof bitmap);
}

static const struct ghcb_event *find_event(uint64_t code)
{
    for (unsigned i = 0; i < sizeof events / sizeof events[0]; i++) {
        if (events[i].code == code) {
            return &events[i];
        }
    }
    return NULL;
}

static void dispatch(struct ghcb_call *call)
{
    uint16_t version = 0;
    uint32_t usage = 0;
    page_read(call, OFFSET_USAGE, &usage, sizeof usage);
    page_read(call, OFFSET_VERSION, &version, sizeof version);
    fetch_fields(call);
    call->vcpu->last_call = call->value[GHCB_EXITCODE];
    trace(call->vcpu->vmpl, TRACE_GHCB, call->value[GHCB_EXITCODE], call->value[GHCB_INFO1]);
    const struct ghcb_event *event = find_event(call->value[GHCB_EXITCODE]);
    if (usage != 0) {
        ghcb_fail(call, GHCB_BAD_USAGE);
    } else if (version < GHCB_VERSION_MIN || version > GHCB_VERSION_MAX) {
        ghcb_fail(call, GHCB_INVALID_INPUT);
    } else if ((call->valid & ALWAYS) != ALWAYS) {
        ghcb_fail(call, GHCB_MISSING_INPUT);
    } else if (event == NULL) {
        ghcb_fail(call, GHCB_INVALID_EVENT);
    } else if ((call->valid & event->inputs) != event->inputs) {
        ghcb_fail(call, GHCB_MISSING_INPUT);
    } else {
        hostile_during_call(call);
        event->handler(call);
    }
    machine_detail("vCPU %u VMPL %u GHCB %llx(%llx, %llx) -> %llx, %llx", call->vcpu->index,
                   call->vcpu->vmpl, (unsigned long long)call->value[GHCB_EXITCODE],
                   (unsigned long long)call->value[GHCB_INFO1],
                   (unsigned long long)call->value[GHCB_INFO2], (unsigned long long)call->info1,
                   (unsigned long long)call->info2);
}

static void answer(struct ghcb_call *call)
{
    uint8_t bitmap[16] = {0};
    hostile_forge_answer(call);
    for (unsigned i = 0; i < GHCB_FIELDS; i++) {
        if ((call->written & GHCB_BIT(i)) != 0) {
            page_write(call, field_offset[i], &call->value[i], 8);
            set_bit(bitmap, field_offset[i]);
        }
    }
    page_write(call, OFFSET_INFO1, &call->info1, 8);
    page_write(call, OFFSET_INFO2, &call->info2, 8);
    set_bit(bitmap, OFFSET_INFO1);
    set_bit(bitmap, OFFSET_INFO2);
    page_write(call, OFFSET_BITMAP, bitmap, sizeof bitmap);
}

void ghcb_page_call(struct vcpu *vcpu, uint64_t page)
{
    struct ghcb_call call = {.vcpu = vcpu, .page = page};
    if (vcpu_level(vcpu)->ghcb != page) {
        machine_stop(MACHINE_SHUTDOWN,
                     "vCPU %u VMPL %u used a GHCB at %llx that it has not registered", vcpu->index,
                     vcpu->vmpl, (unsigned long long)page);
    }
    if (hw_page(page) == NULL) {
        machine_stop(MACHINE_SHUTDOWN, "vCPU %u VMPL %u: its GHCB at %llx is not a shared page",
                     vcpu->index, vcpu->vmpl, (unsigned long long)page);
    }
    dispatch(&call);
    answer(&call);
}
