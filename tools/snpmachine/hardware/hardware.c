/* SPDX-License-Identifier: BSD-2-Clause */
#include "hardware/hardware.h"
const struct machine_option hardware_options[] = {{0}};
void hardware_start(void)
{
}
