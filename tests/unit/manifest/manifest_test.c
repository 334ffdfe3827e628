/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a good manifest becomes, and what becomes of damaged ones.
 *
 * The trees are those of full.dts and of the system itself, compiled by dtc and named on the
 * command line. Damage is every truncation, every flipped bit and many seeded changes; the fuzzer's
 * oracle judges each.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "manifest.h"
#include "mutate.h"
#include "oracle.h"

#include <stdio.h>
#include <string.h>

#define ROOM 16384u

static union {
    uint64_t aligned;
    uint8_t bytes[ROOM];
} full, console, work;
static size_t full_size;
static size_t console_size;
static struct manifest manifest;
static struct manifest_error error;

static const struct manifest_server *server(const char *name)
{
    int index = manifest_find_server(&manifest, name);

    assert_true(index >= 0);
    return &manifest.servers[index];
}

static int parse_full(void **state)
{
    (void)state;
    assert_true(manifest_parse(full.bytes, full_size, &manifest, &error));
    assert_string_equal(error.reason, "");
    return 0;
}

static void test_servers(void **state)
{
    const struct manifest_server *disk = server("disk");
    const struct manifest_server *agent = server("agent");

    (void)state;
    assert_int_equal(manifest.server_count, 4);
    assert_ptr_equal(server("init"), &manifest.servers[manifest.init]);
    assert_int_equal(manifest_find_server(&manifest, "dis"), -1);
    assert_string_equal(disk->image, "blk");
    assert_int_equal(disk->priority, 40);
    assert_int_equal(disk->stack, 0x2000);
    assert_int_equal(disk->heap, 0x8000);
    assert_int_equal(disk->restart, MANIFEST_RESTART_ALWAYS);
    assert_int_equal(disk->restart_delay_ms, 10);
    assert_int_equal(disk->restart_delay_max_ms, 1000);
    assert_int_equal(disk->restart_limit, 5);
    assert_int_equal(disk->watchdog_ms, 250);
    assert_int_equal(disk->shared_pages, 16);
    assert_false(disk->fail_closed);
    assert_true(server("stage.two-1")->fail_closed);
    assert_int_equal(server("stage.two-1")->restart, MANIFEST_RESTART_NEVER);
    assert_int_equal(agent->restart, MANIFEST_RESTART_ONCE);
    assert_int_equal(agent->host_calls, MANIFEST_HOST_CONSOLE | MANIFEST_HOST_GUEST_REQUEST);
}

static void test_grants(void **state)
{
    const struct manifest_server *disk = server("disk");
    const struct manifest_server *agent = server("agent");

    (void)state;
    assert_int_equal(disk->window_count, 1);
    assert_string_equal(disk->windows[0].name, "registers");
    assert_int_equal(disk->windows[0].address, UINT64_C(0x1feb00000));
    assert_int_equal(disk->windows[0].size, 0x2000);
    assert_int_equal(disk->interrupt_count, 1);
    assert_string_equal(disk->interrupts[0].name, "registers");
    assert_int_equal(disk->interrupts[0].line, 16);
    assert_int_equal(agent->pipe_count, 1);
    assert_string_equal(agent->pipes[0].name, "broker");
    assert_int_equal(agent->pipes[0].first_port, 0x3e8);
    assert_int_equal(agent->pipes[0].ports, 8);
    assert_int_equal(agent->protocol_count, 2);
    assert_int_equal(agent->protocols[0].number, 1);
    assert_true(agent->protocols[0].page_calls == (UINT64_C(1) << 63 | 9));
    assert_int_equal(agent->protocols[1].number, 7);
    assert_int_equal(agent->protocols[1].page_calls, 0);
}

static void test_channels_and_regions(void **state)
{
    const struct manifest_channel *first = &manifest.channels[0];
    const struct manifest_channel *second = &manifest.channels[1];

    (void)state;
    assert_int_equal(manifest.channel_count, 2);
    assert_string_equal(first->name, "agent-disk");
    assert_int_equal(first->message, 0x1000);
    assert_int_equal(first->rings[MANIFEST_CALLER], 0x4000);
    assert_int_equal(first->rings[MANIFEST_CALLEE], 0x1000);
    assert_ptr_equal(&manifest.servers[first->ends[MANIFEST_CALLER].server], server("agent"));
    assert_ptr_equal(&manifest.servers[first->ends[MANIFEST_CALLEE].server], server("disk"));
    assert_string_equal(first->ends[MANIFEST_CALLER].name, "storage");
    assert_string_equal(first->ends[MANIFEST_CALLEE].name, "client");
    assert_false(first->ends[MANIFEST_CALLER].notified);
    assert_true(first->ends[MANIFEST_CALLEE].notified);
    assert_true(second->ends[MANIFEST_CALLER].notified);
    assert_int_equal(manifest.region_count, 2);
    assert_int_equal(manifest.regions[0].size, 0x3000);
    assert_int_equal(manifest.regions[0].users[0].rights, MANIFEST_READ | MANIFEST_WRITE);
    assert_int_equal(manifest.regions[1].users[1].rights, MANIFEST_READ | MANIFEST_EXECUTE);
}

