/* SPDX-License-Identifier: BSD-2-Clause */
/* The host's protocol; see ghcb.h. Numbers are those of AMD's GHCB specification, version 2. */
#include "ghcb.h"

#include <stddef.h>

#include "cpu.h"
#include "ops.h"
#include "panic.h"
#include "snp.h"

enum msr_code {
    MSR_INFO = 0x001,
    MSR_INFO_REQUEST = 0x002,
    MSR_REGISTER = 0x012,
    MSR_REGISTERED = 0x013,
    MSR_PAGE_STATE = 0x014,
    MSR_PAGE_STATE_DONE = 0x015,
    MSR_RUN = 0x016,
    MSR_RAN = 0x017,
    MSR_FEATURES_REQUEST = 0x080,
    MSR_FEATURES = 0x081,
    MSR_TERMINATE = 0x100,
    MSR_MARK = 0xe20,
};

#define MSR_CODE_MASK    0xfffu
#define VERSION          2u
#define FEATURES_NEEDED  0x3u /* SNP, creation of processors */
#define FEATURE_APIC_IDS 0x10u
#define FEATURE_VMPLS    0x20u /* switches between VMPLs */
#define PAGE_PRIVATE     UINT64_C(1)
#define PAGE_SHARED_CODE UINT64_C(2)
#define PAGE_MASK        UINT64_C(0x000ffffffffff000)

enum exit_code {
    EXIT_PORT = 0x7b,
    EXIT_MMIO_READ = 0x80000001u,
    EXIT_MMIO_WRITE = 0x80000002u,
    EXIT_GUEST_REQUEST = 0x80000011u,
    EXIT_CREATE_PROCESSOR = 0x80000013u,
    EXIT_APIC_IDS = 0x80000017u,
};

struct ghcb {
    uint8_t unused0[0x1f8];
    uint64_t rax;
    uint8_t unused1[0x390 - 0x200];
    uint64_t exit_code, info1, info2, scratch;
    uint8_t unused2[0x3f0 - 0x3b0];
    uint64_t valid[2];
    uint8_t unused3[0x800 - 0x400];
    uint64_t buffer[(0xff0 - 0x800) / 8];
    uint8_t unused4[0xffa - 0xff0];
    uint16_t version;
    uint32_t usage;
};

_Static_assert(offsetof(struct ghcb, exit_code) == 0x390, "the specification's");
_Static_assert(offsetof(struct ghcb, valid) == 0x3f0, "the specification's");
_Static_assert(offsetof(struct ghcb, version) == 0xffa, "the specification's");
_Static_assert(sizeof(struct ghcb) == 4096, "one page");

/* A field's bit is its offset / 8; all that we use have theirs in the second word but RAX. */
#define VALID_RAX  (UINT64_C(1) << 63)
#define VALID_EXIT (UINT64_C(15) << (0x390 / 8 - 64)) /* code, both infos, scratch */

/* An instruction's worth of call: what goes in; RAX, the second info and the buffer's first word
   come out. */
struct call {
    uint64_t code, info1, info2, rax, word;
};

static uint64_t offered;            /* of the host, as it says */
static volatile struct ghcb *first; /* until this processor's struct cpu is in place */
static uint64_t first_pa;

static void exit_to_host(void)
{
    __asm__ volatile("rep; vmmcall" ::: "memory");
}

static uint64_t msr_call(uint64_t request, enum msr_code answer)
{
    uint64_t value;

    x86_wrmsr(MSR_GHCB, request);
    exit_to_host();
    value = x86_rdmsr(MSR_GHCB);
    if ((value & MSR_CODE_MASK) != answer) {
        ghcb_terminate(PLATFORM_TERMINATE_SET, END_HOST);
    }
    return value;
}

void ghcb_negotiate(bool with_guest)
{
    uint64_t needed = FEATURES_NEEDED | (with_guest ? FEATURE_VMPLS : 0);
    uint64_t info = msr_call(MSR_INFO_REQUEST, MSR_INFO);
    uint64_t most = info >> 48, least = info >> 32 & 0xffff;

    if (most < VERSION || least > VERSION) {
        ghcb_terminate(PLATFORM_TERMINATE_SET, END_FEATURES);
    }
    offered = msr_call(MSR_FEATURES_REQUEST, MSR_FEATURES) >> 12;
    if ((offered & needed) != needed) {
        ghcb_terminate(PLATFORM_TERMINATE_SET, END_FEATURES);
    }
}

/* The page of this processor; before there are processors, the first. */
static volatile struct ghcb *own_page(uint64_t *pa)
{
    const struct snp_cpu *own = snp_this_cpu();

    *pa = own != NULL ? own->ghcb_pa : first_pa;
    return own != NULL ? own->ghcb : first;
}

/* VMGEXIT works at CPL3 too: what the MSR and the page hold then must ask for nothing. */
void ghcb_settle(void)
{
    uint64_t pa;

    if (own_page(&pa) != NULL) {
        x86_wrmsr(MSR_GHCB, pa);
    }
}

enum platform_error ghcb_page_state(uint64_t pa, bool shared)
{
    uint64_t code = shared ? PAGE_SHARED_CODE : PAGE_PRIVATE;
    uint64_t answer = msr_call(code << 52 | (pa & PAGE_MASK) | MSR_PAGE_STATE, MSR_PAGE_STATE_DONE);

    ghcb_settle();
    return answer >> 32 == 0 ? PLATFORM_OK : PLATFORM_REFUSED;
}

void ghcb_register(volatile struct ghcb *page, uint64_t pa)
{
    if (msr_call(pa | MSR_REGISTER, MSR_REGISTERED) != (pa | MSR_REGISTERED)) {
        ghcb_terminate(PLATFORM_TERMINATE_SET, END_HOST);
    }
    if (first == NULL) {
        first = page;
        first_pa = pa;
    }
    x86_wrmsr(MSR_GHCB, pa);
}

