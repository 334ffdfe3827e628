/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages to the security processor, as a host call. For platform/snp only.
 *
 * The firmware wants two whole pages, one to read and one to write; a HostCall capability has one.
 * So the kernel keeps two pages of its own, shared with the host, and copies half a page each way.
 * It looks at none of it: both sides encrypt, and everything in these pages is the host's to
 * change.
 */
#ifndef SNP_REQUEST_H
#define SNP_REQUEST_H

#include <stdint.h>

#include "platform.h"

/* Boot only; before it, no message can be sent. */
void request_prepare(void);
/* The page the first request will overwrite. Boot only. */
uint64_t request_page(void);

/* The request is in the first half of the shared page, the answer goes to the second. The status is
   the host's, or what it says when it is busy while another processor sends. */
enum platform_error request_send(uint64_t page, uint64_t *status);

#endif
