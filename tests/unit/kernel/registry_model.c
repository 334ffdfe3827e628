/* SPDX-License-Identifier: BSD-2-Clause */
/* The rules; see registry_model.h. */
#include "registry_model.h"

#include <stddef.h>

#include <svsm/result.h>

/* Whether a page can be worked on and is what it must be. */
static uint64_t page_is(const struct model *model, int page, enum model_state state)
{
    if (page < 0)
        return SVSM_INVALID_ADDRESS;
    if (page / (int)MODEL_RANGE == model->held)
        return SVSM_BUSY;
    return model->pages[page] == state ? SVSM_SUCCESS : SVSM_INVALID_ADDRESS;
}

/* The calling area of `vcpu` moves to a valid page, or stays; the page it had is the guest's. */
static uint64_t can_move(const struct model *model, const struct model_vcpu *vcpu, int area)
{
    uint64_t result;

    if (vcpu->exists && vcpu->area == area)
        return page_is(model, area, MODEL_AREA);
    result = page_is(model, area, MODEL_VALID);
    if (result == SVSM_SUCCESS && vcpu->exists)
        result = page_is(model, vcpu->area, MODEL_AREA);
    return result;
}

static void move(struct model *model, struct model_vcpu *vcpu, int area)
{
    if (vcpu->exists)
        model->pages[vcpu->area] = MODEL_VALID;
    model->pages[area] = MODEL_AREA;
    vcpu->area = area;
}

uint64_t model_create(struct model *model, int vmsa, int area, int vcpu)
{
    struct model_vcpu *target = &model->vcpus[vcpu < 0 ? 0 : vcpu];
    uint64_t result;

    if (vmsa == MODEL_ODD || area == MODEL_ODD || vcpu == MODEL_NOBODY || vcpu == model->caller)
        return SVSM_INVALID_PARAMETER;
    if (vmsa == area)
        return SVSM_INVALID_ADDRESS;
    if (target->busy)
        return SVSM_BUSY;
    result = page_is(model, vmsa, MODEL_VALID);
    if (result == SVSM_SUCCESS)
        result = can_move(model, target, area);
    if (result == SVSM_SUCCESS && !model->sound[vmsa])
        result = SVSM_INVALID_PARAMETER;
    if (result != SVSM_SUCCESS)
        return result;
    move(model, target, area);
    model->pages[vmsa] = MODEL_VMSA;
    target->vmsa = vmsa;
    target->exists = true;
    return SVSM_SUCCESS;
}

static int owner_of(const struct model *model, int vmsa)
{
    for (int i = 0; i < (int)MODEL_VCPUS; i++)
        if (model->vcpus[i].exists && model->vcpus[i].vmsa == vmsa)
            return i;
    return MODEL_NOBODY;
}

/* Saved state that was replaced: no vCPU is touched. */
static uint64_t delete_page(struct model *model, int vmsa)
{
    uint64_t result = page_is(model, vmsa, MODEL_VMSA);

    if (result == SVSM_INVALID_ADDRESS)
        return SVSM_INVALID_PARAMETER;
    if (result == SVSM_SUCCESS && model->running[vmsa])
        return SVSM_VCPU_IN_USE;
    if (result == SVSM_SUCCESS)
        model->pages[vmsa] = MODEL_VALID;
    return result;
}

uint64_t model_delete(struct model *model, int vmsa)
{
    int owner = owner_of(model, vmsa);
    struct model_vcpu *vcpu = &model->vcpus[owner < 0 ? 0 : owner];
    uint64_t result;

    if (vmsa == MODEL_ODD || owner == 0 || owner == model->caller)
        return SVSM_INVALID_PARAMETER;
    if (owner == MODEL_NOBODY)
        return delete_page(model, vmsa);
    if (vcpu->busy)
        return SVSM_VCPU_IN_USE;
    result = page_is(model, vmsa, MODEL_VMSA);
    if (result == SVSM_SUCCESS)
        result = page_is(model, vcpu->area, MODEL_AREA);
    if (result == SVSM_SUCCESS && model->running[vmsa])
        result = SVSM_VCPU_IN_USE;
    if (result != SVSM_SUCCESS)
        return result;
    model->pages[vmsa] = MODEL_VALID;
    model->pages[vcpu->area] = MODEL_VALID;
    *vcpu = (struct model_vcpu){.vmsa = MODEL_NOBODY, .area = MODEL_NOBODY};
    return SVSM_SUCCESS;
}

uint64_t model_remap(struct model *model, int area)
{
    struct model_vcpu *vcpu = &model->vcpus[model->caller];
    uint64_t result;

    if (area == MODEL_ODD)
        return SVSM_INVALID_PARAMETER;
    if (area == vcpu->area)
        return SVSM_SUCCESS;
    result = can_move(model, vcpu, area);
    if (result == SVSM_SUCCESS)
        move(model, vcpu, area);
    return result;
}
