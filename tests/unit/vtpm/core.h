/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The core's tests: a store that can fail or call back, a log, a clock and an entropy source that
 * do as they are told.
 */
#ifndef TEST_VTPM_CORE_H
#define TEST_VTPM_CORE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "memory_store.h"
#include "protocol.h"
#include "vtpm.h"

/* A store that fails on request, and runs a command inside save to meet the TPM while it is busy.
 */
struct test_store {
    struct memory_store memory; /* first */
    enum store_result (*save)(struct store *, enum store_blob, const struct store_bytes *);
    bool fails, calls_back;
    uint64_t called_back;
    unsigned saves;
};

extern struct test_store test_store;

/* Starts the TPM on the test's store; what it logged before is forgotten. */
bool test_start(enum vtpm_origin origin);

void test_protocol_refusals(void **state);
void test_protocol_responses(void **state);
void test_protocol_query(void **state);

#endif
