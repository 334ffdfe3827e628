/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ID blocks signed by OpenSSL: accepted whole, refused for every single thing that is off.
 */
#include "fixture.h"
#include "id_block.h"

static struct outside_key id_key, author_key;
static struct id_block block;
static struct id_auth auth;
static const uint8_t no_data[64];

static void sign_all(void)
{
    auth.id_key_algorithm = 1;
    auth.author_key_algorithm = 1;
    auth.id_key = id_key.public_key;
    auth.author_key = author_key.public_key;
    outside_sign(&id_key, &block, sizeof(block), &auth.block_signature);
    outside_sign(&author_key, &auth.id_key, sizeof(auth.id_key), &auth.id_key_signature);
}

static int launching(void **state)
{
    static uint8_t page[PSP_PAGE];

    (void)state;
    guest_fresh("", 3);
    if (guest_launch_start(&guest, POLICY) != PSP_OK ||
        guest_launch_page(&guest, PSP_PAGE_NORMAL, 0, page) != PSP_OK)
        return 1;
    block = (struct id_block){.version = 1, .guest_svn = 7, .policy = POLICY};
    memcpy(block.digest, guest.digest, sizeof(block.digest));
    memset(block.family_id, 0xF1, sizeof(block.family_id));
    memset(block.image_id, 0x11, sizeof(block.image_id));
    memset(&auth, 0, sizeof(auth));
    sign_all();
    return 0;
}

static uint32_t finish(bool author)
{
    struct psp_launch_finish command = {.id_block = (const uint8_t *)&block,
                                        .id_auth = (const uint8_t *)&auth,
                                        .author_key = author};

    return guest_launch_finish(&guest, &command);
}

static void accepted(void **state)
{
    struct report report;
    uint8_t digest[48];

    (void)state;
    assert_int_equal(finish(true), PSP_OK);
    report_make(&guest, 0, no_data, &report);
    assert_int_equal(report.guest_svn, 7);
    assert_int_equal(report.key_info, 1);
    assert_int_equal(report.family_id[0], 0xF1);
    assert_int_equal(report.image_id[15], 0x11);
    crypto_sha384((struct crypto_bytes){&id_key.public_key, 0x404}, digest);
    assert_memory_equal(report.id_key_digest, digest, 48);
    crypto_sha384((struct crypto_bytes){&author_key.public_key, 0x404}, digest);
    assert_memory_equal(report.author_key_digest, digest, 48);
}

/* Without an author key its part of the page does not count. */
static void accepted_without_author(void **state)
{
    struct report report;

    (void)state;
    memset(&auth.id_key_signature, 0, sizeof(auth.id_key_signature));
    auth.author_key_algorithm = 0;
    assert_int_equal(finish(false), PSP_OK);
    report_make(&guest, 0, no_data, &report);
    assert_int_equal(report.key_info, 0);
    assert_memory_equal(report.author_key_digest, (uint8_t[48]){0}, 48);
}

/* A refusal leaves the launch open and no trace of the block. */
static void refused(bool author, uint32_t status)
{
    assert_int_equal(finish(author), status);
    assert_int_equal(guest.state, GUEST_LAUNCH);
    assert_int_equal(guest.guest_svn, 0);
    assert_memory_equal(guest.id_key_digest, (uint8_t[48]){0}, 48);
    assert_int_equal(launching(NULL), 0);
}

static void other_contents(void **state)
{
    (void)state;
    block.digest[47] ^= 1;
    sign_all();
    refused(true, PSP_BAD_MEASUREMENT);
    block.policy |= 1ull << 19;
    sign_all();
    refused(true, PSP_POLICY_FAILURE);
    block.version = 2;
    sign_all();
    refused(true, PSP_INVALID_PARAM);
}

static void broken_signatures(void **state)
{
    (void)state;
    block.guest_svn++;
    refused(true, PSP_BAD_SIGNATURE);
    auth.block_signature.r[0] ^= 1;
    refused(true, PSP_BAD_SIGNATURE);
    auth.block_signature.s[60] = 1;
    refused(true, PSP_BAD_SIGNATURE);
    memset(&auth.block_signature, 0, sizeof(auth.block_signature));
    refused(true, PSP_BAD_SIGNATURE);
    auth.id_key_signature.s[3] ^= 1;
    refused(true, PSP_BAD_SIGNATURE);
    auth.author_key = auth.id_key;
    refused(true, PSP_BAD_SIGNATURE);
}

static void broken_keys(void **state)
{
    (void)state;
    auth.id_key.x[5] ^= 1; /* no longer on the curve */
    refused(true, PSP_BAD_SIGNATURE);
    memset(auth.id_key.x, 0xFF, sizeof(auth.id_key.x));
    refused(true, PSP_BAD_SIGNATURE);
    memset(auth.id_key.x, 0, 72);
    memset(auth.id_key.y, 0, 72);
    refused(true, PSP_BAD_SIGNATURE);
    auth.id_key.curve = 1;
    refused(true, PSP_INVALID_PARAM);
    auth.id_key_algorithm = 2;
    refused(true, PSP_INVALID_PARAM);
    auth.author_key_algorithm = 0;
    refused(true, PSP_INVALID_PARAM);
    auth.author_key.curve = 0;
    refused(true, PSP_INVALID_PARAM);
}

static void block_without_authentication(void **state)
{
    struct psp_launch_finish command = {.id_block = (const uint8_t *)&block};

    (void)state;
    assert_int_equal(guest_launch_finish(&guest, &command), PSP_INVALID_PARAM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(accepted, launching),
        cmocka_unit_test_setup(accepted_without_author, launching),
        cmocka_unit_test_setup(other_contents, launching),
        cmocka_unit_test_setup(broken_signatures, launching),
        cmocka_unit_test_setup(broken_keys, launching),
        cmocka_unit_test_setup(block_without_authentication, launching),
    };
    int failed;

    id_key = outside_key_make();
    author_key = outside_key_make();
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    outside_key_free(&id_key);
    outside_key_free(&author_key);
    return failed;
}
