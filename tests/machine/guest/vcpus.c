/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The guest's side of calling areas and saved state: what REMAP_CA, CREATE_VCPU and DELETE_VCPU
 * refuse, that nothing reaches the pages they take, and processors that come and go while others
 * work. The command line's first word chooses the case.
 */
#include "bare.h"

#define REMAP  CALL(0, 0)
#define CREATE CALL(0, 2)
#define DELETE CALL(0, 3)
#define QUERY  CALL(0, 6)
#define VTOM   CALL(0, 7)

/* Pages of the tests, all valid at first. */
#define VMSA_PAGE (SPARE + 5 * PAGE)
#define AREA_PAGE (SPARE + 6 * PAGE)
#define OTHER     (SPARE + 7 * PAGE)
#define NOWHERE   UINT64_C(0xfee00000)
#define ROUNDS    20u

#define EFER_OFFSET     0x0d0u
#define VMPL_OFFSET     0x0cau
#define FEATURES_OFFSET 0x3b0u
#define EFER_SVME       UINT64_C(0x1000)

static const struct secrets *secrets(void)
{
    return (const struct secrets *)SECRETS;
}

static void nothing(uint64_t argument)
{
    (void)argument;
}

static void expect_call(uint64_t rax, uint64_t rcx, uint64_t result, const char *what)
{
    expect_equal(svsm(rax, rcx, 0, 0), result, what);
}

static void test_secrets(void)
{
    const struct secrets *s = secrets();

    expect(s->guest_vmpl == 2 && s->most_version == 1, "VMPL and version in the secrets page");
    expect(s->svsm_base % PAGE == 0 && s->svsm_size != 0, "where the SVSM is");
    for (unsigned i = 0; i < sizeof(s->keys[0]); i++)
        expect(s->keys[0][i] == 0 && s->keys[1][i] == 0, "keys of VMPL0 and VMPL1");
    for (unsigned i = 0; i < sizeof(s->keys[0]); i++)
        if (s->keys[2][i] != 0)
            return;
    expect(false, "a key of VMPL2");
}

/* Entered without a request, the SVSM does nothing; with one it does not know, it says so. */
static void test_requests(void)
{
    struct svsm_call call = {QUERY, CALL(0, 1), 3, 4, 5};

    svsm_visit(&call);
    expect(call.rax == QUERY && call.rcx == 1 && call.rdx == 3 && call.r8 == 4 && call.r9 == 5,
           "registers after an entry without a request");
    expect(calling_area()[0] == 0, "the flag after it");
    calling_area()[2] = 0x77;
    expect_call(QUERY, 1, SVSM_SUCCESS, "a query");
    expect(calling_area()[1] == 0 && calling_area()[2] == 0x77, "the area's other bytes");
    calling_area()[2] = 0;
    expect_call(CALL(0, 8), 0, SVSM_UNSUPPORTED_CALL, "call 8");
    expect_call(CALL(0, 0xffffffff), 0, SVSM_UNSUPPORTED_CALL, "the last call");
    expect_call(CALL(0, 4), SPARE, SVSM_UNSUPPORTED_CALL, "a deposit");
    expect_call(CALL(0, 5), SPARE, SVSM_UNSUPPORTED_CALL, "a withdrawal");
    expect_call(CALL(1, 0), 0, SVSM_UNSUPPORTED_PROTOCOL, "a protocol nobody serves");
    expect_call(VTOM, 1, SVSM_SUCCESS, "is there a vTOM");
    expect_call(VTOM, 0x200000, SVSM_INVALID_REQUEST, "there shall be one");
}

/* Pages that are not the guest's to give, whatever for; the other words are good for CREATE_VCPU.
 */
