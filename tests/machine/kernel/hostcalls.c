/* SPDX-License-Identifier: BSD-2-Clause */
/* What the host does for a thread that may ask it: device registers, messages to the PSP. */
#include "tests.h"

#include <svsm/hostcall.h>

#define PAGE_VA UINT64_C(0x48000000)

static seL4_Word device_word(seL4_CPtr device, uint64_t offset, uint64_t width)
{
    seL4_Word results[seL4_MsgMaxLength];

    expect_equal(seL4_HostCall_Invoke(device, offset, width, 0, 0, results), seL4_NoError,
                 "reading a device");
    return results[0];
}

#define IOAPIC_PAGE UINT64_C(0xfec00000) /* the select register, its data 16 bytes on */

/* The interrupt controller's version register, through the host on SNP. */
static void test_devices(void)
{
    seL4_CPtr device = new_slot(), ours = new_slot();
    seL4_Word results[seL4_MsgMaxLength];

    expect_equal(
        seL4_HostControl_Get(svsm_CapHostControl, SVSM_HOST_MMIO, 0, here(device), IOAPIC_PAGE),
        seL4_NoError, "the right to a device");
    expect_equal(seL4_HostCall_Invoke(device, 4096, 4, 0, 0, results), seL4_RangeError,
                 "behind its page");
    expect_equal(seL4_HostCall_Invoke(device, 0, 3, 0, 0, results), seL4_InvalidArgument,
                 "three bytes");
    expect_equal(seL4_HostCall_Invoke(device, 0, 4, 1, 1, results), seL4_NoError,
                 "writing a device");
    expect_equal(device_word(device, 0, 4), 1, "what was written");
    expect_equal(device_word(device, 16, 4) >> 16 & 0xff, 23, "pins of an IOAPIC, less one");
    expect_equal(seL4_HostControl_Get(svsm_CapHostControl, SVSM_HOST_MMIO, 0, here(ours),
                                      boot_info->untypedList[0].paddr),
                 seL4_NoError, "a device that is our memory");
    expect_equal(seL4_HostCall_Invoke(ours, 0, 4, 0, 0, results), svsm_HostRefused,
                 "is not looked at");
    ours = new_slot();
    expect_equal(
        seL4_HostControl_Get(svsm_CapHostControl, SVSM_HOST_MMIO, 0, here(ours), UINT64_C(1) << 56),
        seL4_NoError, "a device where no address is");
    expect_equal(seL4_HostCall_Invoke(ours, 0, 4, 0, 0, results), svsm_HostRefused,
                 "nor is that looked for");
}

/* A message to the security processor, as far as it matters whether one opens it. */
struct message {
    uint64_t tag[4];
    uint64_t sequence;
    uint64_t reserved;
    uint8_t algorithm, version;
    uint16_t header_size;
    uint8_t type, type_version;
    uint16_t size;
    uint32_t reserved2;
    uint8_t key;
    uint8_t reserved3[0x60 - 0x3d];
    uint8_t text[0x60];
};

_Static_assert(__builtin_offsetof(struct message, text) == 0x60, "the firmware's");

#define REPORT_REQUEST    5u
#define INVALID_PARAMETER 0x16u
#define BAD_MEASUREMENT   0x0bu
#define UNTOUCHED         0x5a

static seL4_Word send_request(seL4_CPtr call)
{
    seL4_Word results[seL4_MsgMaxLength] = {0};

    expect_equal(seL4_HostCall_Invoke(call, 0, 0, 0, 0, results), seL4_NoError,
                 "a message to the security processor");
    expect_equal(results[0], 0, "nothing else comes back");
    return results[1];
}

/* The processor looks at what arrives, says what is wrong with it, and answers nothing. */
static void test_guest_request(void)
{
    seL4_CPtr page = new_object(seL4_X86_4K, 0), call = new_slot();
    volatile struct message *m = (volatile struct message *)PAGE_VA;
    volatile uint8_t *answer = (volatile uint8_t *)PAGE_VA + 2048;
    seL4_Word results[seL4_MsgMaxLength];

    expect_equal(
        seL4_HostControl_Get(svsm_CapHostControl, SVSM_HOST_GUEST_REQUEST, page, here(call), 0),
        seL4_InvalidCapability, "a page the host can not see");
    expect_equal(seL4_Page_Share(page), seL4_NoError, "share");
    expect_equal(
        seL4_HostControl_Get(svsm_CapHostControl, SVSM_HOST_GUEST_REQUEST, page, here(call), 0),
        seL4_NoError, "the right to send messages");
    expect_equal(map_page(page, seL4_CapInitThreadVSpace, PAGE_VA, seL4_ReadWrite, 0), seL4_NoError,
                 "map");
    expect_equal(seL4_HostCall_Invoke(call, 1, 0, 0, 0, results), seL4_RangeError,
                 "another kind of message");
    if (boot_info->platform == 0) {
        expect_equal(seL4_HostCall_Invoke(call, 0, 0, 0, 0, results), svsm_HostRefused,
                     "a machine without a security processor");
        return;
    }
    answer[0] = UNTOUCHED;
    expect_equal(send_request(call), INVALID_PARAMETER, "an empty message");
    m->sequence = 1;
    m->algorithm = m->version = m->type_version = 1;
    m->header_size = m->size = 0x60;
    m->type = REPORT_REQUEST;
    expect_equal(send_request(call), BAD_MEASUREMENT, "a message under another key");
    expect_equal(answer[0], 0, "the answer is the firmware's: nothing");
}

void test_hostcalls(void)
{
    test_devices();
    test_guest_request();
}
