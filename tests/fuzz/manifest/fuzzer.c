/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The fuzzer of the manifest's reader: libFuzzer's entry points, the oracle decides.
 *
 * Three changes of four keep the tree's header whole; the fourth is libFuzzer's own.
 */
#include "mutate.h"
#include "oracle.h"

size_t LLVMFuzzerMutate(uint8_t *bytes, size_t size, size_t room);
size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t size, size_t room, unsigned seed);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t size, size_t room, unsigned seed)
{
    if (seed % 4 == 0) {
        return LLVMFuzzerMutate(bytes, size, room);
    }
    mutate_tree(bytes, size, seed);
    return size;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    (void)oracle_check(bytes, size);
    return 0;
}
