/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The model's operations. Errors come in the order the kernel documents.
 */
#include "model.h"

#include <string.h>

void model_start(struct model *m)
{
    memset(m, 0, sizeof(*m));
    m->next_place = MODEL_ROOT;
    for (int i = 0; i < MODEL_WINDOW; i++)
        m->window[i] = MODEL_NONE;
}

int model_parent(const struct model *m, int place)
{
    for (int i = 0; i < m->edge_count; i++)
        if (m->edges[i].child == place)
            return m->edges[i].parent;
    return MODEL_NONE;
}

static bool has_children(const struct model *m, int place)
{
    for (int i = 0; i < m->edge_count; i++)
        if (m->edges[i].parent == place)
            return true;
    return false;
}

static void drop_edge(struct model *m, int child)
{
    for (int i = 0; i < m->edge_count; i++)
        if (m->edges[i].child == child) {
            m->edges[i] = m->edges[--m->edge_count];
            return;
        }
}

static void add_edge(struct model *m, int parent, int child)
{
    m->edges[m->edge_count++] = (struct model_edge){parent, child};
}

bool model_is_derived(const struct model *m, int place)
{
    int parent = model_parent(m, place);

    return parent != MODEL_NONE && m->caps[place].type != CAP_Untyped &&
           m->caps[parent].type == m->caps[place].type;
}

static int original(const struct model *m, int place)
{
    return model_is_derived(m, place) ? model_parent(m, place) : place;
}

int model_place(const struct model *m, int cnode, uint64_t index)
{
    const struct model_cap *cap = &m->caps[cnode];

    return index < UINT64_C(1) << cap->bits ? cap->contents + (int)index : MODEL_NONE;
}

static seL4_Error check_transfer(const struct model *m, const struct model_transfer *t)
{
    if (t->to == MODEL_NONE || t->from == MODEL_NONE)
        return seL4_RangeError;
    if (m->caps[t->from].type == CAP_Null)
        return seL4_FailedLookup;
    return m->caps[t->to].type == CAP_Null ? seL4_NoError : seL4_DeleteFirst;
}

seL4_Error model_copy(struct model *m, const struct model_transfer *t)
{
    seL4_Error error = check_transfer(m, t);
    struct model_cap cap;

    if (error != seL4_NoError)
        return error;
    cap = m->caps[t->from];
    if (cap.type == CAP_Untyped || cap.type == CAP_PageTable)
        return seL4_IllegalOperation;
    if (t->badge != 0 &&
        ((cap.type != CAP_Endpoint && cap.type != CAP_Notification) || cap.badge != 0))
        return seL4_InvalidArgument;
    cap.rights &= t->rights;
    cap.mapped = MODEL_NONE;
    if (t->badge != 0)
        cap.badge = t->badge;
    m->caps[t->to] = cap;
    add_edge(m, original(m, t->from), t->to);
    return seL4_NoError;
}

seL4_Error model_move(struct model *m, const struct model_transfer *t)
{
    seL4_Error error = check_transfer(m, t);
    struct model_cap cap;
    int parent;

    if (error != seL4_NoError)
        return error;
    cap = m->caps[t->from];
    if (has_children(m, t->from))
        return seL4_RevokeFirst;
    if ((cap.type == CAP_Untyped || cap.type == CAP_CNode) && !model_is_derived(m, t->from) &&
        cap.level <= t->level)
        return seL4_IllegalOperation;
    parent = model_parent(m, t->from);
    drop_edge(m, t->from);
    add_edge(m, parent, t->to);
    m->caps[t->to] = cap;
    m->caps[t->from].type = CAP_Null;
    if (cap.type == CAP_Page && cap.mapped != MODEL_NONE)
        m->window[cap.mapped] = t->to;
    return seL4_NoError;
}

static void end(struct model *m, int place);

static void end_contents(struct model *m, int place)
{
    const struct model_cap *cap = &m->caps[place];
    int count = cap->type == CAP_TCB ? 2 : 1 << cap->bits;

    if (model_is_derived(m, place) || (cap->type != CAP_TCB && cap->type != CAP_CNode))
        return;
    for (int i = 0; i < count; i++)
        if (m->caps[cap->contents + i].type != CAP_Null)
            end(m, cap->contents + i);
}

void model_revoke(struct model *m, int place)
{
    for (int i = 0; i < m->edge_count; i++)
        if (m->edges[i].parent == place) {
            end(m, m->edges[i].child);
            i = -1;
        }
}

static void end(struct model *m, int place)
{
    model_revoke(m, place);
    end_contents(m, place);
    model_unmap(m, place);
    drop_edge(m, place);
    m->caps[place].type = CAP_Null;
}

seL4_Error model_delete(struct model *m, int place)
{
    if (m->caps[place].type == CAP_Null)
        return seL4_NoError;
    if (has_children(m, place))
        return seL4_RevokeFirst;
    end(m, place);
    return seL4_NoError;
}

