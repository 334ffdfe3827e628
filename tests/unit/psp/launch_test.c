/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The launch: policies, page types, the digest against published vectors, secrets, CPUID pages.
 */
#include "cpuid_page.h"
#include "fixture.h"

#include <stdio.h>

static uint8_t page[PSP_PAGE];

static int fresh(void **state)
{
    (void)state;
    guest_fresh("", 3);
    memset(page, 0, sizeof(page));
    return 0;
}

static int launching(void **state)
{
    fresh(state);
    return (int)guest_launch_start(&guest, POLICY);
}

static void digest_is(const char *hex)
{
    char text[97];

    for (unsigned i = 0; i < 48; i++)
        snprintf(text + 2 * i, 3, "%02x", guest.digest[i]);
    assert_string_equal(text, hex);
}

static void launch(enum psp_page_type type, uint64_t gpa)
{
    assert_int_equal(guest_launch_page(&guest, type, gpa, page), PSP_OK);
}

static void policies(void **state)
{
    static const struct {
        uint64_t policy;
        uint32_t status;
    } cases[] = {
        {0x30000, PSP_OK},
        {0xB0000, PSP_OK},             /* debug allowed */
        {0x30137, PSP_OK},             /* the API we are */
        {0x30138, PSP_POLICY_FAILURE}, /* a newer one */
        {0x30200, PSP_POLICY_FAILURE},
        {0x20000, PSP_POLICY_FAILURE}, /* no SMT, but it is on */
        {0x130000, PSP_OK},            /* one socket */
        {0x430000, PSP_POLICY_FAILURE},
        {0x830000, PSP_POLICY_FAILURE},
        {0x1030000, PSP_POLICY_FAILURE},
        {0x2030000, PSP_OK},
        {0x10000, PSP_INVALID_PARAM}, /* bit 17 must be one */
        {0x4030000, PSP_INVALID_PARAM},
        {0x8000000000030000, PSP_INVALID_PARAM},
    };

    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        fresh(state);
        assert_int_equal(guest_launch_start(&guest, cases[i].policy), cases[i].status);
    }
}

static void order_of_commands(void **state)
{
    struct psp_launch_finish finish = {0};

    (void)state;
    assert_int_equal(guest_launch_page(&guest, PSP_PAGE_NORMAL, 0, page), PSP_INVALID_GUEST_STATE);
    assert_int_equal(guest_launch_finish(&guest, &finish), PSP_INVALID_GUEST_STATE);
    assert_int_equal(guest_message(&guest, page, page), PSP_INVALID_GUEST_STATE);
    assert_int_equal(guest_launch_start(&guest, POLICY), PSP_OK);
    assert_int_equal(guest_launch_start(&guest, POLICY), PSP_INVALID_GUEST_STATE);
    assert_int_equal(guest_message(&guest, page, page), PSP_INVALID_GUEST_STATE);
    assert_int_equal(guest_launch_finish(&guest, &finish), PSP_OK);
    assert_int_equal(guest_launch_page(&guest, PSP_PAGE_NORMAL, 0, page), PSP_INVALID_GUEST_STATE);
    assert_int_equal(guest_launch_finish(&guest, &finish), PSP_INVALID_GUEST_STATE);
}

static void refused_pages_are_not_measured(void **state)
{
    uint8_t before[SHA384_SIZE];

    (void)state;
    memcpy(before, guest.digest, sizeof(before));
    assert_int_equal(guest_launch_page(&guest, 0, 0, page), PSP_INVALID_PARAM);
    assert_int_equal(guest_launch_page(&guest, 7, 0, page), PSP_INVALID_PARAM);
    assert_int_equal(guest_launch_page(&guest, PSP_PAGE_NORMAL, 0x800, page), PSP_INVALID_ADDRESS);
    assert_memory_equal(guest.digest, before, sizeof(before));
}

static void digest_of_single_pages(void **state)
{
    launch(PSP_PAGE_NORMAL, 0);
    digest_is("9d13634b6014bb21cf059b2dc694e7bff01a8a7137041100cd2b695f3d10fb687267b97808b27f8f"
              "471d943bc6f53a20");
    launching(state);
    memset(page, 0x77, sizeof(page));
    launch(PSP_PAGE_ZERO, 0);
    assert_int_equal(page[0] | page[4095], 0);
    digest_is("70c0ecaab9608f14ebf8ac6f0f07bcd8728f4e2ab30382b539b4de4de904ca9f8ebdf4b2cd3cd84d"
              "d996bd55dd794676");
    launching(state);
    memset(page, 0xFF, sizeof(page));
    launch(PSP_PAGE_NORMAL, 0x1000);
    assert_int_equal(page[0] & page[4095], 0xFF);
    digest_is("40ac0ab4eec77b9ab09861a824fc2bc47ce641c3dededac037a91eaff09ec823665e001fe2765b49"
              "dc7244c5a9684463");
}

