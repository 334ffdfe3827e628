/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The fuzzer of the IGVM library and of lint: libFuzzer's entry points, the oracle decides.
 *
 * Most changes follow the format, since random ones die at the checksum; a third are libFuzzer's
 * own, half of those with the checksum left wrong.
 */
#include "mutate.h"
#include "oracle.h"

size_t LLVMFuzzerMutate(uint8_t *bytes, size_t size, size_t room);
size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t size, size_t room, unsigned seed);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t size, size_t room, unsigned seed)
{
    if (seed % 6 < 4) {
        size = mutate_file(bytes, size, room, seed / 6);
        oracle_reseal(bytes, size);
        return size;
    }
    size = LLVMFuzzerMutate(bytes, size, room);
    if (seed % 6 == 4) {
        oracle_reseal(bytes, size);
    }
    return size;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    (void)oracle_check(bytes, size);
    return 0;
}
