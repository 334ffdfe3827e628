/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Everything a guest or a host can hand the secure processor of the SNP machine: message pages (as
 * they are, and sealed with the right key so that the inside is reached), CPUID pages, ID blocks.
 *
 * The oracle: a refusal changes nothing; an answer takes exactly the next two numbers of its key,
 * opens with that key and never speaks for a VMPL above it; a corrected CPUID page is accepted; an
 * ID block that nobody signed never is.
 */
#include "cpuid_page.h"
#include "id_block.h"
#include "message.h"

#include <stdlib.h>
#include <string.h>

static struct psp_chip chip = {.magic = CHIP_MAGIC,
                               .tcb = 0xDB18000000000004,
                               .family = 0x19,
                               .model = 1,
                               .stepping = 1,
                               .firmware_minor = 55,
                               .firmware_major = 1,
                               .key = {[47] = 7}};
static struct psp_guest guest;

_Noreturn void crypto_broken(int status)
{
    (void)status;
    abort();
}

static void require(bool holds)
{
    if (!holds)
        abort();
}

static struct psp_cpuid cpuid(uint32_t leaf, uint32_t subleaf)
{
    return (struct psp_cpuid){leaf & 0xFFFF, ~leaf, 0x0F0F0F0F, subleaf};
}

static void noise(void *to, size_t size)
{
    memset(to, 0x5A, size);
}

/* "size" bytes of the input, padded with zeros. */
static void take(const uint8_t **data, size_t *left, void *to, size_t size)
{
    size_t here = size < *left ? size : *left;

    memset(to, 0, size);
    memcpy(to, *data, here);
    *data += here;
    *left -= here;
}

static void start(void)
{
    static uint8_t page[PSP_PAGE];
    struct psp_platform platform = {&chip, 3, cpuid, noise};

    guest_init(&guest, &platform);
    require(guest_launch_start(&guest, 0x30000) == PSP_OK);
    require(guest_launch_page(&guest, PSP_PAGE_NORMAL, 0, page) == PSP_OK);
}

static void run(void)
{
    struct psp_launch_finish finish = {0};

    start();
    require(guest_launch_finish(&guest, &finish) == PSP_OK);
    for (unsigned i = 0; i < VMPCKS; i++)
        guest.vmpck[i][0] = (uint8_t)i;
}

static struct crypto_message envelope(const struct message *message)
{
    return (struct crypto_message){guest.vmpck[message->header.vmpck % VMPCKS],
                                   message->sequence,
                                   {&message->header, sizeof(message->header)},
                                   message->header.size};
}

static void check_answer(const struct message *request, const struct message *response,
                         const struct psp_guest *before)
{
    static struct report_response answer;
    static uint8_t plain[PAYLOAD_MAX];
    struct crypto_message sealed = envelope(response);
    uint32_t vmpck = request->header.vmpck;

    for (unsigned i = 0; i < VMPCKS; i++)
        require(guest.sequence[i] == before->sequence[i] + (i == vmpck ? 2 : 0));
    require(response->sequence == request->sequence + 1);
    require(response->header.type == request->header.type + 1);
    require(crypto_open(&sealed, response->payload, plain, response->tag));
    if (response->header.type != MESSAGE_REPORT_REQUEST + 1)
        return;
    memcpy(&answer, plain, sizeof(answer));
    require(answer.status != PSP_OK ||
            (answer.report.vmpl >= vmpck && answer.report.vmpl < PSP_VMPLS));
}

static void fuzz_message(const uint8_t *data, size_t left, bool seal)
{
    static struct message request, response;
    static uint8_t plain[PAYLOAD_MAX];
    static struct psp_guest before;

    run();
    take(&data, &left, &request, MESSAGE_HEADER);
    take(&data, &left, request.payload, PAYLOAD_MAX);
    if (seal && request.header.size <= PAYLOAD_MAX) {
        struct crypto_message sealed = envelope(&request);

        memcpy(plain, request.payload, PAYLOAD_MAX);
        crypto_seal(&sealed, plain, request.payload, request.tag);
    }
    before = guest;
    if (guest_message(&guest, (uint8_t *)&request, (uint8_t *)&response) == PSP_OK)
        check_answer(&request, &response, &before);
    else
        require(memcmp(&guest, &before, sizeof(guest)) == 0);
}

static void fuzz_cpuid(const uint8_t *data, size_t left)
{
    static struct cpuid_page page, again;
    static struct psp_guest before;

    start();
    take(&data, &left, &page, sizeof(page));
    again = page;
    before = guest;
    if (guest_launch_page(&guest, PSP_PAGE_CPUID, 0x1000, (uint8_t *)&page) == PSP_OK) {
        require(memcmp(&page, &again, sizeof(page)) == 0);
        return;
    }
    require(memcmp(&guest, &before, sizeof(guest)) == 0);
    if (memcmp(&page, &again, sizeof(page)) != 0)
        require(guest_launch_page(&guest, PSP_PAGE_CPUID, 0x1000, (uint8_t *)&page) == PSP_OK);
}

/* The digest and the policy are put right, so that only signatures stand between. */
static void fuzz_id_block(const uint8_t *data, size_t left)
{
    static struct id_block block;
    static struct id_auth auth;
    static struct psp_guest before;
    struct psp_launch_finish finish = {.id_block = (uint8_t *)&block, .id_auth = (uint8_t *)&auth};

    start();
    take(&data, &left, &block, sizeof(block));
    take(&data, &left, &auth, sizeof(auth));
    finish.author_key = (auth.reserved[0] & 1) != 0;
    memcpy(block.digest, guest.digest, sizeof(block.digest));
    block.policy = guest.policy;
    before = guest;
    require(guest_launch_finish(&guest, &finish) != PSP_OK);
    require(memcmp(&guest, &before, sizeof(guest)) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    switch (data[0] % 4) {
    case 0:
        fuzz_message(data + 1, size - 1, false);
        break;
    case 1:
        fuzz_message(data + 1, size - 1, true);
        break;
    case 2:
        fuzz_cpuid(data + 1, size - 1);
        break;
    default:
        fuzz_id_block(data + 1, size - 1);
        break;
    }
    return 0;
}
