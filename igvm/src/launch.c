/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From headers to page events.
 *
 * Three sources feed igvm_events_next, in this order of precedence: the pages of a run that is
 * being flushed, the pages of a parameter area that is being inserted, and the next header. When
 * the headers are through, VMSAs follow. A run needs no list: it is two bookmarks, and every page
 * of the launch's mask between them belongs to it.
 */
#include "igvm/launch.h"

#include "bytes.h"

void igvm_vmsa_reset(struct igvm_vmsa *vmsa, uint64_t sev_features, uint32_t cpu_signature)
{
    const struct igvm_vmsa_segment data = {.attributes = 0x93, .limit = 0xFFFF};
    const struct igvm_vmsa_segment table = {.limit = 0xFFFF};

    memset(vmsa, 0, sizeof(*vmsa));
    vmsa->es = vmsa->ss = vmsa->ds = vmsa->fs = vmsa->gs = data;
    vmsa->cs = (struct igvm_vmsa_segment){0xF000, 0x9B, 0xFFFF, 0xFFFF0000};
    vmsa->gdtr = vmsa->idtr = table;
    vmsa->ldtr = (struct igvm_vmsa_segment){.attributes = 0x82, .limit = 0xFFFF};
    vmsa->tr = (struct igvm_vmsa_segment){.attributes = 0x8B, .limit = 0xFFFF};
    vmsa->efer = 0x1000;
    vmsa->cr4 = 0x40;
    vmsa->cr0 = 0x10;
    vmsa->dr7 = 0x400;
    vmsa->dr6 = 0xFFFF0FF0;
    vmsa->rflags = 2;
    vmsa->rip = 0xFFF0;
    vmsa->rdx = cpu_signature;
    vmsa->g_pat = 0x0007040600070406;
    vmsa->sev_features = sev_features;
    vmsa->xcr0 = 1;
    vmsa->mxcsr = 0x1F80;
    vmsa->x87_fcw = 0x37F;
}

static bool is_launched(const struct igvm_events *events, const struct igvm_header *header,
                        enum igvm_type type)
{
    return header->type == (uint32_t)type && (header->mask & events->launch.mask) != 0;
}

/* Finds the context of a virtual CPU. Contexts are few; CPUs beyond the last cost nothing. */
static bool find_context(const struct igvm_events *events, uint32_t vcpu,
                         struct igvm_header *header)
{
    if (vcpu >= events->contexts) {
        return false;
    }
    for (igvm_rewind(events->file, header); igvm_next(events->file, header);) {
        if (is_launched(events, header, IGVM_VP_CONTEXT) &&
            header->body.context->vp_index == vcpu) {
            return true;
        }
    }
    return false;
}

/* One more than the highest CPU that has a context. */
static uint32_t count_contexts(const struct igvm_events *events)
{
    struct igvm_header header;
    uint32_t count = 0;

    for (igvm_rewind(events->file, &header); igvm_next(events->file, &header);) {
        if (is_launched(events, &header, IGVM_VP_CONTEXT) &&
            header.body.context->vp_index >= count) {
            count = header.body.context->vp_index + 1u;
        }
    }
    return count;
}

void igvm_events_start(struct igvm_events *events, const struct igvm_file *file,
                       const struct igvm_launch *launch)
{
    struct igvm_header boot;
    uint64_t features = 1;

    memset(events, 0, sizeof(*events));
    events->file = file;
    events->launch = *launch;
    events->vmsa_gpa = launch->vmsa_gpa != 0 ? launch->vmsa_gpa : IGVM_KVM_VMSA_GPA;
    if (events->launch.vcpus == 0) {
        events->launch.vcpus = 1;
    }
    events->contexts = count_contexts(events);
    if (find_context(events, 0, &boot) && boot.data_size == sizeof(struct igvm_vmsa)) {
        memcpy(&features, boot.data + offsetof(struct igvm_vmsa, sev_features), sizeof(features));
    }
    igvm_vmsa_reset(&events->reset, features, launch->cpu_signature);
    igvm_rewind(file, &events->scan);
}

static void emit_page(const struct igvm_events *events, const struct igvm_header *header,
                      struct igvm_event *event)
{
    static const uint8_t types[IGVM_DATA_TYPES] = {IGVM_EVENT_NORMAL, IGVM_EVENT_SECRETS,
                                                   IGVM_EVENT_CPUID, IGVM_EVENT_CPUID};
    const struct igvm_page_data *page = header->body.page;

    *event = (struct igvm_event){types[page->data_type], header->offset, page->gpa, header->data};
    if (page->data_type != IGVM_DATA_NORMAL) {
        return;
    }
    if ((page->flags & IGVM_PAGE_UNMEASURED) != 0) {
        event->type = IGVM_EVENT_UNMEASURED;
    } else if (header->data == NULL && events->launch.native_zero) {
        event->type = IGVM_EVENT_ZERO;
    }
}

