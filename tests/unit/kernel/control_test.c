/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interrupts, host calls, the first thread's world, what every method shares, and - last, because
 * it lasts - sealing.
 */
#include "world.h"

#include "irq.h"
#include "notification.h"
#include <svsm/hostcall.h>

static uint64_t place(seL4_CPtr cptr)
{
    return seL4_Slot(CNODE, cptr);
}

static void shared_checks_come_first(void **state)
{
    seL4_CPtr page = world_make(seL4_X86_4K, 0), empty = world_free_slot();
    seL4_CPtr weak = world_free_slot();
    const uint64_t none[4] = {0};

    (void)state;
    OK(CNODE, LABEL_CNode_Copy, weak, place(page), 0);
    FAILS(seL4_IllegalOperation, page, 0, 0);
    FAILS(seL4_IllegalOperation, page, LABEL_End, 0);
    FAILS(seL4_IllegalOperation, page, UINT64_MAX, 0);
    FAILS(seL4_IllegalOperation, page, LABEL_TCB_Suspend, 0);
    FAILS(seL4_IllegalOperation, empty, LABEL_Page_Unmap, 0);
    assert_int_equal(world_call_length(weak, LABEL_Page_Map, none, 3), seL4_TruncatedMessage);
    FAILS(seL4_IllegalOperation, weak, LABEL_Page_GetAddress, 0);
}

/* Every row of the table: with one word too few it is refused as such. */
static void every_method_counts_its_words(void **state)
{
    static const struct {
        uint64_t label, arguments;
        enum seL4_CapType type;
    } rows[] = {
#define SVSM_METHOD(object, name, label, args, results, a, b, c, d, rights, phase, documentation)  \
    {label, args, CAP_##object},
#include <abi/methods.def>
#undef SVSM_METHOD
    };
    const uint64_t none[4] = {0};
    seL4_CPtr slot = world_free_slot();

    (void)state;
    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct cap cap = {.type = (uint8_t)rows[i].type, .rights = CAP_RIGHTS};

        if (rows[i].arguments == 0)
            continue;
        slot_insert(NULL, world_slot(slot), slot_at(world_slot(CNODE)->parent), cap);
        struct invocation inv = {.cspace = &world.cspace,
                                 .slot = world_slot(slot),
                                 .label = rows[i].label,
                                 .length = rows[i].arguments - 1};
        assert_int_equal(invoke(&inv), seL4_TruncatedMessage);
        slot_remove(NULL, world_slot(slot));
    }
    assert_int_equal(none[0], 0);
}

static void interrupts(void **state)
{
    seL4_CPtr control = seL4_CapIRQControl, irq = world_free_slot();
    seL4_CPtr n = world_make(seL4_NotificationObject, 0), badged = world_free_slot();
    seL4_CPtr second = world_free_slot(), weak = world_free_slot();

    (void)state;
    FAILS(seL4_RangeError, control, LABEL_IRQControl_Get, 24, 0);
    FAILS(seL4_FailedLookup, control, LABEL_IRQControl_Get, 4, 0);
    FAILS(seL4_RangeError, control, LABEL_IRQControl_Get, 4, place(world.cspace.count));
    FAILS(seL4_DeleteFirst, control, LABEL_IRQControl_Get, 4, place(n));
    OK(control, LABEL_IRQControl_Get, 4, place(irq));
    FAILS(seL4_RevokeFirst, control, LABEL_IRQControl_Get, 4, place(second));
    OK(CNODE, LABEL_CNode_Mint, badged, place(n), seL4_CanWrite, 0x10);
    OK(CNODE, LABEL_CNode_Mint, weak, place(n), seL4_CanRead, 0x10);
    FAILS(seL4_InvalidCapability, irq, LABEL_IRQHandler_SetNotification, irq);
    FAILS(seL4_InvalidCapability, irq, LABEL_IRQHandler_SetNotification, weak);
    irq_fired(4);
    irq_fired(UINT32_MAX);
    assert_int_equal(host.signals, 0);
    OK(irq, LABEL_IRQHandler_SetNotification, n);
    OK(irq, LABEL_IRQHandler_SetNotification, badged);
    irq_fired(4);
    assert_int_equal(host.signalled_badge, 0x10);
    OK(irq, LABEL_IRQHandler_Ack, 0);
    assert_int_equal(host.acked, 4);
    OK(CNODE, LABEL_CNode_Revoke, n);
    irq_fired(4);
    assert_int_equal(host.signals, 1);
    OK(irq, LABEL_IRQHandler_SetNotification, n);
    OK(irq, LABEL_IRQHandler_Clear, 0);
    assert_int_equal(host.masks, 1);
    assert_int_equal(host.masked, 4);
    assert_false(slot_has_children(world_slot(n)));
    OK(irq, LABEL_IRQHandler_SetNotification, n);
    OK(CNODE, LABEL_CNode_Delete, irq);
    assert_int_equal(host.masks, 2);
    assert_false(slot_has_children(world_slot(n)));
    OK(control, LABEL_IRQControl_Get, 4, place(irq));
}

