/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One stub per row of microkernel/abi/methods.def: seL4_OBJECT_METHOD(capability, words...).
 *
 * A method with results takes an array of four words last and fills it. Rows that name a slot or a
 * type take the packed word that seL4_Slot and seL4_What make.
 */
#ifndef SEL4_METHODS_H
#define SEL4_METHODS_H

#include <abi/methods.h>
#include <sel4/syscalls.h>

static inline seL4_Error svsm_invoke(seL4_CPtr service, enum svsm_label label, seL4_Word length,
                                     seL4_Word mr[seL4_MsgMaxLength])
{
    return (seL4_Error)seL4_MessageInfo_get_label(
        seL4_CallWithMRs(service, seL4_MessageInfo_new(label, 0, 0, length), mr));
}

/* Parameter lists and initial words by number of arguments, and by whether results come back. */
#define SVSM_TAKES_0(a, b, c, d)
#define SVSM_TAKES_1(a, b, c, d) , seL4_Word a
#define SVSM_TAKES_2(a, b, c, d) , seL4_Word a, seL4_Word b
#define SVSM_TAKES_3(a, b, c, d) , seL4_Word a, seL4_Word b, seL4_Word c
#define SVSM_TAKES_4(a, b, c, d) , seL4_Word a, seL4_Word b, seL4_Word c, seL4_Word d
#define SVSM_WORDS_0(a, b, c, d) 0, 0, 0, 0
#define SVSM_WORDS_1(a, b, c, d) a, 0, 0, 0
#define SVSM_WORDS_2(a, b, c, d) a, b, 0, 0
#define SVSM_WORDS_3(a, b, c, d) a, b, c, 0
#define SVSM_WORDS_4(a, b, c, d) a, b, c, d
#define SVSM_RESULTS_0
#define SVSM_RESULTS_1     , seL4_Word results[seL4_MsgMaxLength]
#define SVSM_RESULTS_4     , seL4_Word results[seL4_MsgMaxLength]
#define SVSM_DELIVER_0(mr) (void)(mr)
#define SVSM_DELIVER_1(mr) svsm_deliver(results, mr)
#define SVSM_DELIVER_4(mr) svsm_deliver(results, mr)

static inline void svsm_deliver(seL4_Word *results, const seL4_Word *mr)
{
    for (unsigned i = 0; i < seL4_MsgMaxLength; i++)
        results[i] = mr[i];
}

#define SVSM_METHOD(object, name, label, args, nresults, a, b, c, d, rights, phase, documentation) \
    static inline seL4_Error seL4_##object##_##name(                                               \
        seL4_CPtr service SVSM_TAKES_##args(a, b, c, d) SVSM_RESULTS_##nresults)                   \
    {                                                                                              \
        seL4_Word mr[seL4_MsgMaxLength] = {SVSM_WORDS_##args(a, b, c, d)};                         \
        seL4_Error error = svsm_invoke(service, LABEL_##object##_##name, args, mr);                \
                                                                                                   \
        SVSM_DELIVER_##nresults(mr);                                                               \
        return error;                                                                              \
    }
#include <abi/methods.def>
#undef SVSM_METHOD

#endif
