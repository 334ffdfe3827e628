/* SPDX-License-Identifier: BSD-2-Clause */
/* The platform of a plain virtual machine; see native.c. For platform.c only. */
#ifndef NATIVE_H
#define NATIVE_H

#include "platform.h"

extern const struct platform platform_native;

#endif