/* The last interrupt is the timer's: no device, nothing to acknowledge. */
static void timer(void **state)
{
    seL4_CPtr irq = world_free_slot(), n = world_make(seL4_NotificationObject, 0);

    (void)state;
    assert_int_equal(world.info->timerIrq, 23);
    irq_tick();
    OK(seL4_CapIRQControl, LABEL_IRQControl_Get, 23, place(irq));
    assert_false(host.ticking);
    OK(irq, LABEL_IRQHandler_SetNotification, n);
    assert_true(host.ticking);
    assert_int_equal(host.signals, 0);
    irq_tick();
    assert_int_equal(host.signals, 1);
    OK(irq, LABEL_IRQHandler_Ack, 0);
    assert_true(host.ticking);
    OK(irq, LABEL_IRQHandler_Clear, 0);
    assert_false(host.ticking);
    irq_tick();
    assert_int_equal(host.signals, 1);
    OK(irq, LABEL_IRQHandler_SetNotification, n);
    OK(CNODE, LABEL_CNode_Delete, irq);
    assert_false(host.ticking);
    assert_int_equal(host.acks + host.masks, 0);
}

static void host_calls_are_made_of_shared_pages(void **state)
{
    seL4_CPtr c = svsm_CapHostControl, page = world_make(seL4_X86_4K, 0);
    seL4_CPtr to = world_free_slot(), used = world_make(seL4_EndpointObject, 0);

    (void)state;
    FAILS(seL4_InvalidArgument, c, LABEL_HostControl_Get, 0, page, place(to), 0);
    FAILS(seL4_InvalidArgument, c, LABEL_HostControl_Get, SVSM_HOST_CLASSES, page, place(to), 0);
    FAILS(seL4_InvalidCapability, c, LABEL_HostControl_Get, SVSM_HOST_CONSOLE, 0, place(to), 0);
    FAILS(seL4_InvalidCapability, c, LABEL_HostControl_Get, SVSM_HOST_CONSOLE, page, place(to), 0);
    OK(page, LABEL_Page_Share, 0);
    FAILS(seL4_FailedLookup, c, LABEL_HostControl_Get, SVSM_HOST_CONSOLE, page, 0, 0);
    FAILS(seL4_DeleteFirst, c, LABEL_HostControl_Get, SVSM_HOST_CONSOLE, page, place(used), 0);
    OK(c, LABEL_HostControl_Get, SVSM_HOST_CONSOLE, page, place(to), 0);
    FAILS(seL4_RevokeFirst, CNODE, LABEL_CNode_Delete, page);
    FAILS(seL4_RangeError, to, LABEL_HostCall_Invoke, 4097, 0, 0, 0);
    FAILS(seL4_RangeError, to, LABEL_HostCall_Invoke, 4000, 97, 0, 0);
    FAILS(seL4_RangeError, to, LABEL_HostCall_Invoke, 1, UINT64_MAX, 0, 0);
    OK(to, LABEL_HostCall_Invoke, 4000, 96, 0, 0);
    assert_int_equal(host.last_call.class, SVSM_HOST_CONSOLE);
    assert_int_equal(host.last_call.page, page_phys(world_slot(page)->cap));
    assert_int_equal(world.results[0], ~UINT64_C(4000));
    host.answer = PLATFORM_REFUSED;
    FAILS(svsm_HostRefused, to, LABEL_HostCall_Invoke, 0, 1, 0, 0);
    OK(CNODE, LABEL_CNode_Revoke, page);
    assert_true(slot_is_empty(world_slot(to)));
}

