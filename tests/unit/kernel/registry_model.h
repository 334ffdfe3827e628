/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A reference model of a guest's vCPUs: what CREATE_VCPU, DELETE_VCPU and REMAP_CA shall answer and
 * change, said as simply as possible and without the kernel's code.
 *
 * It knows a few pages by their numbers and each vCPU's two. What depends on the moment (who is at
 * work elsewhere, what the hardware runs, what is in a page) is set by the test before each call.
 */
#ifndef REGISTRY_MODEL_H
#define REGISTRY_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#define MODEL_VCPUS  4u
#define MODEL_PAGES  16u
#define MODEL_RANGE  4u /* pages that one processor works on at a time */
#define MODEL_NOBODY (-1)
/* Numbers that are no page: an address that is not a page's; one that is not the guest's; the page
   of our own that the first vCPU begins in. */
enum { MODEL_ODD = -1, MODEL_OUTSIDE = -2, MODEL_OURS = -3 };

enum model_state { MODEL_INVALID, MODEL_VALID, MODEL_VMSA, MODEL_AREA };

struct model_vcpu {
    bool exists;
    bool busy; /* somebody works on it, or has its call */
    int vmsa, area;
};

struct model {
    struct model_vcpu vcpus[MODEL_VCPUS];
    enum model_state pages[MODEL_PAGES];
    bool sound[MODEL_PAGES];   /* as saved state it could be run */
    bool running[MODEL_PAGES]; /* the hardware runs it */
    int caller;                /* the vCPU that calls */
    int held;                  /* a range that another processor works on, or MODEL_NOBODY */
};

/* Pages by their numbers, vCPUs by theirs; MODEL_NOBODY: there is no such processor. */
uint64_t model_create(struct model *model, int vmsa, int area, int vcpu);
uint64_t model_delete(struct model *model, int vmsa);
uint64_t model_remap(struct model *model, int area);

#endif
