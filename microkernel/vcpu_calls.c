/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The core protocol's calls about vCPUs: REMAP_CA, CREATE_VCPU, DELETE_VCPU, CONFIGURE_VTOM.
 *
 * A page becomes saved state or a calling area in the table of page states first, whole pages only,
 * and from then on no guest call reaches it until it is given back. The guest loses its right to
 * write saved state before the kernel looks at it. Order of results: INVALID_PARAMETER (alignment,
 * APIC id), INVALID_ADDRESS (a page is not the guest's, or both are one), BUSY (another processor
 * is at work on a page or on that vCPU), INVALID_PARAMETER (the state is not one to be run).
 */
#include "core.h"
#include "cpu.h"
#include "pagestate.h"
#include "panic.h"
#include "platform.h"
#include "selfcheck.h"
#include "vcpu.h"
#include <svsm/result.h>

static bool is_page(uint64_t gpa)
{
    return gpa % PAGE_SIZE == 0;
}

/* The call flag of an area nobody uses yet. */
static void clear_area(uint64_t gpa)
{
    *(volatile uint8_t *)platform->guest->map(GUEST_WINDOW_PAGE, gpa) = 0;
}

/* A page, and the state it must be in. */
struct claim {
    uint64_t gpa;
    enum page_state state;
};

static void release_all(const struct claim *claims, unsigned count)
{
    while (count > 0) {
        pagestate_release(claims[--count].gpa);
    }
}

/* All held, or none. */
static uint64_t hold_all(const struct claim *claims, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        uint64_t result = pagestate_hold(claims[i].gpa, claims[i].state);

        if (result != SVSM_SUCCESS) {
            release_all(claims, i);
            return result;
        }
    }
    return SVSM_SUCCESS;
}

uint64_t vcpu_calling_area(const struct vcpu *vcpu)
{
    return vcpu->area;
}

/* The flag in the old area was cleared when the call was taken. */
uint64_t vcpu_remap(struct vcpu *caller, struct guest_registers *registers)
{
    uint64_t new = registers->rcx, old = caller->area;
    const struct claim claims[] = {{new, STATE_VALID}, {old, STATE_CALLING}};
    uint64_t result;

    if (!is_page(new)) {
        return SVSM_INVALID_PARAMETER;
    }
    if (new == old) {
        return SVSM_SUCCESS;
    }
    result = hold_all(claims, 2);
    if (result != SVSM_SUCCESS) {
        return result;
    }
    pagestate_set(new, STATE_CALLING);
    pagestate_set(old, STATE_VALID);
    clear_area(new);
    vcpu_place(caller, caller->vmsa, new);
    platform->guest->attach(caller->vmsa, new);
    caller->attached = 1;
    release_all(claims, 2);
    return SVSM_SUCCESS;
}

/* One whose processor is here: else nobody would serve its calls. */
static struct vcpu *by_apic_id(uint64_t id)
{
    for (uint32_t i = 0; i < vcpu_count; i++) {
        if (vcpus[i].cpu->apic_id == id && vcpus[i].cpu->online) {
            return &vcpus[i];
        }
    }
    return NULL;
}

/* RMPADJUST of a page that the table says is valid and private: only the host can make it fail. */
static void set_rights(void *page, uint64_t rights)
{
    if (platform->guest->set_rights(page, false, rights) != 0) {
        panic(END_HOST, "the rights of a valid page can not be changed");
    }
}

/* Makes the held page at `gpa` saved state, if what is in it may be run. */
static bool adopt(uint64_t gpa)
{
    void *page = platform->guest->map(GUEST_WINDOW_PAGE, gpa);

    set_rights(page, GUEST_RIGHTS_NONE);
    if (!platform->guest->vmsa_is_sound(page)) {
        set_rights(page, GUEST_RIGHTS_ALL);
        return false;
    }
    set_rights(page, GUEST_RIGHTS_VMSA);
    pagestate_set(gpa, STATE_VMSA);
    return true;
}

/* Takes the vCPU from its processor while it makes no call: it may be there or not. */
static bool take(struct vcpu *vcpu, enum vcpu_state *was)
{
    *was = VCPU_ABSENT;
    if (vcpu_swap(vcpu, VCPU_ABSENT, VCPU_TAKEN)) {
        return true;
    }
    *was = VCPU_GUEST;
    return vcpu_swap(vcpu, VCPU_GUEST, VCPU_TAKEN);
}

static void put_back(struct vcpu *vcpu, enum vcpu_state state)
{
    __atomic_store_n(&vcpu->state, state, __ATOMIC_RELEASE);
}

/* `vcpu` is the caller's. A vCPU that is created again may keep its calling area; the saved state
   it had stays such a page until the guest deletes it. */