/* The sizes and capabilities of what can be made here. */
static const struct {
    int type;
    unsigned bits;
} kinds[seL4_ObjectTypeCount] = {
    [seL4_UntypedObject] = {CAP_Untyped, 0},
    [seL4_TCBObject] = {CAP_TCB, 12},
    [seL4_EndpointObject] = {CAP_Endpoint, 6},
    [seL4_NotificationObject] = {CAP_Notification, 6},
    [seL4_CapTableObject] = {CAP_CNode, 5},
    [seL4_ReplyObject] = {CAP_Reply, 6},
    [seL4_VSpaceObject] = {CAP_VSpace, 12},
    [seL4_X86_4K] = {CAP_Page, 12},
    [seL4_X86_PageTableObject] = {CAP_PageTable, 12},
};

static bool is_sized(uint64_t type)
{
    return type == seL4_UntypedObject || type == seL4_CapTableObject;
}

static seL4_Error check_retype(const struct model *m, const struct model_retype *r)
{
    const struct model_cap *memory = &m->caps[r->untyped];

    if (r->type == seL4_UntypedObject && (r->user_bits < 12 || r->user_bits >= memory->bits))
        return seL4_RangeError;
    if (r->type == seL4_CapTableObject && (r->user_bits < 1 || r->user_bits > 14))
        return seL4_RangeError;
    if (r->count == 0 || r->count > 256 || r->first == MODEL_NONE || r->count > r->room)
        return seL4_RangeError;
    for (uint64_t i = 0; i < r->count; i++)
        if (m->caps[r->first + (int)i].type != CAP_Null)
            return seL4_DeleteFirst;
    return seL4_NoError;
}

static int contents_of(struct model *m, const struct model_cap *cap)
{
    int first = m->next_place;

    if (cap->type == CAP_CNode)
        m->next_place += 1 << cap->bits;
    if (cap->type == CAP_TCB)
        m->next_place += 2;
    for (int i = first; i < m->next_place; i++)
        m->caps[i].type = CAP_Null;
    return first;
}

seL4_Error model_retype(struct model *m, const struct model_retype *r)
{
    struct model_cap *memory = &m->caps[r->untyped];
    unsigned bits = kinds[r->type].bits + (is_sized(r->type) ? (unsigned)r->user_bits : 0);
    uint64_t start = has_children(m, r->untyped) ? memory->watermark : 0;
    uint64_t size = UINT64_C(1) << bits;
    seL4_Error error = check_retype(m, r);

    if (error != seL4_NoError)
        return error;
    start = (start + size - 1) / size * size;
    if (start + r->count * size > UINT64_C(1) << memory->bits)
        return seL4_NotEnoughMemory;
    for (uint64_t i = 0; i < r->count; i++) {
        struct model_cap cap = {.type = kinds[r->type].type,
                                .rights = seL4_ReadWrite,
                                .base = memory->base + start + i * size,
                                .bits = (unsigned)r->user_bits,
                                .mapped = MODEL_NONE};

        cap.level = r->level + 1 > memory->level ? r->level + 1 : memory->level;
        cap.contents = contents_of(m, &cap);
        m->caps[r->first + (int)i] = cap;
        add_edge(m, r->untyped, r->first + (int)i);
    }
    memory->watermark = start + r->count * size;
    return seL4_NoError;
}

seL4_Error model_map(struct model *m, const struct model_mapping *wanted)
{
    struct model_cap *cap = &m->caps[wanted->page];
    uint64_t rights = wanted->rights & cap->rights;
    int at = wanted->at;

    if ((rights & seL4_CanRead) == 0)
        return seL4_IllegalOperation;
    if (wanted->execute && (rights & seL4_CanWrite) != 0)
        return seL4_InvalidArgument;
    if (cap->mapped != MODEL_NONE && cap->mapped != at)
        return seL4_DeleteFirst;
    if (m->window[at] != MODEL_NONE && m->window[at] != wanted->page)
        return seL4_DeleteFirst;
    cap->mapped = at;
    m->window[at] = wanted->page;
    m->window_writable[at] = (rights & seL4_CanWrite) != 0;
    return seL4_NoError;
}

void model_unmap(struct model *m, int page)
{
    struct model_cap *cap = &m->caps[page];

    if (cap->type != CAP_Page || cap->mapped == MODEL_NONE)
        return;
    m->window[cap->mapped] = MODEL_NONE;
    cap->mapped = MODEL_NONE;
}

static void hold(struct model *m, int slot, int source)
{
    if (m->caps[slot].type != CAP_Null)
        end(m, slot);
    m->caps[slot] = m->caps[source];
    add_edge(m, original(m, source), slot);
}

seL4_Error model_configure(struct model *m, int thread, int cspace, int vspace)
{
    if (m->caps[cspace].type != CAP_CNode || m->caps[vspace].type != CAP_VSpace)
        return seL4_InvalidCapability;
    hold(m, m->caps[thread].contents, cspace);
    hold(m, m->caps[thread].contents + 1, vspace);
    return seL4_NoError;
}
