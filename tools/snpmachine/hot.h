/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Marks for what every exit of a guest passes: it lies together, code in a few pages and data in a
 * few. QEMU forgets all pages and all places of code with each entry and each exit, and finding one
 * again costs as much as a hundred instructions.
 */
#ifndef SNPMACHINE_HOT_H
#define SNPMACHINE_HOT_H

#define HOT __attribute__((hot))
#define HOT_INLINE                                                                                 \
    static inline __attribute__((always_inline))      /* a return is a place to find too */
#define HOT_DATA __attribute__((section(".bss.hot"))) /* begins as zeros */
#define HOT_HOST                                                                                   \
    __attribute__((section(".bss.hot.host"))) /* behind the rest: it fills its page                \
                                               */
#define HOT_TABLE __attribute__((section(".hot.table")))

#endif
