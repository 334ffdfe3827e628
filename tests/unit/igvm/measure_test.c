/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Launch digests against vectors that three other programs agree on: the public one (V0), single
 * events (V1), every step of the full example (V2), the same with its inserts moved, in both
 * orders (V3), and TDX (V4).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "examples.h"
#include "igvm/sha384.h"
#include "igvm/writer.h"

#include <stdio.h>
#include <string.h>

static uint8_t bytes[EXAMPLE_ROOM];

static const char *hex(const uint8_t *digest)
{
    static char text[2 * IGVM_DIGEST_SIZE + 1];

    for (size_t i = 0; i < IGVM_DIGEST_SIZE; i++) {
        snprintf(text + 2 * i, 3, "%02x", digest[i]);
    }
    return text;
}

struct step {
    enum igvm_page_type type;
    uint64_t gpa;
    const char *digest;
};

/* Runs a launch; compares each step if there are steps, returns the last digest. */
static const char *snp_digest(size_t size, struct igvm_launch launch, const struct step *steps)
{
    struct igvm_sha384 state;
    struct igvm_hash hash = igvm_sha384_hash(&state);
    uint8_t digest[IGVM_DIGEST_SIZE] = {0};
    struct igvm_file file;
    struct igvm_events events;
    struct igvm_event event;

    assert_true(igvm_open(&file, bytes, size, NULL));
    launch.mask = igvm_platform_mask(&file, IGVM_SEV_SNP);
    igvm_events_start(&events, &file, &launch);
    while (igvm_events_next(&events, &event)) {
        igvm_snp_extend(digest, &event, &hash);
        if (steps != NULL) {
            assert_int_equal(event.type, steps->type);
            assert_int_equal(event.gpa, steps->gpa);
            assert_string_equal(hex(digest), steps->digest);
            steps++;
        }
    }
    if (steps != NULL) {
        assert_null(steps->digest);
    }
    return hex(digest);
}

static const char *tdx_digest(size_t size)
{
    struct igvm_sha384 state;
    struct igvm_hash hash = igvm_sha384_hash(&state);
    uint8_t digest[IGVM_DIGEST_SIZE];
    struct igvm_file file;
    struct igvm_events events;
    struct igvm_event event;

    assert_true(igvm_open(&file, bytes, size, NULL));
    igvm_events_start(&events, &file,
                      &(struct igvm_launch){.mask = igvm_platform_mask(&file, IGVM_TDX)});
    hash.start(hash.context);
    while (igvm_events_next(&events, &event)) {
        igvm_tdx_extend(&event, &hash);
    }
    hash.finish(hash.context, digest);
    return hex(digest);
}

static void test_v0_pages(void **state)
{
    (void)state;
    assert_string_equal(snp_digest(example_pages(bytes), (struct igvm_launch){0}, NULL),
                        "889a19386c82e2219bded3e92a764e8c00c29b966d04a662bca6cfdfec647b90"
                        "51995653390783846557913263d71c4f");
}

static void test_v1_single_events(void **state)
{
    static uint8_t ones[IGVM_PAGE_SIZE];
    const struct {
        struct igvm_event event;
        const char *digest;
    } rows[] = {
        {{IGVM_EVENT_NORMAL, 0, 0, NULL},
         "9d13634b6014bb21cf059b2dc694e7bff01a8a7137041100cd2b695f3d10fb68"
         "7267b97808b27f8f471d943bc6f53a20"},
        {{IGVM_EVENT_ZERO, 0, 0, NULL},
         "70c0ecaab9608f14ebf8ac6f0f07bcd8728f4e2ab30382b539b4de4de904ca9f"
         "8ebdf4b2cd3cd84dd996bd55dd794676"},
        {{IGVM_EVENT_NORMAL, 0, 0x1000, ones},
         "40ac0ab4eec77b9ab09861a824fc2bc47ce641c3dededac037a91eaff09ec823"
         "665e001fe2765b49dc7244c5a9684463"},
    };
    struct igvm_sha384 room;
    struct igvm_hash hash = igvm_sha384_hash(&room);

    (void)state;
    memset(ones, 0xFF, sizeof(ones));
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint8_t digest[IGVM_DIGEST_SIZE] = {0};
        igvm_snp_extend(digest, &rows[i].event, &hash);
        assert_string_equal(hex(digest), rows[i].digest);
    }
}

