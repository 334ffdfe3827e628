/* SPDX-License-Identifier: BSD-2-Clause */
/* See policy.h. */
#include "policy.h"

static enum policy_verdict down(const struct manifest_server *server)
{
    return server->fail_closed || server->restart == MANIFEST_RESTART_ALWAYS ? POLICY_DOWN
                                                                             : POLICY_END;
}

/* The delay that is due now; the next one will be twice as long. */
static uint64_t take_delay(struct policy *policy, const struct manifest_server *server,
                           const struct policy_event *event)
{
    uint64_t first = server->restart_delay_ms * event->per_ms;
    uint64_t most = server->restart_delay_max_ms * event->per_ms;
    uint64_t delay = policy->delay;

    if (event->lifetime > most)
        delay = 0;
    policy->delay = delay == 0 ? first : 2 * delay;
    if (policy->delay > most)
        policy->delay = most;
    return delay;
}

enum policy_verdict policy_judge(struct policy *policy, const struct manifest_server *server,
                                 const struct policy_event *event)
{
    uint64_t delay;

    if (server->restart == MANIFEST_RESTART_ONCE && event->exited)
        return POLICY_DOWN;
    if (server->restart != MANIFEST_RESTART_ALWAYS)
        return down(server);
    if (server->restart_limit != 0 && policy->restarts >= server->restart_limit)
        return down(server);
    policy->restarts++;
    delay = take_delay(policy, server, event);
    policy->due = event->now + delay;
    return delay == 0 ? POLICY_RESTART : POLICY_LATER;
}
