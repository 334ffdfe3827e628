/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The methods of threads, and of the objects threads meet at. Order of errors:
 *
 * Configure: IllegalOperation (not suspended), InvalidCapability (fault endpoint, CNode, address
 * space: in this order). SetPriority, SetAffinity: IllegalOperation (SetAffinity only: not
 * suspended), RangeError. ReadRegisters, WriteRegisters: IllegalOperation (not suspended),
 * RangeError. Resume: IllegalOperation (no address space). BindNotification: InvalidCapability,
 * DeleteFirst (the thread has one), IllegalOperation (the notification has a thread). Others: none.
 */
#include "delete.h"
#include "endpoint.h"
#include "invoke.h"
#include "notification.h"
#include "reply.h"
#include "tcb.h"
#include <sel4/faults.h>

static struct tcb *thread(const struct invocation *inv)
{
    return tcb_of(inv->slot->cap);
}

static bool is_suspended(const struct invocation *inv)
{
    return tcb_is_suspended(thread(inv));
}

/* Fills one of the thread's slots with a copy; source NULL leaves it empty. */
static void fill(struct invocation *inv, enum tcb_slot which, struct slot *source)
{
    struct tcb *tcb = thread(inv);
    struct slot *slot = &tcb->slots[which];
    struct cap cap;

    delete_derived(inv->config, slot);
    if (source == NULL)
        return;
    cap = source->cap;
    cap.rights |= CAP_HELD;
    slot_insert(inv->config, slot, slot_original(source), cap);
    tcb_slot_changed(tcb, which);
}

seL4_Error invoke_TCB_Configure(struct invocation *inv)
{
    struct slot *fault = NULL, *cspace, *vspace;

    if (!is_suspended(inv))
        return seL4_IllegalOperation;
    if (inv->mr[0] != seL4_CapNull) {
        fault = invocation_cap(inv, inv->mr[0], CAP_Endpoint, seL4_CanWrite);
        if (fault == NULL)
            return seL4_InvalidCapability;
    }
    cspace = invocation_cap(inv, inv->mr[1], CAP_CNode, seL4_NoRights);
    vspace = invocation_cap(inv, inv->mr[2], CAP_VSpace, seL4_NoRights);
    if (cspace == NULL || vspace == NULL)
        return seL4_InvalidCapability;
    fill(inv, TCB_FAULT, fault);
    fill(inv, TCB_CSPACE, cspace);
    fill(inv, TCB_VSPACE, vspace);
    return seL4_NoError;
}

seL4_Error invoke_TCB_SetPriority(struct invocation *inv)
{
    if (inv->mr[0] >= TCB_PRIORITIES)
        return seL4_RangeError;
    tcb_set_priority(thread(inv), (uint32_t)inv->mr[0]);
    return seL4_NoError;
}

seL4_Error invoke_TCB_SetAffinity(struct invocation *inv)
{
    if (!is_suspended(inv))
        return seL4_IllegalOperation;
    return tcb_set_affinity(thread(inv), inv->mr[0]) ? seL4_NoError : seL4_RangeError;
}

seL4_Error invoke_TCB_ReadRegisters(struct invocation *inv)
{
    uint64_t first = inv->mr[0];

    if (!is_suspended(inv))
        return seL4_IllegalOperation;
    if (first >= seL4_UserContextWords)
        return seL4_RangeError;
    for (unsigned i = 0; i < seL4_MsgMaxLength; i++) {
        bool exists = first + i < seL4_UserContextWords;

        inv->mr[i] = exists ? tcb_read_register(thread(inv), (unsigned)first + i) : 0;
    }
    inv->result_length = seL4_MsgMaxLength;
    return seL4_NoError;
}

seL4_Error invoke_TCB_WriteRegisters(struct invocation *inv)
{
    uint64_t first = inv->mr[0] & 0xff, count = inv->mr[0] >> 8;

    if (!is_suspended(inv))
        return seL4_IllegalOperation;
    if (count == 0 || count >= seL4_MsgMaxLength || first + count > seL4_UserContextWords)
        return seL4_RangeError;
    for (unsigned i = 0; i < count; i++)
        tcb_write_register(thread(inv), (unsigned)first + i, inv->mr[1 + i]);
    return seL4_NoError;
}

seL4_Error invoke_TCB_Suspend(struct invocation *inv)
{
    tcb_suspend(thread(inv));
    return seL4_NoError;
}

seL4_Error invoke_TCB_Resume(struct invocation *inv)
{
    if (thread(inv)->vspace == NULL)
        return seL4_IllegalOperation;
    if (is_suspended(inv))
        tcb_resume(thread(inv));
    return seL4_NoError;
}

seL4_Error invoke_TCB_BindNotification(struct invocation *inv)
{
    struct slot *source = invocation_cap(inv, inv->mr[0], CAP_Notification, seL4_CanRead);

    if (source == NULL)
        return seL4_InvalidCapability;
    if (!slot_is_empty(&thread(inv)->slots[TCB_NOTIFICATION]))
        return seL4_DeleteFirst;
    if (notification_of(source->cap)->bound != NULL)
        return seL4_IllegalOperation;
    fill(inv, TCB_NOTIFICATION, source);
    return seL4_NoError;
}

seL4_Error invoke_TCB_UnbindNotification(struct invocation *inv)
{
    delete_derived(inv->config, &thread(inv)->slots[TCB_NOTIFICATION]);
    return seL4_NoError;
}

seL4_Error invoke_Reply_Abort(struct invocation *inv)
{
    reply_abort(reply_of(inv->slot->cap));
    return seL4_NoError;
}
