/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A first thread that does for a guest what must be done, and no more: seals the system and starts
 * it. The guest then has the core protocol and nothing else.
 */
#include "root.h"

int root_main(void)
{
    seL4_CPtr forever = new_object(seL4_NotificationObject, 0);
    seL4_CPtr vcpu = boot_info->vcpus.start;

    expect(boot_info->vcpus.end - vcpu == boot_info->numNodes, "a guest CPU for each processor");
    expect_equal(seL4_VCpu_Start(vcpu), seL4_IllegalOperation, "a guest before the seal");
    expect_equal(seL4_System_Seal(svsm_CapSystem), seL4_NoError, "the seal");
    expect_equal(seL4_VCpu_Start(vcpu), seL4_NoError, "the start");
    expect_equal(seL4_VCpu_Start(vcpu), seL4_IllegalOperation, "a second start");
    print("first thread: the guest has begun\n");
    seL4_Wait(forever);
    return 1;
}
