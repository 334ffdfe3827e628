/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From a label to a method: the table, the checks every method shares, and the lookups methods use.
 *
 * The table is methods.def, one row per label; what a row demands is checked here, in the order
 * methods.def documents, before the method runs. Nothing here changes any state.
 */
#include "invoke.h"
#include "cnode.h"
#include "hostcall.h"
#include "irq.h"
#include "page.h"
#include "pagetable.h"
#include "system.h"
#include "untyped.h"
#include <abi/methods.h>

enum phase { ALWAYS, BUILD };

#define RIGHTS_N  0
#define RIGHTS_R  seL4_CanRead
#define RIGHTS_W  seL4_CanWrite
#define RIGHTS_RW seL4_ReadWrite

struct method {
    seL4_Error (*run)(struct invocation *);
    uint8_t type;
    uint8_t arguments;
    uint8_t rights;
    uint8_t phase;
};

static const struct method methods[LABEL_End] = {
#define SVSM_METHOD(object, name, label, args, results, a, b, c, d, needs, when, documentation)    \
    [label] = {invoke_##object##_##name, CAP_##object, args, RIGHTS_##needs, when},
#include <abi/methods.def>
#undef SVSM_METHOD
};

seL4_Error invoke(struct invocation *inv)
{
    struct cap cap = inv->slot->cap;
    const struct method *method;

    inv->result_length = 0;
    if (inv->label >= LABEL_End)
        return seL4_IllegalOperation;
    method = &methods[inv->label];
    if (method->run == NULL || method->type != cap.type)
        return seL4_IllegalOperation;
    if (inv->length < method->arguments)
        return seL4_TruncatedMessage;
    if ((method->rights & ~cap.rights) != 0)
        return seL4_IllegalOperation;
    if (method->phase == BUILD && system_is_sealed())
        return seL4_IllegalOperation;
    return method->run(inv);
}

struct slot *invocation_cap(const struct invocation *inv, seL4_CPtr cptr, enum seL4_CapType type,
                            seL4_CapRights_t rights)
{
    struct slot *slot = cspace_lookup(inv->cspace, cptr);

    if (slot == NULL || slot->cap.type != type || (rights & ~(seL4_CapRights_t)slot->cap.rights))
        return NULL;
    return slot;
}

seL4_Error invocation_place(const struct invocation *inv, seL4_Word packed, seL4_CapRights_t rights,
                            struct place *place)
{
    struct slot *cnode = invocation_cap(inv, packed >> 32, CAP_CNode, rights);
    struct cspace space;

    if (cnode == NULL)
        return seL4_FailedLookup;
    space = cnode_space(cnode->cap);
    place->cnode = cnode->cap;
    place->slot = cspace_lookup(&space, packed & UINT32_MAX);
    return place->slot == NULL ? seL4_RangeError : seL4_NoError;
}
