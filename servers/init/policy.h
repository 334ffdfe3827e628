/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What happens to a server that has ended: the manifest's restart policies as a function of how it
 * ended, when, and how often before.
 *
 * Pure: it knows no kernel and no clock, and runs in unit tests.
 */
#ifndef INIT_POLICY_H
#define INIT_POLICY_H

#include <stdbool.h>
#include <stdint.h>

#include <manifest.h>

enum policy_verdict {
    POLICY_RESTART, /* now */
    POLICY_LATER,   /* at the first call from `due` on; until then callers are told it is away */
    POLICY_DOWN,    /* never again: callers are told it is gone */
    POLICY_END,     /* the virtual machine ends */
};

/* One server's history. All zero at boot. */
struct policy {
    uint32_t restarts;
    uint64_t delay; /* before the next restart; in the clock's units */
    uint64_t due;   /* of POLICY_LATER */
};

struct policy_event {
    uint64_t now;
    uint64_t per_ms;   /* the clock's units in a millisecond; 0: nobody knows */
    uint64_t lifetime; /* since it was started */
    bool exited;       /* by itself and well: no failure */
};

/*
 * The first end after a life longer than restart_delay_max_ms counts as the first ever: no delay.
 * From the second on in a row, the delay is restart_delay_ms, doubled each time up to
 * restart_delay_max_ms. restart_limit counts all restarts.
 */
enum policy_verdict policy_judge(struct policy *policy, const struct manifest_server *server,
                                 const struct policy_event *event);

#endif