static bool continues_run(const struct igvm_events *events)
{
    const struct igvm_page_data *last = events->run_last.body.page;
    const struct igvm_page_data *next = events->scan.body.page;

    return next->gpa == last->gpa + IGVM_PAGE_SIZE && next->flags == last->flags &&
           next->data_type == last->data_type && next->mask == last->mask &&
           (events->scan.data == NULL) == (events->run_last.data == NULL);
}

static void start_flush(struct igvm_events *events)
{
    events->flush = events->run_first;
    events->flush_end = events->run_last.offset;
    events->run_open = false;
}

static void flush_next(struct igvm_events *events, struct igvm_event *event)
{
    emit_page(events, &events->flush, event);
    if (events->flush.offset == events->flush_end) {
        events->flush_end = 0;
        return;
    }
    do {
        (void)igvm_next(events->file, &events->flush);
    } while (!is_launched(events, &events->flush, IGVM_PAGE_DATA));
}

static void insert_next(struct igvm_events *events, struct igvm_event *event)
{
    *event =
        (struct igvm_event){IGVM_EVENT_UNMEASURED, events->insert_offset, events->insert_gpa, NULL};
    events->insert_gpa += IGVM_PAGE_SIZE;
    events->insert_pages--;
}

static void start_insert(struct igvm_events *events)
{
    const struct igvm_parameter_insert *insert = events->scan.body.insert;
    struct igvm_header area;

    if (igvm_find_area(events->file, insert->area, &area)) {
        events->insert_offset = events->scan.offset;
        events->insert_gpa = insert->gpa;
        events->insert_pages = area.body.area->size / IGVM_PAGE_SIZE;
    }
}

/* QEMU does not know the shared flag; it holds a page back until a run ends. */
static void hold_page(struct igvm_events *events)
{
    if (!events->run_open || !continues_run(events)) {
        if (events->run_open) {
            start_flush(events);
        }
        events->run_first = events->scan;
        events->run_open = true;
    }
    events->run_last = events->scan;
}

static uint64_t context_gpa(const struct igvm_events *events, uint64_t gpa)
{
    return events->launch.vmsa_gpa != 0 ? events->launch.vmsa_gpa : gpa;
}

/* What the header at "scan" causes in file order; true if that is an event at once. */
static bool take_in_file_order(struct igvm_events *events, struct igvm_event *event)
{
    const struct igvm_header *header = &events->scan;

    if (is_launched(events, header, IGVM_PAGE_DATA) &&
        (header->body.page->flags & IGVM_PAGE_SHARED) == 0) {
        emit_page(events, header, event);
        return true;
    }
    if (is_launched(events, header, IGVM_VP_CONTEXT) && header->data_size == IGVM_PAGE_SIZE) {
        *event = (struct igvm_event){IGVM_EVENT_VMSA, header->offset,
                                     context_gpa(events, header->body.context->gpa), header->data};
        events->vmsa_gpa = event->gpa;
        events->vcpu++;
        return true;
    }
    if (is_launched(events, header, IGVM_PARAMETER_INSERT)) {
        start_insert(events);
    }
    return false;
}

static bool take_in_qemu_order(struct igvm_events *events)
{
    if (is_launched(events, &events->scan, IGVM_PAGE_DATA)) {
        hold_page(events);
    } else if (is_launched(events, &events->scan, IGVM_PARAMETER_INSERT)) {
        start_insert(events);
    }
    return false;
}

/* Takes one header; at the last, what is still held back, and where VMSAs begin. */
static bool scan_next(struct igvm_events *events, struct igvm_event *event)
{
    bool file_order = events->launch.order == IGVM_ORDER_FILE;

    if (igvm_next(events->file, &events->scan)) {
        return file_order ? take_in_file_order(events, event) : take_in_qemu_order(events);
    }
    if (events->run_open) {
        start_flush(events);
        return false;
    }
    events->scanned = true;
    if (file_order && events->vcpu == 0) {
        events->vcpu = 1;
    }
    return false;
}

static bool vmsa_next(struct igvm_events *events, struct igvm_event *event)
{
    struct igvm_header context;

    if (events->vcpu >= events->launch.vcpus) {
        return false;
    }
    *event =
        (struct igvm_event){IGVM_EVENT_VMSA, 0, events->vmsa_gpa, (const uint8_t *)&events->reset};
    if (events->launch.order == IGVM_ORDER_QEMU && find_context(events, events->vcpu, &context) &&
        context.data_size == IGVM_PAGE_SIZE) {
        event->offset = context.offset;
        event->contents = context.data;
    }
    events->vcpu++;
    return true;
}

bool igvm_events_next(struct igvm_events *events, struct igvm_event *event)
{
    for (;;) {
        if (events->flush_end != 0) {
            flush_next(events, event);
            return true;
        }
        if (events->insert_pages != 0) {
            insert_next(events, event);
            return true;
        }
        if (events->scanned) {
            return vmsa_next(events, event);
        }
        if (scan_next(events, event)) {
            return true;
        }
    }
}
