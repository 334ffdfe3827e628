/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The registers the boot processor starts with, as each platform's file format wants them.
 *
 * Native: straight into the kernel's 64-bit entry. SNP: into the stub in 32-bit mode without
 * paging, which every host accepts, or straight into the kernel where no C-bit has to be found.
 */
#ifndef BUILD_CONTEXT_H
#define BUILD_CONTEXT_H

#include "layout.h"

#include <igvm/context.h>

void context_native(const struct layout *layout, struct igvm_native_context *context);
void context_snp(const struct layout *layout, struct igvm_vmsa *vmsa);

#endif
