/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Words of any value, through the methods that hand them on: no arithmetic overflows, and what
 * reaches the platform, a thread's registers, a run queue or the table of interrupts lies inside
 * what the capability names. (CNodes and slots are `decode`, mappings `page` and `walk`, Retype
 * `fits`.)
 *
 * sources: microkernel/hostcall.c microkernel/tcb_invoke.c microkernel/irq.c
 * options: --unwind 6 --unwindset irq_init.0:257 --unsigned-overflow-check
 */
#include "delete.h"
#include "hostcall.h"
#include "invoke.h"
#include "irq.h"
#include "notification.h"
#include "page.h"
#include "platform.h"
#include "proof.h"
#include "reply.h"
#include "sched.h"
#include "tcb.h"
#include <sel4/faults.h>
#include <svsm/hostcall.h>

#define IRQS 3u

static struct slot slots[3];
static struct slot irq_memory[IRQS];
static struct tcb tcb;
static struct notification bell;
static unsigned carried_out;

struct window kernel_window;

static void irq_touched(uint32_t irq)
{
    ASSERT(irq < IRQS, "an interrupt there is");
    carried_out++;
}

static const struct platform machine = {.irq_ack = irq_touched, .irq_mask = irq_touched};
const struct platform *platform = &machine;

struct config *config_lock(void)
{
    return NULL;
}

void config_unlock(struct config *config)
{
    (void)config;
}

/* An aligned access inside `size`. */
static void check_access(const uint64_t *words, uint64_t size, uint64_t widest)
{
    uint64_t width = words[1];

    ASSERT(width == 1 || width == 2 || width == 4 || width == 8, "a width there is");
    ASSERT(width <= widest && words[0] % width == 0, "that this kind of access has");
    ASSERT(words[0] < size && width <= size - words[0], "inside");
}

enum platform_error platform_host_call(struct host_call *call)
{
    uint64_t first = call->argument & 0xffff, count = call->argument >> 16 & 0xffff;

    carried_out++;
    ASSERT(call->argument == slots[1].cap.badge, "the capability's own bounds");
    ASSERT(call->page == (uint64_t)slots[1].cap.object << PAGE_SHIFT, "and its own page");
    if (call->class == SVSM_HOST_CONSOLE) {
        ASSERT(call->words[0] <= PAGE_SIZE, "it begins in the page");
        ASSERT(call->words[1] <= PAGE_SIZE - call->words[0], "and ends there");
        REACHED(call->words[0] == 4000 && call->words[1] == 96);
    } else if (call->class == SVSM_HOST_MMIO) {
        check_access(call->words, PAGE_SIZE, 8);
        REACHED(call->words[0] == 4088);
    } else if (call->class == SVSM_HOST_PORT) {
        check_access(call->words, count, 4);
        ASSERT(first + call->words[0] + call->words[1] <= 0x10000, "ports there are");
        REACHED(first == 0xfffe);
    } else {
        ASSERT(call->class == SVSM_HOST_GUEST_REQUEST && call->words[0] == 0, "nothing else");
    }
    return nondet_bool() ? PLATFORM_OK : PLATFORM_REFUSED;
}

void tcb_write_register(struct tcb *of, unsigned number, uint64_t value)
{
    (void)value;
    ASSERT(of == &tcb && number < seL4_UserContextWords, "a register there is");
    ASSERT(carried_out < seL4_MsgMaxLength - 1, "of no more words than came");
    carried_out++;
    REACHED(number == seL4_UserContextWords - 1);
}

uint64_t tcb_read_register(const struct tcb *of, unsigned number)
{
    ASSERT(of == &tcb && number < seL4_UserContextWords, "a register there is");
    carried_out++;
    return nondet_u64();
}

void tcb_set_priority(struct tcb *of, uint32_t priority)
{
    ASSERT(of == &tcb && priority < SCHED_PRIORITIES, "a queue there is");
    carried_out++;
}

bool tcb_is_suspended(const struct tcb *of)
{
    return of == &tcb && nondet_bool();
}

struct slot *invocation_cap(const struct invocation *inv, seL4_CPtr cptr, enum seL4_CapType type,
                            seL4_CapRights_t rights)
{
    (void)inv;
    (void)cptr;
    slots[2].cap.type = (uint8_t)type;
    slots[2].cap.rights = (uint8_t)rights;
    return nondet_bool() ? &slots[2] : NULL;
}

seL4_Error invocation_place(const struct invocation *inv, seL4_Word packed, seL4_CapRights_t rights,
                            struct place *place)
{
    (void)inv;
    (void)packed;
    (void)rights;
    place->slot = &slots[0];
    return nondet_bool() ? seL4_NoError : seL4_RangeError;
}