static void host_calls_keep_to_their_bounds(void **state)
{
    seL4_CPtr c = svsm_CapHostControl, mmio = world_free_slot(), port = world_free_slot();
    seL4_CPtr page = world_make(seL4_X86_4K, 0), request = world_free_slot();

    (void)state;
    OK(c, LABEL_HostControl_Get, SVSM_HOST_MMIO, 0, place(mmio), 0xfeb00000);
    OK(c, LABEL_HostControl_Get, SVSM_HOST_PORT, 0, place(port), 0x3f8 | 8 << 16);
    FAILS(seL4_InvalidArgument, mmio, LABEL_HostCall_Invoke, 0, 0, 0, 0);
    FAILS(seL4_InvalidArgument, mmio, LABEL_HostCall_Invoke, 0, 3, 0, 0);
    FAILS(seL4_InvalidArgument, mmio, LABEL_HostCall_Invoke, 0, 16, 0, 0);
    FAILS(seL4_RangeError, mmio, LABEL_HostCall_Invoke, 4096, 1, 0, 0);
    FAILS(seL4_RangeError, mmio, LABEL_HostCall_Invoke, 4, 8, 0, 0);
    OK(mmio, LABEL_HostCall_Invoke, 4088, 8, 1, 5);
    assert_int_equal(host.last_call.argument, 0xfeb00000);
    OK(page, LABEL_Page_Share, 0);
    OK(c, LABEL_HostControl_Get, SVSM_HOST_GUEST_REQUEST, page, place(request), 0);
    FAILS(seL4_RangeError, request, LABEL_HostCall_Invoke, 1, 0, 0, 0);
    OK(request, LABEL_HostCall_Invoke, 0, 0, 0, 0);
    assert_int_equal(host.last_call.page, page_phys(world_slot(page)->cap));
    FAILS(seL4_InvalidArgument, port, LABEL_HostCall_Invoke, 0, 8, 0, 0);
    FAILS(seL4_RangeError, port, LABEL_HostCall_Invoke, 8, 1, 0, 0);
    OK(port, LABEL_HostCall_Invoke, 7, 1, 0, 0);
    OK(CNODE, LABEL_CNode_Delete, port);
    OK(c, LABEL_HostControl_Get, SVSM_HOST_PORT, 0, place(port), 0xfffe | 8 << 16);
    OK(port, LABEL_HostCall_Invoke, 0, 2, 0, 0);
    FAILS(seL4_RangeError, port, LABEL_HostCall_Invoke, 2, 1, 0, 0);
}

static void the_first_thread_s_world(void **state)
{
    const seL4_BootInfo *info = world.info;
    uint64_t memory = 0;

    (void)state;
    assert_int_equal(info->numNodes, 2);
    assert_int_equal(info->userImageFrames.end - info->userImageFrames.start, 5);
    assert_int_equal(info->archiveFrames.end - info->archiveFrames.start, 3);
    assert_int_equal(info->archiveSize, 0x3000);
    assert_int_equal(world_slot(info->archiveFrames.start)->cap.rights, seL4_CanRead);
    assert_int_equal(info->empty.end, UINT64_C(1) << info->initThreadCNodeSizeBits);
    for (seL4_CPtr i = info->empty.start; i < info->empty.end; i++)
        assert_true(slot_is_empty(world_slot(i)));
    for (unsigned i = 0; i < info->untyped.end - info->untyped.start; i++) {
        const seL4_UntypedDesc *d = &info->untypedList[i];
        struct cap cap = world_slot(info->untyped.start + i)->cap;

        assert_int_equal(untyped_phys(cap), d->paddr);
        assert_int_equal(untyped_bits(cap), d->sizeBits);
        memory += d->isDevice ? 0 : UINT64_C(1) << d->sizeBits;
    }
    assert_in_range(memory, WORLD_SIZE - (UINT64_C(2) << 20), WORLD_SIZE - (UINT64_C(1) << 20));
    assert_int_equal(tcb_read_register(world.thread, SEL4_REGISTER(rip)), 0x400000);
    assert_int_equal(tcb_read_register(world.thread, SEL4_REGISTER(rsp)), 0x802000);
}

