/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How a page is mapped, beside its rights: Page_Map's last word. Not executable unless it says so.
 */
#ifndef SEL4_ATTRIBUTES_H
#define SEL4_ATTRIBUTES_H

#define seL4_X86_WriteBack      0u
#define seL4_X86_WriteThrough   1u
#define seL4_X86_CacheDisabled  2u
#define seL4_X86_Uncacheable    3u
#define svsm_Executable         0x100u
#define SVSM_ATTRIBUTES_ALLOWED (seL4_X86_Uncacheable | svsm_Executable)

#endif