void ghcb_terminate(uint32_t set, uint32_t code)
{
    x86_wrmsr(MSR_GHCB, (uint64_t)code << 16 | (uint64_t)set << 12 | MSR_TERMINATE);
    for (;;) {
        exit_to_host();
    }
}

/* Whether the host did it. Everything the page says is looked at once. */
static bool call_host(struct call *call)
{
    uint64_t pa;
    volatile struct ghcb *page = own_page(&pa);

    if (page == NULL) {
        return false;
    }
    page->rax = call->rax;
    page->exit_code = call->code;
    page->info1 = call->info1;
    page->info2 = call->info2;
    page->scratch = pa + offsetof(struct ghcb, buffer);
    page->buffer[0] = call->word;
    page->valid[0] = VALID_RAX;
    page->valid[1] = VALID_EXIT;
    page->version = VERSION;
    page->usage = 0;
    x86_wrmsr(MSR_GHCB, pa);
    exit_to_host();
    call->rax = page->rax;
    call->info2 = page->info2;
    call->word = page->buffer[0];
    page->valid[0] = 0;
    page->valid[1] = 0;
    return (uint32_t)page->info1 == 0;
}

#define PORT_IN          UINT64_C(1)
#define PORT_WIDTH_SHIFT 4 /* the widths 1, 2, 4 are bits 4, 5, 6 */
#define PORT_ADDRESS_64  (UINT64_C(1) << 9)
#define PORT_SHIFT       16

static uint64_t access_port(uint16_t port, unsigned int width, uint64_t direction, uint32_t value)
{
    struct call call = {
        .code = EXIT_PORT,
        .info1 = (uint64_t)port << PORT_SHIFT | PORT_ADDRESS_64 |
                 (uint64_t)width << PORT_WIDTH_SHIFT | direction,
        .rax = value,
    };

    return call_host(&call) ? call.rax : UINT64_MAX;
}

uint32_t ghcb_port_read(uint16_t port, unsigned int width)
{
    uint64_t mask = (UINT64_C(1) << 8 * width) - 1;

    return (uint32_t)(access_port(port, width, PORT_IN, 0) & mask);
}

void ghcb_port_write(uint16_t port, uint32_t value, unsigned int width)
{
    access_port(port, width, 0, value);
}

enum platform_error ghcb_mmio_read(uint64_t pa, unsigned int width, uint64_t *value)
{
    struct call call = {.code = EXIT_MMIO_READ, .info1 = pa, .info2 = width};

    if (!call_host(&call)) {
        return PLATFORM_REFUSED;
    }
    *value = width == 8 ? call.word : call.word & ((UINT64_C(1) << 8 * width) - 1);
    return PLATFORM_OK;
}

enum platform_error ghcb_mmio_write(uint64_t pa, unsigned int width, uint64_t value)
{
    struct call call = {.code = EXIT_MMIO_WRITE, .info1 = pa, .info2 = width, .word = value};

    return call_host(&call) ? PLATFORM_OK : PLATFORM_REFUSED;
}

enum platform_error ghcb_guest_request(uint64_t request_pa, uint64_t answer_pa, uint64_t *status)
{
    struct call call = {.code = EXIT_GUEST_REQUEST, .info1 = request_pa, .info2 = answer_pa};

    if (!call_host(&call)) {
        return PLATFORM_REFUSED;
    }
    *status = call.info2;
    return PLATFORM_OK;
}

bool ghcb_list_processors(uint64_t page_pa)
{
    struct call call = {.code = EXIT_APIC_IDS, .info1 = page_pa, .rax = 1};

    return (offered & FEATURE_APIC_IDS) != 0 && call_host(&call) && call.rax <= 1;
}

#define CREATE_NOW     UINT64_C(1)
#define CREATE_VMPL2   (UINT64_C(2) << 16) /* and not now: when it is asked to run it */
#define CREATE_APIC_ID 32u

static enum platform_error create(uint64_t info1, uint64_t vmsa_pa, uint64_t features)
{
    struct call call = {
        .code = EXIT_CREATE_PROCESSOR,
        .info1 = info1,
        .info2 = vmsa_pa,
        .rax = features,
    };

    return call_host(&call) ? PLATFORM_OK : PLATFORM_REFUSED;
}

enum platform_error ghcb_create_processor(uint32_t apic_id, uint64_t vmsa_pa, uint64_t features)
{
    return create((uint64_t)apic_id << CREATE_APIC_ID | CREATE_NOW, vmsa_pa, features);
}

enum platform_error ghcb_announce_guest(uint32_t apic_id, uint64_t vmsa_pa, uint64_t features)
{
    return create((uint64_t)apic_id << CREATE_APIC_ID | CREATE_VMPL2, vmsa_pa, features);
}

/* Only the SNP machine knows this request: another host may end the virtual machine over it. */
void ghcb_mark(uint32_t word)
{
    x86_wrmsr(MSR_GHCB, MSR_MARK | (uint64_t)word << 32);
    exit_to_host();
    ghcb_settle();
}

/* The three instructions stand side by side: a host may answer all of them at once. */
bool ghcb_run_guest(uint32_t vmpl)
{
    uint32_t low = MSR_RUN, high = vmpl;

    __asm__ volatile("wrmsr; rep; vmmcall; rdmsr"
                     : "+a"(low), "+d"(high)
                     : "c"(MSR_GHCB)
                     : "memory");
    if ((low & MSR_CODE_MASK) != MSR_RAN) {
        ghcb_terminate(PLATFORM_TERMINATE_SET, END_HOST);
    }
    return high == 0;
}