static const struct step v2_steps[] = {
    {IGVM_EVENT_UNMEASURED, 0x08010000,
     "1a7f0eb4d2d56c2ce4d38eaa3453d9a4d08179b802cb8ffd91ed5277e5d90e34"
     "aef914458c7373a09693978b1acd2d78"},
    {IGVM_EVENT_UNMEASURED, 0x08011000,
     "d195214abc4fabc00c4f2096fece9b204a4c76b3056c55d36a2b8a6ab85155f7"
     "da4a34ff4d69effd20b8ef7f6b2799ad"},
    {IGVM_EVENT_NORMAL, 0x08000000,
     "e01fc2193ddb85f9e6f10cf6cefad9478748d8a7bed513e65fc0329d582a18b5"
     "1c71c56dea307214e611a160432bbe80"},
    {IGVM_EVENT_NORMAL, 0x08001000,
     "714d8939bfee58cd1a036ca229ba5055067fd3083528959ffa758071dc34f022"
     "37b9d41627a444d957674e8ed890229b"},
    {IGVM_EVENT_UNMEASURED, 0x08002000,
     "0445f28e30e119ff1fc508adb33ce8c7615bd7d1bcf84976acae5212cf506e48"
     "65c3b0ff6ae3adf1280477467f2c72bb"},
    {IGVM_EVENT_CPUID, 0x08003000,
     "0182b14dae110d42111075ee14290e6cb08fc733e593615fcf3e0223a66fe1a1"
     "4896c0bf36bbff9547d4320a01cd7ff1"},
    {IGVM_EVENT_SECRETS, 0x08004000,
     "2ea843f4ea9fab76852632d394af96ac6da33a42089bc01125cfb1c131c3f29f"
     "6f1870b7c309890cadc249982927279b"},
    {IGVM_EVENT_VMSA, 0xFFFFFFFFF000,
     "03f633826a2c0f719d4cfc35efabe3007c407925573fa9c50ad267fd86683928"
     "887ff91f890c02d5698f145bc22b24e8"},
    {0, 0, NULL},
};

static void test_v2_every_step(void **state)
{
    size_t size = example_full(bytes, &(struct full_options){0});

    (void)state;
    snp_digest(size, (struct igvm_launch){0}, v2_steps);
    snp_digest(size, (struct igvm_launch){.order = IGVM_ORDER_QEMU}, v2_steps);
    assert_string_equal(snp_digest(size, (struct igvm_launch){.native_zero = true}, NULL),
                        "968b9e4418999e7e4fbcbe1b4ae3e21d0791c7494e64845d60cf5f78cf28c4fa"
                        "e633b37f590dfc4a57d175aeb3fc8e01");
}

static void test_v3_order(void **state)
{
    size_t size = example_full(bytes, &(struct full_options){.late_inserts = true});

    (void)state;
    assert_string_equal(snp_digest(size, (struct igvm_launch){0}, NULL),
                        "a12cb316250f5b9358d538cfb0ac9a3f1aaa45dacd4e11ede72f247c26d1a5b2"
                        "daa91da6a0ab3f83c4fb94346f8f9d60");
    assert_string_equal(snp_digest(size, (struct igvm_launch){.order = IGVM_ORDER_QEMU}, NULL),
                        "05b07d5ecf87904be15b0c5c64d536171b9f7d9c0b92e16f974673a9668d3b24"
                        "b47661369d44b285e911c70941659df4");
}

static void test_v4_tdx(void **state)
{
    (void)state;
    assert_string_equal(tdx_digest(example_full(bytes, &(struct full_options){0})),
                        "33e91dfda03ed6213cfbbd97bebd175422671f6d18aa45445d02a76816e57885"
                        "c3378f77f929f16d9af88059f2c81893");
    assert_string_equal(
        tdx_digest(example_full(bytes, &(struct full_options){.second_area = 0x2000})),
        "923aecb1945a2eed3821807d7af0a983170f55a01c549922c0b3c286f4acfd6c"
        "a6f46099cfc28fcc9d8218a829885fdf");
}

static void test_inserts_of_several_pages(void **state)
{
    (void)state;
    assert_string_equal(
        snp_digest(example_full(bytes, &(struct full_options){.second_area = 0x2000}),
                   (struct igvm_launch){0}, NULL),
        "83b3643741d1a96b0a846a1285457be345eb5b1ae9e2a36ab2683ad701566ee5"
        "aff20dd65db92c8bda14f51dba356929");
}

