/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The processor's CPUID: QEMU's, with the SEV leaves added and without what TCG does not do well.
 * Hidden and why: CMPXCHG16B (TCG 7.2 leaves junk in EFLAGS); XSAVE and all that needs it (TCG has
 * no XSAVEC, without which Linux refuses leaf D in the CPUID page); LA57, SVM, MWAIT, PKU (not
 * modelled for guests).
 */
#include "hardware/hardware.h"
#include "x86.h"

#define LEAF_MAX      0xBu
#define EXTENDED_MAX  0x8000001Fu
#define SEV_EAX       0x43Au /* SEV, ES, SNP, VMPL, coherent caches */
#define COHERENCY_NO  (1u << 31)
#define VMPL_COUNT    (VMPLS << 12)
#define REDUCTION     (1u << 6)
#define L1_ECX_HIDDEN 0x3C003008u /* MONITOR, FMA, CX16, XSAVE, OSXSAVE, AVX, F16C */
#define L7_EBX_HIDDEN 0xDE23D420u /* AVX2, INVPCID, PQM, PQE, MPX, AVX-512, PT */
#define L7_ECX_HIDDEN 0x00415FFAu /* AVX-512, PKU, CET, VAES, VPCLMULQDQ, LA57, RDPID */
#define X1_ECX_HIDDEN 0x0001BC04u /* SVM, IBS, XOP, SKINIT, WDT, LWP, FMA4 */

static struct hw_cpuid clean(uint32_t leaf, uint32_t subleaf, struct hw_cpuid r)
{
    const struct hw_cpuid none = {0, 0, 0, 0};
    switch (leaf) {
    case 0:
        r.eax = LEAF_MAX;
        break;
    case 1:
        r.ecx &= ~L1_ECX_HIDDEN;
        break;
    case 7:
        r.eax = 0;
        r.ebx &= ~L7_EBX_HIDDEN;
        r.ecx &= ~L7_ECX_HIDDEN;
        r.edx = 0;
        return subleaf ? none : r;
    case 0xD:
        return none;
    case 0x80000000:
        r.eax = EXTENDED_MAX;
        break;
    case 0x80000001:
        r.ecx &= ~X1_ECX_HIDDEN;
        break;
    case 0x80000008:
        r.eax = (r.eax & ~0xFFu) | hw_c_bit();
        break;
    case 0x8000000A:
        return none;
    case 0x8000001F:
        r = (struct hw_cpuid){SEV_EAX, COHERENCY_NO | VMPL_COUNT | REDUCTION | hw_c_bit(), 0, 1};
        break;
    default:
        break;
    }
    return r;
}

struct hw_cpuid hw_cpuid(uint32_t leaf, uint32_t subleaf)
{
    const struct hw_cpuid none = {0, 0, 0, 0};
    if ((leaf > LEAF_MAX && leaf < 0x80000000) || leaf > EXTENDED_MAX)
        return none;
    struct cpuid_registers r = cpuid_read(leaf, subleaf);
    return clean(leaf, subleaf, (struct hw_cpuid){r.eax, r.ebx, r.ecx, r.edx});
}