static void test_sums(void **state)
{
    uint64_t overhead = (uint64_t)MANIFEST_OVERHEAD * 4096;

    (void)state;
    assert_int_equal(manifest_channel_bytes(&manifest.channels[0]), 0x1000 + 0x4000 + 0x2000);
    assert_int_equal(manifest_channel_bytes(&manifest.channels[1]), 0);
    assert_int_equal(manifest_server_bytes(server("disk")), overhead + 0x2000 + 0x8000 + 0x10000);
    assert_int_equal(manifest_server_bytes(server("agent")), overhead + 0x8000 + 0x40000 + 0x1000);
    assert_int_equal(manifest_bytes(&manifest), 4 * overhead + 0x4000 + 0x1000 + 0x1a000 + 0x48000 +
                                                    0x1000 + 0x1000 + 0x7000 + 0x4000);
}

static void test_console_is_given_by_one_manifest_only(void **state)
{
    (void)state;
    assert_true(manifest_parse(console.bytes, console_size, &manifest, &error));
    for (uint32_t i = 0; i < manifest.server_count; i++) {
        bool may = i == manifest.init || strcmp(manifest.servers[i].name, "log") == 0;
        assert_int_equal(manifest.servers[i].host_calls, may ? MANIFEST_HOST_CONSOLE : 0);
    }
    assert_int_equal(server("vtpm")->protocols[0].number, 2);
    parse_full(NULL);
}

static void test_truncated(void **state)
{
    (void)state;
    assert_true(oracle_check(full.bytes, full_size));
    for (size_t size = 0; size < full_size; size++) {
        assert_false(oracle_check(full.bytes, size));
    }
}

static void test_every_flipped_bit(void **state)
{
    unsigned accepted = 0;

    (void)state;
    memcpy(work.bytes, full.bytes, full_size);
    for (size_t i = 0; i < full_size; i++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            work.bytes[i] ^= (uint8_t)(1u << bit);
            accepted += oracle_check(work.bytes, full_size);
            work.bytes[i] ^= (uint8_t)(1u << bit);
        }
    }
    /* Other addresses, sizes and names may be right as well, most changes are not. */
    assert_in_range(accepted, 1, 2 * full_size);
}

static void test_seeded_changes(void **state)
{
    unsigned accepted = 0;

    (void)state;
    for (unsigned seed = 0; seed < 20000; seed++) {
        memcpy(work.bytes, full.bytes, full_size);
        mutate_tree(work.bytes, full_size, seed);
        accepted += oracle_check(work.bytes, full_size);
    }
    assert_in_range(accepted, 100, 10000);
}

static void test_misplaced(void **state)
{
    static union {
        uint64_t aligned;
        uint8_t bytes[ROOM + 8];
    } room;

    (void)state;
    memcpy(room.bytes + 4, full.bytes, full_size);
    assert_false(manifest_parse(room.bytes + 4, full_size, &manifest, &error));
    assert_string_equal(error.node, "/");
    assert_false(manifest_parse(full.bytes, MANIFEST_BYTES + 1, &manifest, &error));
    assert_string_equal(error.reason, "the tree is larger than any manifest");
    parse_full(NULL);
}

static size_t load(const char *path, uint8_t *bytes)
{
    FILE *file = fopen(path, "rb");
    size_t size = file != NULL ? fread(bytes, 1, ROOM, file) : 0;

    if (size == 0 || size == ROOM) {
        fprintf(stderr, "%s: not there, or too large for this test\n", path);
        size = 0;
    }
    if (file != NULL) {
        fclose(file);
    }
    return size;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_servers),
        cmocka_unit_test(test_grants),
        cmocka_unit_test(test_channels_and_regions),
        cmocka_unit_test(test_sums),
        cmocka_unit_test(test_console_is_given_by_one_manifest_only),
        cmocka_unit_test(test_truncated),
        cmocka_unit_test(test_every_flipped_bit),
        cmocka_unit_test(test_seeded_changes),
        cmocka_unit_test(test_misplaced),
    };

    if (argc != 3) {
        return 2;
    }
    full_size = load(argv[1], full.bytes);
    console_size = load(argv[2], console.bytes);
    return full_size == 0 || console_size == 0 ||
           cmocka_run_group_tests(tests, parse_full, NULL) != 0;
}