/* Both orders measure the other CPUs last, in reset state, where the first one's VMSA is. */
static void test_more_cpus(void **state)
{
    struct igvm_file file;
    struct igvm_events events;
    struct igvm_event event;
    struct igvm_vmsa reset;
    size_t size = example_full(bytes, &(struct full_options){0});
    unsigned in_reset = 0;

    (void)state;
    assert_true(igvm_open(&file, bytes, size, NULL));
    igvm_vmsa_reset(&reset, 1, IGVM_EPYC_SIGNATURE);
    for (int order = IGVM_ORDER_FILE; order <= IGVM_ORDER_QEMU; order++) {
        igvm_events_start(&events, &file,
                          &(struct igvm_launch){.mask = FULL_SNP_MASK,
                                                .order = (enum igvm_order)order,
                                                .vcpus = 3,
                                                .cpu_signature = IGVM_EPYC_SIGNATURE});
        for (unsigned number = 0; igvm_events_next(&events, &event); number++) {
            if (number >= 8) {
                assert_int_equal(event.type, IGVM_EVENT_VMSA);
                assert_int_equal(event.offset, 0);
                assert_int_equal(event.gpa, IGVM_KVM_VMSA_GPA);
                assert_memory_equal(event.contents, &reset, sizeof(reset));
                in_reset++;
            }
        }
    }
    assert_int_equal(in_reset, 4);
}

static void test_vmsa_elsewhere(void **state)
{
    static const struct igvm_launch file_order = {.vmsa_gpa = 0x08FFF000};
    static const struct igvm_launch qemu_order = {.vmsa_gpa = 0x08FFF000, .order = IGVM_ORDER_QEMU};
    size_t size = example_full(bytes, &(struct full_options){0});
    char moved[2 * IGVM_DIGEST_SIZE + 1];

    (void)state;
    strcpy(moved, snp_digest(size, file_order, NULL));
    assert_string_equal(snp_digest(size, qemu_order, NULL), moved);
    assert_string_not_equal(moved, v2_steps[7].digest);
}

/* Two pages and an insert behind them; returns whether QEMU measures the insert first. */
static bool insert_comes_first(const struct igvm_page_data *second, bool with_data)
{
    static uint8_t headers[1024];
    static uint8_t data[2 * IGVM_PAGE_SIZE];
    struct igvm_writer writer;
    struct igvm_file file;
    struct igvm_events events;
    struct igvm_event event[3];

    igvm_writer_start(&writer, &(struct igvm_writer_memory){headers, sizeof(headers), data,
                                                            sizeof(data), NULL, 0});
    igvm_add(
        &writer, IGVM_SUPPORTED_PLATFORM,
        &(struct igvm_platform){.mask = 1, .platform_type = IGVM_SEV_SNP, .platform_version = 1});
    igvm_add(&writer, IGVM_PARAMETER_AREA, &(struct igvm_parameter_area){IGVM_PAGE_SIZE, 0, 0});
    igvm_add_data(&writer, IGVM_PAGE_DATA, &(struct igvm_page_data){.gpa = 0x1000, .mask = 1},
                  (struct igvm_blob){"a", 1});
    igvm_add_data(&writer, IGVM_PAGE_DATA, second, (struct igvm_blob){"b", with_data ? 1 : 0});
    igvm_add(&writer, IGVM_PARAMETER_INSERT, &(struct igvm_parameter_insert){0x9000, 1, 0});
    assert_true(igvm_finish(&writer, bytes, sizeof(bytes), NULL));
    assert_true(igvm_open(&file, bytes, igvm_writer_size(&writer), NULL));
    igvm_events_start(&events, &file, &(struct igvm_launch){.mask = 1, .order = IGVM_ORDER_QEMU});
    for (unsigned i = 0; i < 3; i++) {
        assert_true(igvm_events_next(&events, &event[i]));
    }
    assert_int_equal(event[2].gpa, second->gpa);
    return event[0].gpa == 0x9000 && event[1].gpa == 0x1000;
}

/* A run goes on while pages are adjacent and alike in everything. */
static void test_what_makes_a_run(void **state)
{
    (void)state;
    assert_true(insert_comes_first(&(struct igvm_page_data){.gpa = 0x2000, .mask = 1}, true));
    assert_false(insert_comes_first(&(struct igvm_page_data){.gpa = 0x3000, .mask = 1}, true));
    assert_false(insert_comes_first(&(struct igvm_page_data){.gpa = 0x2000, .mask = 3}, true));
    assert_false(insert_comes_first(&(struct igvm_page_data){.gpa = 0x2000, .mask = 1}, false));
    assert_false(insert_comes_first(
        &(struct igvm_page_data){.gpa = 0x2000, .mask = 1, .flags = IGVM_PAGE_UNMEASURED}, true));
    assert_false(insert_comes_first(
        &(struct igvm_page_data){.gpa = 0x2000, .mask = 1, .data_type = IGVM_DATA_SECRETS}, true));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_v0_pages),         cmocka_unit_test(test_v1_single_events),
        cmocka_unit_test(test_v2_every_step),    cmocka_unit_test(test_v3_order),
        cmocka_unit_test(test_v4_tdx),           cmocka_unit_test(test_inserts_of_several_pages),
        cmocka_unit_test(test_more_cpus),        cmocka_unit_test(test_vmsa_elsewhere),
        cmocka_unit_test(test_what_makes_a_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