static void test_addresses(uint64_t call, const char *what)
{
    const uint64_t region = secrets()->svsm_base;
    const uint64_t elsewhere[] = {
        region, region + secrets()->svsm_size - PAGE, NOWHERE, UINT64_C(1) << 51, ~(PAGE - 1),
    };

    for (unsigned i = 0; i < sizeof(elsewhere) / sizeof(elsewhere[0]); i++)
        expect_equal(svsm(call, elsewhere[i], AREA_PAGE, 1), SVSM_INVALID_ADDRESS, what);
    for (uint64_t bit = 1; bit < PAGE; bit <<= 1)
        expect_equal(svsm(call, SPARE + bit, AREA_PAGE, 1), SVSM_INVALID_PARAMETER, what);
    expect_equal(svsm(call, UINT64_MAX, AREA_PAGE, 1), SVSM_INVALID_PARAMETER, what);
}

/* The area moves, the page it leaves is an ordinary one again, the one it takes is not. */
static void test_remap(void)
{
    uint64_t first = (uint64_t)calling_area();

    test_addresses(REMAP, "a calling area");
    expect_equal(pvalidate(OTHER), SVSM_SUCCESS, "a page becomes invalid");
    expect_call(REMAP, OTHER, SVSM_INVALID_ADDRESS, "an invalid page");
    expect_equal(pvalidate(OTHER | ENTRY_VALIDATE), SVSM_SUCCESS, "and valid");
    expect_call(REMAP, first, SVSM_SUCCESS, "the same area");
    *(volatile uint8_t *)AREA_PAGE = 1; /* the SVSM clears it */
    expect_call(REMAP, AREA_PAGE, SVSM_SUCCESS, "another area");
    expect(*(volatile uint8_t *)AREA_PAGE == 0, "the flag in it");
    set_calling_area(AREA_PAGE);
    expect_equal(pvalidate(AREA_PAGE), SVSM_INVALID_ADDRESS, "the area can not become invalid");
    expect_equal(pvalidate(AREA_PAGE | ENTRY_VALIDATE), SVSM_INVALID_ADDRESS, "nor valid again");
    expect_equal(pvalidate((AREA_PAGE & ~(LARGE - 1)) | ENTRY_LARGE), SVSM_INVALID_ADDRESS,
                 "nor with its 2 MiB");
    expect_equal(pvalidate(first), SVSM_SUCCESS, "the old area is an ordinary page");
    expect_equal(pvalidate(first | ENTRY_VALIDATE), SVSM_SUCCESS, "both ways");
    expect_call(REMAP, first, SVSM_SUCCESS, "back to the first");
    set_calling_area(first);
    expect_equal(pvalidate(AREA_PAGE), SVSM_SUCCESS, "the other is ordinary again");
    expect_equal(pvalidate(AREA_PAGE | ENTRY_VALIDATE), SVSM_SUCCESS, "likewise");
}

static uint64_t create(uint64_t vmsa, uint64_t area, uint64_t id)
{
    return svsm(CREATE, vmsa, area, id);
}

static void test_create_parameters(void)
{
    test_addresses(CREATE, "saved state");
    fill_vmsa((void *)VMSA_PAGE, 1, nothing, 0);
    expect_equal(create(VMSA_PAGE, AREA_PAGE, 8), SVSM_INVALID_PARAMETER, "an unknown processor");
    expect_equal(create(VMSA_PAGE, AREA_PAGE, 0xffffffff), SVSM_INVALID_PARAMETER, "the last one");
    expect_equal(create(VMSA_PAGE, AREA_PAGE, 0), SVSM_INVALID_PARAMETER, "this one");
    expect_equal(create(VMSA_PAGE, AREA_PAGE + 8, 1), SVSM_INVALID_PARAMETER, "an odd area");
    expect_equal(create(VMSA_PAGE, VMSA_PAGE, 1), SVSM_INVALID_ADDRESS, "one page for both");
    expect_equal(create(VMSA_PAGE, NOWHERE, 1), SVSM_INVALID_ADDRESS, "an area nowhere");
    expect_equal(create(VMSA_PAGE, (uint64_t)calling_area(), 1), SVSM_INVALID_ADDRESS,
                 "the area of another");
    expect_equal(create((uint64_t)calling_area(), AREA_PAGE, 1), SVSM_INVALID_ADDRESS,
                 "an area for saved state");
}