/* The launch that openvmm publishes with its digest. */
static void digest_of_many_pages(void **state)
{
    (void)state;
    page[1] = 5;
    launch(PSP_PAGE_NORMAL, 0);
    page[1] = 0;
    for (uint64_t i = 1; i < 5; i++)
        launch(PSP_PAGE_NORMAL, i * PSP_PAGE);
    for (uint64_t i = 5; i < 10; i++)
        launch(PSP_PAGE_UNMEASURED, i * PSP_PAGE);
    page[1] = 5;
    launch(PSP_PAGE_NORMAL, 10 * PSP_PAGE);
    digest_is("889a19386c82e2219bded3e92a764e8c00c29b966d04a662bca6cfdfec647b905199565339078384"
              "6557913263d71c4f");
}

static void secrets_page(void **state)
{
    (void)state;
    memset(page, 0x77, sizeof(page));
    launch(PSP_PAGE_SECRETS, 0x1000);
    assert_int_equal(page[0], 3);
    assert_memory_equal(page + 0x20, guest.vmpck, 128);
    for (unsigned a = 0; a < VMPCKS; a++)
        for (unsigned b = a + 1; b < VMPCKS; b++)
            assert_memory_not_equal(page + 0x20 + 32 * a, page + 0x20 + 32 * b, 32);
    for (unsigned i = 0xA0; i < PSP_PAGE; i++)
        assert_int_equal(page[i], 0);
}

static struct cpuid_page *honest_page(void)
{
    static const uint32_t leaves[] = {0, 1, 7, 0xD, 0x80000000, 0x80000001, 0x8000001F};
    struct cpuid_page *table = (struct cpuid_page *)(void *)page;

    memset(table, 0, sizeof(*table));
    for (unsigned i = 0; i < sizeof(leaves) / sizeof(leaves[0]); i++) {
        table->entries[i].leaf = leaves[i];
        table->entries[i].value = fixture_cpuid(leaves[i], 0);
        table->count++;
    }
    return table;
}

static void cpuid_page_honest(void **state)
{
    struct cpuid_page *table = honest_page();
    uint8_t before[PSP_PAGE];

    (void)state;
    table->entries[1].value.ebx = 0x03040506;          /* APIC id and the like: free */
    table->entries[1].value.ecx = 1u << 31 | 1u << 21; /* emulated by the host: free */
    table->entries[2].value.ebx = 0;                   /* less than there is */
    table->entries[0].value.eax = 0xB;
    table->entries[7].leaf = 0x40000000;
    table->entries[7].value.eax = 0xFFFFFFFF;
    table->count++;
    memcpy(before, page, sizeof(before));
    launch(PSP_PAGE_CPUID, 0x1000);
    assert_memory_equal(page, before, sizeof(before));
}

static void cpuid_page_too_much(void **state)
{
    uint8_t before[SHA384_SIZE];
    struct cpuid_page *table = honest_page();

    (void)state;
    memcpy(before, guest.digest, sizeof(before));
    table->entries[0].value.eax = 0x20;       /* more leaves */
    table->entries[1].value.edx = 0xFFFFFFFF; /* more features */
    table->entries[6].value.ebx = 0x80004033; /* another C-bit */
    assert_int_equal(guest_launch_page(&guest, PSP_PAGE_CPUID, 0x1000, page), PSP_INVALID_PARAM);
    assert_memory_equal(guest.digest, before, sizeof(before));
    assert_int_equal(table->entries[0].value.eax, 0xD);
    assert_int_equal(table->entries[1].value.edx, 0x178BFBFF);
    assert_int_equal(table->entries[6].value.ebx, 0x80004073);
    launch(PSP_PAGE_CPUID, 0x1000); /* as corrected, it goes through */
}

static void cpuid_page_malformed(void **state)
{
    struct cpuid_page *table = honest_page();

    (void)state;
    table->count = 65;
    assert_int_equal(guest_launch_page(&guest, PSP_PAGE_CPUID, 0, page), PSP_INVALID_PARAM);
    table = honest_page();
    table->reserved = 1;
    assert_int_equal(guest_launch_page(&guest, PSP_PAGE_CPUID, 0, page), PSP_INVALID_PARAM);
    table = honest_page();
    table->entries[3].reserved = 1;
    assert_int_equal(guest_launch_page(&guest, PSP_PAGE_CPUID, 0, page), PSP_INVALID_PARAM);
}

static void status_names(void **state)
{
    (void)state;
    assert_string_equal(psp_status_name(PSP_BAD_MEASUREMENT), "BAD_MEASUREMENT");
    assert_string_equal(psp_status_name(0xABCD), "unknown status");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(policies, fresh),
        cmocka_unit_test_setup(order_of_commands, fresh),
        cmocka_unit_test_setup(refused_pages_are_not_measured, launching),
        cmocka_unit_test_setup(digest_of_single_pages, launching),
        cmocka_unit_test_setup(digest_of_many_pages, launching),
        cmocka_unit_test_setup(secrets_page, launching),
        cmocka_unit_test_setup(cpuid_page_honest, launching),
        cmocka_unit_test_setup(cpuid_page_too_much, launching),
        cmocka_unit_test_setup(cpuid_page_malformed, launching),
        cmocka_unit_test(status_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