struct slot *slot_original(struct slot *slot)
{
    return slot;
}

void slot_insert(struct config *config, struct slot *slot, struct slot *parent, struct cap cap)
{
    (void)config;
    (void)parent;
    ASSERT(slot == &slots[0] || (slot >= irq_memory && slot < irq_memory + IRQS),
           "a slot there is");
    ASSERT(slot != &slots[0] || cap.type == CAP_IRQHandler || cap.type == CAP_HostCall, "of ours");
    ASSERT(cap.type != CAP_IRQHandler || cap.object < IRQS, "an interrupt there is");
    ASSERT(cap.type != CAP_HostCall || cap.aux < SVSM_HOST_CLASSES, "a class there is");
    carried_out++;
}

void delete_derived(struct config *config, struct slot *slot)
{
    (void)config;
    ASSERT(slot >= irq_memory && slot < irq_memory + IRQS, "a slot there is");
}

void notification_signal(struct notification *notification, uint64_t bits)
{
    (void)bits;
    ASSERT(notification == &bell, "the notification that was set");
    carried_out++;
}

void sched_keep_ticking(bool keep)
{
    (void)keep;
}

/* Capabilities as the kernel makes them, to what there is. */
static void any_invocation(struct invocation *inv, uint8_t type)
{
    ANYTHING(slots);
    ANYTHING(inv);
    slots[1].cap.type = type;
    kernel_window.base = (uint8_t *)&tcb;
    if (type == CAP_TCB)
        slots[1].cap.object = 0;
    if (type == CAP_IRQHandler)
        ASSUME(slots[1].cap.object < IRQS);
    if (type == CAP_HostCall)
        ASSUME(slots[1].cap.aux >= 1 && slots[1].cap.aux < SVSM_HOST_CLASSES);
    inv->slot = &slots[1];
    carried_out = 0;
}

static void check_threads(struct invocation *inv)
{
    seL4_Error error;

    any_invocation(inv, CAP_TCB);
    switch (nondet_int()) {
    case 0:
        error = invoke_TCB_WriteRegisters(inv);
        break;
    case 1:
        error = invoke_TCB_ReadRegisters(inv);
        ASSERT(error != seL4_NoError || inv->result_length == seL4_MsgMaxLength, "four words");
        break;
    default:
        error = invoke_TCB_SetPriority(inv);
    }
    ASSERT((error == seL4_NoError) == (carried_out != 0), "an error changes nothing");
}

static void check_interrupts(struct invocation *inv)
{
    irq_init(irq_memory, IRQS, nondet_bool());
    any_invocation(inv, nondet_bool() ? CAP_IRQHandler : CAP_IRQControl);
    if (slots[1].cap.type == CAP_IRQControl) {
        seL4_Error error = invoke_IRQControl_Get(inv);

        ASSERT((error == seL4_NoError) == (carried_out != 0), "an error changes nothing");
        REACHED(error == seL4_NoError);
        return;
    }
    switch (nondet_int()) {
    case 0:
        invoke_IRQHandler_SetNotification(inv);
        break;
    case 1:
        invoke_IRQHandler_Ack(inv);
        break;
    case 2:
        invoke_IRQHandler_Clear(inv);
        break;
    default:
        irq_end(NULL, &slots[1]);
    }
}

static void check_arrival(void)
{
    irq_init(irq_memory, IRQS, nondet_bool());
    ANYTHING(irq_memory);
    kernel_window.base = (uint8_t *)&bell;
    for (unsigned i = 0; i < IRQS; i++)
        irq_memory[i].cap.object = 0;
    irq_fired(nondet_u32());
    REACHED(carried_out != 0);
}

static void check_host_calls(struct invocation *inv)
{
    seL4_Error error;

    any_invocation(inv, nondet_bool() ? CAP_HostCall : CAP_HostControl);
    if (slots[1].cap.type == CAP_HostCall) {
        error = invoke_HostCall_Invoke(inv);
        ASSERT(error == seL4_NoError || error == svsm_HostRefused || carried_out == 0,
               "what is out of bounds is not carried out");
        return;
    }
    error = invoke_HostControl_Get(inv);
    ASSERT((error == seL4_NoError) == (carried_out != 0), "an error changes nothing");
    REACHED(error == seL4_NoError);
}

void harness(void)
{
    struct invocation inv;

    carried_out = 0;
    switch (nondet_int()) {
    case 0:
        check_threads(&inv);
        break;
    case 1:
        check_interrupts(&inv);
        break;
    case 2:
        check_arrival();
        break;
    default:
        check_host_calls(&inv);
    }
}
