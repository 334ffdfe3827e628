/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Trees that dtc would not write: the same thing twice, things where nobody looks, names and values
 * that are no text. Each starts from one small good system.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "manifest.h"
#include "tree.h"

#include <string.h>

static struct tree tree;
static struct manifest manifest;
static struct manifest_error error;

static void add_init(void)
{
    tree_open(&tree, "init");
    tree_text(&tree, "image", "init");
    tree_number(&tree, "priority", 63);
    tree_number(&tree, "stack", 0x1000);
    tree_number(&tree, "heap", 0);
    tree_text(&tree, "restart", "never");
}

/* Leaves the node "init" open, inside "servers", inside the root. */
static void start(void)
{
    tree_start(&tree);
    tree_open(&tree, "");
    tree_text(&tree, "compatible", "drupe,manifest-1");
    tree_number(&tree, "memory", 0x100000);
    tree_open(&tree, "servers");
    add_init();
}

static void close_nodes(unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        tree_close(&tree);
    }
}

static bool parse(void)
{
    return manifest_parse(tree.aligned, tree_finish(&tree), &manifest, &error);
}

static void refused(const char *node, const char *property, const char *reason)
{
    assert_false(parse());
    assert_string_equal(error.node, node);
    assert_string_equal(error.property, property);
    assert_string_equal(error.reason, reason);
}

static void test_good(void **state)
{
    (void)state;
    start();
    tree_nothing(&tree);
    close_nodes(3);
    assert_true(parse());
    assert_int_equal(manifest.server_count, 1);
}

static void test_property_twice(void **state)
{
    (void)state;
    start();
    tree_number(&tree, "stack", 0x2000);
    close_nodes(3);
    refused("/servers/init", "stack", "this property is there twice");
}

static void test_node_twice(void **state)
{
    (void)state;
    start();
    close_nodes(2);
    tree_open(&tree, "servers");
    close_nodes(2);
    refused("/servers", "", "this node is there twice");
    start();
    close_nodes(1);
    add_init();
    close_nodes(3);
    refused("/servers/init", "", "this name is there twice");
}

static void test_property_behind_a_child(void **state)
{
    (void)state;
    start();
    tree_open(&tree, "windows");
    tree_close(&tree);
    tree_text(&tree, "host-calls", "console");
    close_nodes(3);
    refused("/", "", "a property stands behind a child of its node");
    start();
    tree_open(&tree, "windows");
    tree_close(&tree);
    tree_nothing(&tree);
    tree_text(&tree, "host-calls", "console");
    close_nodes(3);
    refused("/", "", "a property stands behind a child of its node");
}

static void test_too_deep(void **state)
{
    (void)state;
    start();
    for (unsigned i = 0; i < 4; i++) {
        tree_open(&tree, "deeper");
    }
    close_nodes(7);
    refused("/", "", "nodes are nested too deep");
}

static void test_names_that_are_no_text(void **state)
{
    (void)state;
    start();
    close_nodes(1);
    tree_open(&tree, "\x1b[2J\xff");
    close_nodes(3);
    refused("/servers/?[2J?", "", "this is not a name ([a-z][a-z0-9.-]*, at most 31 characters)");
    start();
    tree_number(&tree, "\n", 1);
    close_nodes(3);
    refused("/servers/init", "?", "there is no property of this name here");
}

static void test_long_names(void **state)
{
    char name[1000];

    (void)state;
    memset(name, 'a', sizeof(name));
    name[sizeof(name) - 1] = 0;
    start();
    close_nodes(1);
    tree_open(&tree, name);
    close_nodes(3);
    assert_false(parse());
    assert_int_equal(strlen(error.node), sizeof(error.node) - 1);
    assert_memory_equal(error.node, ".../aaa", 7);
    start();
    tree_number(&tree, name, 1);
    close_nodes(3);
    assert_false(parse());
    assert_int_equal(strlen(error.property), sizeof(error.property) - 1);
}

static void test_values_that_are_no_text(void **state)
{
    static const struct {
        const char *bytes;
        size_t size;
    } values[] = {{"", 0}, {"blk", 3}, {"b\0k", 4}, {"blk\0", 5}};

    (void)state;
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        start();
        tree_close(&tree);
        tree_open(&tree, "disk");
        tree_bytes(&tree, "image", values[i].bytes, values[i].size);
        close_nodes(3);
        refused("/servers/disk", "image", "this has to be one string of at most 31 characters");
    }
}

static void test_host_calls_without_end(void **state)
{
    (void)state;
    start();
    tree_bytes(&tree, "host-calls", "console", 7);
    close_nodes(3);
    refused("/servers/init", "host-calls",
            "this is a list of \"console\" and \"guest-request\", each once");
}

static void test_number_sizes(void **state)
{
    static const uint8_t big[12] = {0, 0, 0, 1};

    (void)state;
    for (size_t size = 0; size <= sizeof(big); size++) {
        start();
        tree_bytes(&tree, "watchdog-ms", big, size);
        close_nodes(3);
        assert_int_equal(parse(), size == 4);
        assert_string_equal(error.property, size == 4 ? "" : "watchdog-ms");
    }
}

static void test_other_versions(void **state)
{
    (void)state;
    start();
    close_nodes(3);
    tree.version = 16;
    refused("/", "", "the tree is not of version 17");
}

static void test_no_root_in_front(void **state)
{
    (void)state;
    tree_start(&tree);
    refused("/", "", "the tree does not begin with its root");
    tree_start(&tree);
    tree_nothing(&tree);
    tree_open(&tree, "");
    tree_close(&tree);
    refused("/", "", "the tree does not begin with its root");
}

static void test_unclosed(void **state)
{
    (void)state;
    for (unsigned closed = 0; closed < 6; closed++) {
        start();
        close_nodes(closed);
        assert_int_equal(parse(), closed == 3);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),
        cmocka_unit_test(test_property_twice),
        cmocka_unit_test(test_node_twice),
        cmocka_unit_test(test_property_behind_a_child),
        cmocka_unit_test(test_too_deep),
        cmocka_unit_test(test_names_that_are_no_text),
        cmocka_unit_test(test_long_names),
        cmocka_unit_test(test_values_that_are_no_text),
        cmocka_unit_test(test_host_calls_without_end),
        cmocka_unit_test(test_number_sizes),
        cmocka_unit_test(test_other_versions),
        cmocka_unit_test(test_no_root_in_front),
        cmocka_unit_test(test_unclosed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
