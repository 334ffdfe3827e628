/* SPDX-License-Identifier: BSD-2-Clause */
/* The restart policies, each from a server's first end on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <policy.h>

#define MS UINT64_C(1000) /* of the test's clock */

static struct manifest_server always(uint32_t limit)
{
    return (struct manifest_server){
        .restart = MANIFEST_RESTART_ALWAYS,
        .restart_delay_ms = 10,
        .restart_delay_max_ms = 50,
        .restart_limit = limit,
    };
}

static enum policy_verdict end(struct policy *p, const struct manifest_server *s, uint64_t lifetime)
{
    const struct policy_event event = {.now = 777 * MS, .per_ms = MS, .lifetime = lifetime};

    return policy_judge(p, s, &event);
}

static void backs_off(void **state)
{
    static const uint64_t delays[] = {10, 20, 40, 50, 50};
    struct manifest_server s = always(0);
    struct policy p = {0};

    (void)state;
    assert_int_equal(end(&p, &s, 5 * MS), POLICY_RESTART);
    for (unsigned i = 0; i < sizeof(delays) / sizeof(*delays); i++) {
        assert_int_equal(end(&p, &s, 5 * MS), POLICY_LATER);
        assert_int_equal(p.due, (777 + delays[i]) * MS);
    }
    assert_int_equal(end(&p, &s, 50 * MS + 1), POLICY_RESTART); /* it lived long enough */
    assert_int_equal(end(&p, &s, 50 * MS), POLICY_LATER);
    assert_int_equal(p.due, 787 * MS);
    assert_int_equal(p.restarts, 8);
}

static void stops_at_the_cap(void **state)
{
    struct manifest_server s = always(3);
    struct policy p = {0};

    (void)state;
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(end(&p, &s, 1000 * MS), POLICY_RESTART);
    assert_int_equal(end(&p, &s, 1000 * MS), POLICY_DOWN);
    assert_int_equal(end(&p, &s, 1000 * MS), POLICY_DOWN);
    assert_int_equal(p.restarts, 3);
}

static void without_a_clock(void **state)
{
    const struct policy_event event = {.now = 5, .per_ms = 0, .lifetime = 0};
    struct manifest_server s = always(0);
    struct policy p = {0};

    (void)state;
    for (unsigned i = 0; i < 10; i++)
        assert_int_equal(policy_judge(&p, &s, &event), POLICY_RESTART);
}

static void never(void **state)
{
    struct manifest_server s = {.restart = MANIFEST_RESTART_NEVER};
    struct policy p = {0};

    (void)state;
    assert_int_equal(end(&p, &s, 0), POLICY_END);
    s.fail_closed = true;
    assert_int_equal(end(&p, &s, 0), POLICY_DOWN);
    assert_int_equal(p.restarts, 0);
}

static void once(void **state)
{
    struct manifest_server s = {.restart = MANIFEST_RESTART_ONCE};
    const struct policy_event exit = {.exited = true};
    struct policy p = {0};

    (void)state;
    assert_int_equal(policy_judge(&p, &s, &exit), POLICY_DOWN);
    assert_int_equal(end(&p, &s, 0), POLICY_END);
    s.fail_closed = true;
    assert_int_equal(end(&p, &s, 0), POLICY_DOWN);
}

/* An exit is no failure for `once` alone. */
static void exits(void **state)
{
    const struct policy_event exit = {.exited = true};
    struct manifest_server s = {.restart = MANIFEST_RESTART_NEVER};
    struct manifest_server again = always(0);
    struct policy p = {0};

    (void)state;
    assert_int_equal(policy_judge(&p, &s, &exit), POLICY_END);
    assert_int_equal(policy_judge(&p, &again, &exit), POLICY_RESTART);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(backs_off),
        cmocka_unit_test(stops_at_the_cap),
        cmocka_unit_test(without_a_clock),
        cmocka_unit_test(never),
        cmocka_unit_test(once),
        cmocka_unit_test(exits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