/* A state that may not run is refused, and the page is the guest's as it was. */
static void refuse_state(unsigned offset, uint64_t value, unsigned width, const char *what)
{
    fill_vmsa((void *)VMSA_PAGE, 1, nothing, 0);
    if (width == 1)
        *(volatile uint8_t *)(VMSA_PAGE + offset) = (uint8_t)value;
    else
        *(volatile uint64_t *)(VMSA_PAGE + offset) = value;
    expect_equal(create(VMSA_PAGE, AREA_PAGE, 1), SVSM_INVALID_PARAMETER, what);
    *(volatile uint64_t *)VMSA_PAGE = 1;
    expect_equal(pvalidate(VMSA_PAGE), SVSM_SUCCESS, "the refused page becomes invalid");
    expect_equal(pvalidate(VMSA_PAGE | ENTRY_VALIDATE), SVSM_SUCCESS, "and valid");
}

static void test_create_state(void)
{
    refuse_state(VMPL_OFFSET, 0, 1, "a state at VMPL0");
    refuse_state(VMPL_OFFSET, 1, 1, "a state at VMPL1");
    refuse_state(VMPL_OFFSET, 3, 1, "a state at VMPL3");
    refuse_state(EFER_OFFSET, 0x500, 8, "a state without SVME");
    refuse_state(FEATURES_OFFSET, 0, 8, "a state without SNP");
    refuse_state(FEATURES_OFFSET, 0x21, 8, "a state with another feature");
}

/* Nothing reaches saved state and area of a processor that exists. */
static void test_taken_pages(void)
{
    uint64_t vmsa = processor_vmsa(1), area = processor_area(1);

    expect_equal(pvalidate(vmsa), SVSM_INVALID_ADDRESS, "saved state becomes invalid");
    expect_equal(pvalidate(vmsa | ENTRY_VALIDATE), SVSM_INVALID_ADDRESS, "or valid");
    expect_equal(pvalidate(area), SVSM_INVALID_ADDRESS, "an area becomes invalid");
    expect_equal(pvalidate((vmsa & ~(LARGE - 1)) | ENTRY_LARGE), SVSM_INVALID_ADDRESS, "2 MiB");
    expect_call(REMAP, vmsa, SVSM_INVALID_ADDRESS, "saved state as an area");
    expect_call(REMAP, area, SVSM_INVALID_ADDRESS, "another's area");
    expect_call(CALL(0, 1), vmsa + 8, SVSM_INVALID_ADDRESS, "a list in saved state");
    expect_equal(create(vmsa, AREA_PAGE, 2), SVSM_INVALID_ADDRESS, "saved state twice");
    expect_equal(create(VMSA_PAGE, area, 2), SVSM_INVALID_ADDRESS, "an area twice");
}

static void test_delete(void)
{
    expect_call(DELETE, VMSA_PAGE, SVSM_INVALID_PARAMETER, "what is no saved state");
    expect_call(DELETE, VMSA_PAGE + 1, SVSM_INVALID_PARAMETER, "half a page");
    expect_call(DELETE, 0, SVSM_INVALID_PARAMETER, "page 0");
    expect_call(DELETE, secrets()->svsm_base, SVSM_INVALID_PARAMETER, "an SVSM page");
    expect_call(DELETE, UINT64_MAX, SVSM_INVALID_PARAMETER, "the last byte");
    expect_call(DELETE, processor_area(1), SVSM_INVALID_PARAMETER, "an area");
}

static volatile uint64_t go_on, begun;

static void spin(uint64_t argument)
{
    begun = argument;
    while (go_on == 0)
        relax();
}

