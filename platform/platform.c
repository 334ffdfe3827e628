/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which platform it is. The stub says so in a register, measured with the launch; a kernel built
 * for one of them only has a table of one.
 */
#include "platform.h"

#include "native/native.h"

uint64_t platform_private_mask;
uint64_t platform_shared_mask;
const struct platform *platform = &platform_native;

static const struct platform *const kinds[] = {
    [BOOT_NATIVE] = &platform_native,
};

void platform_start(const struct boot_block *block, uint64_t kind, uint64_t private_mask)
{
    if (kind < sizeof(kinds) / sizeof(*kinds)) {
        platform = kinds[kind];
    }
    platform_private_mask = private_mask;
    platform->start(block, private_mask);
}
