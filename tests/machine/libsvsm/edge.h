/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The interface of a server that goes to the edge: it ends in each way the library knows, and tells
 * how deep stack and heap have been after using a known amount.
 */
#ifndef EDGE_H
#define EDGE_H

#include <svsm/interface.h>

enum edge_way {
    EDGE_RETURN,
    EDGE_EXIT,
    EDGE_PANIC,
    EDGE_ABORT,
    EDGE_SMASH,
    EDGE_FREE,
    EDGE_DEEP,
    EDGE_WAYS
};

#define EDGE_CALLS(CALL)       CALL(edge, end, 1) CALL(edge, use, 2) CALL(edge, canary, 3)
#define edge_end_fields(FIELD) FIELD(u8, way)
#define edge_end_results(FIELD)
#define edge_use_fields(FIELD)  FIELD(u32, stack) FIELD(u32, heap)
#define edge_use_results(FIELD) FIELD(u64, stack) FIELD(u64, heap)
#define edge_canary_fields(FIELD)
#define edge_canary_results(FIELD) FIELD(u64, canary)
SVSM_INTERFACE(edge, EDGE_CALLS)

#endif