/* A processor that runs can not be deleted; one that has halted can, and its pages are free. */
static void test_delete_running(void)
{
    uint64_t result;

    go_on = 0;
    expect(start_processor(1, spin, 1), "a processor that runs");
    while (begun == 0)
        relax();
    test_taken_pages();
    expect_call(DELETE, processor_vmsa(1), SVSM_VCPU_IN_USE, "a processor that runs");
    go_on = 1;
    join_processor(1);
    do {
        result = svsm(DELETE, processor_vmsa(1), 0, 0);
        relax();
    } while (result == SVSM_VCPU_IN_USE); /* it is on its way into the halt */
    expect_equal(result, SVSM_SUCCESS, "a processor that has halted");
    expect_call(DELETE, processor_vmsa(1), SVSM_INVALID_PARAMETER, "the same again");
    *(volatile uint64_t *)processor_vmsa(1) = 7;
    expect_equal(pvalidate(processor_vmsa(1)), SVSM_SUCCESS, "its page is the guest's");
    expect_equal(pvalidate(processor_vmsa(1) | ENTRY_VALIDATE), SVSM_SUCCESS, "to use");
    expect_equal(pvalidate(processor_area(1)), SVSM_SUCCESS, "its area too");
    expect_equal(pvalidate(processor_area(1) | ENTRY_VALIDATE), SVSM_SUCCESS, "likewise");
    forget_processor(1);
}

static volatile uint64_t visits;

static void visit(uint64_t argument)
{
    expect_call(QUERY, 1, SVSM_SUCCESS, "a call of a new processor");
    visits += argument;
}

static void change_pages(uint64_t gpa)
{
    while (go_on == 0) {
        for (uint64_t at = gpa; at < gpa + 8 * PAGE; at += PAGE)
            expect_equal(pvalidate(at), SVSM_SUCCESS, "a page of a busy processor");
        for (uint64_t at = gpa; at < gpa + 8 * PAGE; at += PAGE)
            expect_equal(pvalidate(at | ENTRY_VALIDATE), SVSM_SUCCESS, "and back");
        relax();
    }
}

/* Processor 1 is created anew again and again, with its old pages and with new ones, while the
   others change pages in ranges of their own. */
static void test_come_and_go(unsigned processors)
{
    go_on = 0;
    for (unsigned i = 2; i < processors; i++)
        expect(start_processor(i, change_pages, SPARE + i * LARGE), "a busy processor");
    for (unsigned i = 0; i < ROUNDS; i++) {
        expect(start_processor(1, visit, 1), "a processor that comes and goes");
        join_processor(1);
    }
    go_on = 1;
    for (unsigned i = 2; i < processors; i++)
        join_processor(i);
    expect_equal(visits, ROUNDS, "visits");
}

/* Ends with the machine's word: a guest may not write saved state. */
static void test_write_state(void)
{
    go_on = 0;
    expect(start_processor(1, spin, 0), "a processor");
    print("guest: writes saved state\n");
    *(volatile uint64_t *)(processor_vmsa(1) + EFER_OFFSET) = 0;
    print("guest: not so: it could\n");
}

static void test_single(void)
{
    test_secrets();
    test_requests();
    test_remap();
    test_delete();
}

static void test_several(void)
{
    test_create_parameters();
    test_create_state();
    test_delete_running();
    test_come_and_go(4);
}

/* Calls to disturb: the host of the test chooses one. */
static void test_queries(void)
{
    for (unsigned i = 0; i < ROUNDS; i++)
        expect_call(QUERY, 1, SVSM_SUCCESS, "a query");
}

static const struct {
    const char *name;
    void (*run)(void);
} cases[] = {
    {"single", test_single},
    {"several", test_several},
    {"write-state", test_write_state},
    {"queries", test_queries},
};

int guest_main(const char *words)
{
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        if (same_text(words, cases[i].name)) {
            cases[i].run();
            return 0;
        }
    }
    return 1;
}
