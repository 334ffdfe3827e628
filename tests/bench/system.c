/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The guest of the suite `system`: it starts and ends. What was counted until then is what the
 * system itself took to start.
 */
#include "bare.h"

int guest_main(const char *words)
{
    (void)words;
    return 0;
}