static uint64_t create(struct vcpu *vcpu, uint64_t vmsa, uint64_t area, bool again)
{
    bool moves = again && area != vcpu->area;
    const struct claim claims[] = {
        {vmsa, STATE_VALID},
        {area, again && !moves ? STATE_CALLING : STATE_VALID},
        {vcpu->area, STATE_CALLING},
    };
    unsigned count = moves ? 3 : 2;
    uint64_t result = hold_all(claims, count);

    if (result != SVSM_SUCCESS) {
        return result;
    }
    if (adopt(vmsa)) {
        clear_area(area);
        if (moves) {
            pagestate_set(vcpu->area, STATE_VALID);
        }
        if (moves || !again) {
            pagestate_set(area, STATE_CALLING);
        }
        vcpu_place(vcpu, vmsa, area);
        vcpu->unheard = 1;
    } else {
        result = SVSM_INVALID_PARAMETER;
    }
    release_all(claims, count);
    return result;
}

uint64_t vcpu_create(struct vcpu *caller, struct guest_registers *registers)
{
    uint64_t vmsa = registers->rcx, area = registers->rdx;
    struct vcpu *vcpu = by_apic_id((uint32_t)registers->r8);
    enum vcpu_state was;
    uint64_t result;

    if (!is_page(vmsa) || !is_page(area) || vcpu == NULL || vcpu == caller) {
        return SVSM_INVALID_PARAMETER;
    }
    if (vmsa == area) {
        return SVSM_INVALID_ADDRESS;
    }
    if (!take(vcpu, &was)) {
        return SVSM_BUSY;
    }
    result = create(vcpu, vmsa, area, was == VCPU_GUEST);
    put_back(vcpu, result == SVSM_SUCCESS ? VCPU_GUEST : was);
    return result;
}

/* Whose current saved state it is; NULL: nobody's, it was replaced. */
static struct vcpu *by_vmsa(uint64_t gpa)
{
    for (uint32_t i = 0; i < vcpu_count; i++) {
        if (__atomic_load_n(&vcpus[i].state, __ATOMIC_ACQUIRE) != VCPU_ABSENT &&
            __atomic_load_n(&vcpus[i].vmsa, __ATOMIC_RELAXED) == gpa) {
            return &vcpus[i];
        }
    }
    return NULL;
}

/* Makes the held saved state an ordinary page of the guest again, unless it runs. */
static uint64_t abandon(uint64_t gpa)
{
    void *page = platform->guest->map(GUEST_WINDOW_PAGE, gpa);

    platform->guest->disable(page);
    if (platform->guest->set_rights(page, false, GUEST_RIGHTS_NONE) != 0) {
        platform->guest->enable(page);
        return SVSM_VCPU_IN_USE;
    }
    set_rights(page, GUEST_RIGHTS_ALL);
    pagestate_set(gpa, STATE_VALID);
    return SVSM_SUCCESS;
}

/* The current state of `vcpu`, which is the caller's. */
static uint64_t delete_current(struct vcpu *vcpu, uint64_t gpa)
{
    const struct claim claims[] = {{gpa, STATE_VMSA}, {vcpu->area, STATE_CALLING}};
    uint64_t result = hold_all(claims, 2);

    if (result != SVSM_SUCCESS) {
        return result;
    }
    result = abandon(gpa);
    if (result == SVSM_SUCCESS) {
        pagestate_set(vcpu->area, STATE_VALID);
        vcpu_place(vcpu, 0, 0);
    }
    release_all(claims, 2);
    return result;
}

static uint64_t delete_replaced(uint64_t gpa)
{
    uint64_t result = pagestate_hold(gpa, STATE_VMSA);

    if (result != SVSM_SUCCESS) {
        return result == SVSM_INVALID_ADDRESS ? SVSM_INVALID_PARAMETER : result;
    }
    result = abandon(gpa);
    pagestate_release(gpa);
    return result;
}

/* The first vCPU's own first state is in no page of the guest: no address names it. */
uint64_t vcpu_delete(struct vcpu *caller, struct guest_registers *registers)
{
    uint64_t gpa = registers->rcx;
    struct vcpu *vcpu = by_vmsa(gpa);
    uint64_t result;

    if (!is_page(gpa) || vcpu == caller || vcpu == &vcpus[0]) {
        return SVSM_INVALID_PARAMETER;
    }
    if (vcpu == NULL) {
        return delete_replaced(gpa);
    }
    if (!vcpu_swap(vcpu, VCPU_GUEST, VCPU_TAKEN)) {
        return SVSM_VCPU_IN_USE;
    }
    if (vcpu->vmsa != gpa) { /* replaced meanwhile */
        put_back(vcpu, VCPU_GUEST);
        return SVSM_BUSY;
    }
    result = delete_current(vcpu, gpa);
    put_back(vcpu, result == SVSM_SUCCESS ? VCPU_ABSENT : VCPU_GUEST);
    return result;
}

/* Bit 0 asks: there is none, the C-bit decides. Setting one is refused. */
uint64_t vcpu_vtom(struct vcpu *caller, struct guest_registers *registers)
{
    (void)caller;
    if ((registers->rcx & 1) == 0) {
        return SVSM_INVALID_REQUEST;
    }
    registers->rcx = 0;
    return SVSM_SUCCESS;
}
