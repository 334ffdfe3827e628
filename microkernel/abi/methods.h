/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The labels of methods.def as an enumeration, for the kernel and for whoever calls it.
 */
#ifndef ABI_METHODS_H
#define ABI_METHODS_H

enum svsm_label {
    LABEL_None = 0,
#define SVSM_METHOD(object, name, label, args, results, a, b, c, d, rights, phase, documentation)  \
    LABEL_##object##_##name = (label),
#include <abi/methods.def>
#undef SVSM_METHOD
    LABEL_End,
};

#endif