static void the_check_sees_what_is_broken(void **state)
{
    seL4_CPtr ep = world_make(seL4_EndpointObject, 0), next = world_make(seL4_EndpointObject, 0);
    jmp_buf end;

    (void)state;
    OK(svsm_CapSystem, LABEL_System_Check, 0);
    assert_true(world.results[0] > 20);
    host.on_end = &end;
    if (setjmp(end) == 0) {
        world_slot(next)->cap.object = world_slot(ep)->cap.object;
        selfcheck();
        fail_msg("two objects in one place were not noticed");
    }
    assert_int_equal(host.reason, END_INVARIANT);
    world_slot(next)->cap.object += 2;
    selfcheck();
    if (setjmp(end) == 0) {
        world_slot(ep)->prev = 0;
        selfcheck();
        fail_msg("a broken list was not noticed");
    }
    assert_int_equal(host.reason, END_INVARIANT);
}

static void shutdown_ends_it(void **state)
{
    jmp_buf end;

    (void)state;
    host.on_end = &end;
    FAILS(seL4_RangeError, svsm_CapSystem, LABEL_System_Shutdown, 256);
    if (setjmp(end) == 0) {
        world_call(svsm_CapSystem, LABEL_System_Shutdown, WORDS(1));
        fail_msg("it went on");
    }
    assert_int_equal(host.reason, 1);
}

/* Last: there is no way back. */
static void sealed_means_no_new_authority(void **state)
{
    seL4_CPtr ep = world_make(seL4_EndpointObject, 0), to = world_free_slot();
    seL4_CPtr page = world_make(seL4_X86_4K, 0), tcb = world_make(seL4_TCBObject, 0);
    seL4_CPtr control = seL4_CapIRQControl, host_control = svsm_CapHostControl;

    (void)state;
    OK(svsm_CapSystem, LABEL_System_Seal, 0);
    FAILS(seL4_IllegalOperation, world_memory(), LABEL_Untyped_Retype, seL4_EndpointObject,
          place(to), 1);
    FAILS(seL4_IllegalOperation, CNODE, LABEL_CNode_Copy, to, place(ep), 3);
    FAILS(seL4_IllegalOperation, CNODE, LABEL_CNode_Mint, to, place(ep), 3, 1);
    FAILS(seL4_IllegalOperation, CNODE, LABEL_CNode_Move, to, place(ep));
    FAILS(seL4_IllegalOperation, control, LABEL_IRQControl_Get, 4, place(to));
    FAILS(seL4_IllegalOperation, host_control, LABEL_HostControl_Get, SVSM_HOST_MMIO, 0, place(to));
    FAILS(seL4_IllegalOperation, page, LABEL_Page_Share, 0);
    OK(CNODE, LABEL_CNode_Delete, ep);
    OK(tcb, LABEL_TCB_SetPriority, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(shared_checks_come_first, world_start),
        cmocka_unit_test_setup(every_method_counts_its_words, world_start),
        cmocka_unit_test_setup(interrupts, world_start),
        cmocka_unit_test_setup(timer, world_start),
        cmocka_unit_test_setup(host_calls_are_made_of_shared_pages, world_start),
        cmocka_unit_test_setup(host_calls_keep_to_their_bounds, world_start),
        cmocka_unit_test_setup(the_first_thread_s_world, world_start),
        cmocka_unit_test_setup(the_check_sees_what_is_broken, world_start),
        cmocka_unit_test_setup(shutdown_ends_it, world_start),
        cmocka_unit_test_setup(sealed_means_no_new_authority, world_start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
