/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * All of the interface to the kernel in seL4's names.
 */
#ifndef SEL4_SEL4_H
#define SEL4_SEL4_H

#include <sel4/attributes.h>
#include <sel4/bootinfo.h>
#include <sel4/faults.h>
#include <sel4/methods.h>
#include <sel4/objecttype.h>
#include <sel4/syscalls.h>
#include <sel4/types.h>

#endif
