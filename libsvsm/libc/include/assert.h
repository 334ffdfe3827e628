/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is impossible, in code that comes from elsewhere; it ends the server.
 */
#ifndef LIBC_ASSERT_H
#define LIBC_ASSERT_H

#include <svsm/channel.h>

#define assert(condition) ((condition) ? (void)0 : svsm_panic("assertion: " #condition))

#endif
