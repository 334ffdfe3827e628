/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A guest that asks for attestation: it seals messages with the keys of its secrets page, sends
 * them by both guest-request calls, and prints what it got. The script "attest" verifies that with
 * tools the machine knows nothing of.
 */
#include "guest.h"

#include <wolfssl/wolfcrypt/settings.h>

#include <wolfssl/wolfcrypt/aes.h>

#define REQUEST      0x80000011ull
#define EXTENDED     0x80000012ull
#define SHARED_PAGE  OPEN /* request, response, then the certificates */
#define CERTIFICATES (OPEN + 2 * PAGE)
#define KEY_SIZE     32u
#define TAG_SIZE     16u
#define REPORT_SIZE  0x4A0u
#define PAYLOAD_AT   0x60u
#define HEADER_AT    0x30u
#define HEADER_SIZE  0x30u

enum { KEY_REQUEST = 3, REPORT_REQUEST = 5 };

/* All of it private; copies because VMPL2 cannot read the secrets page. */
static uint8_t keys[4][KEY_SIZE];
static uint8_t message[PAGE], answer[PAGE];
static uint64_t sequence[4];

struct request {
    uint8_t type, vmpck;
    uint16_t size, answer_size;
    uint8_t payload[0x60];
};

static volatile uint8_t *shared(uint64_t gpa)
{
    return (volatile uint8_t *)(gpa + ALIAS);
}

static void nonce_of(uint64_t number, uint8_t nonce[12])
{
    memset(nonce, 0, 12);
    memcpy(nonce, &number, 8);
}

static void cipher(Aes *aes, unsigned vmpck)
{
    wc_AesInit(aes, NULL, INVALID_DEVID);
    wc_AesGcmSetKey(aes, keys[vmpck], KEY_SIZE);
}

static void seal(const struct request *request)
{
    Aes aes;
    uint8_t nonce[12];
    uint64_t number = sequence[request->vmpck] + 1;
    memset(message, 0, sizeof message);
    memcpy(message + 0x20, &number, 8);
    message[0x30] = message[0x31] = message[0x35] = 1;
    message[0x32] = PAYLOAD_AT;
    message[0x34] = request->type;
    memcpy(message + 0x36, &request->size, 2);
    message[0x3C] = request->vmpck;
    nonce_of(number, nonce);
    cipher(&aes, request->vmpck);
    wc_AesGcmEncrypt(&aes, message + PAYLOAD_AT, request->payload, request->size, nonce, 12,
                     message, TAG_SIZE, message + HEADER_AT, HEADER_SIZE);
}

/* EXITINFO2 of the call. */
static uint64_t send(uint64_t code, uint64_t *pages)
{
    struct ghcb_call call = {code, SHARED_PAGE, SHARED_PAGE + PAGE, CERTIFICATES};
    for (unsigned i = 0; i < PAGE; i++)
        shared(SHARED_PAGE)[i] = message[i];
    ghcb_call_rbx(&call, pages);
    for (unsigned i = 0; i < PAGE; i++)
        answer[i] = shared(SHARED_PAGE + PAGE)[i];
    expect("EXITINFO1 of a guest request", call.info1, 0);
    return call.info2;
}

/* The status inside the answer, whose text is then in "plain". */
static uint64_t open(const struct request *request, uint8_t *plain)
{
    Aes aes;
    uint8_t nonce[12];
    uint64_t number = 0;
    uint32_t status = ~0u;
    memcpy(&number, answer + 0x20, 8);
    expect("number of the answer", number, sequence[request->vmpck] + 2);
    expect("type of the answer", answer[0x34], request->type + 1u);
    nonce_of(number, nonce);
    cipher(&aes, request->vmpck);
    if (wc_AesGcmDecrypt(&aes, plain, answer + PAYLOAD_AT, request->answer_size, nonce, 12, answer,
                         TAG_SIZE, answer + HEADER_AT, HEADER_SIZE) == 0)
        memcpy(&status, plain, 4);
    sequence[request->vmpck] = number;
    return status;
}

static uint64_t ask(const struct request *request, uint8_t *plain)
{
    uint64_t none = 0;
    seal(request);
    expect("guest request", send(REQUEST, &none), 0);
    return open(request, plain);
}

static void print_bytes(const char *name, const volatile uint8_t *bytes, uint64_t size)
{
    print(name);
    print(" ");
    for (uint64_t i = 0; i < size; i++) {
        print_hex(bytes[i] >> 4);
        print_hex(bytes[i] & 15);
    }
    print("\n");
}

static struct request report_request(uint8_t vmpck, uint8_t vmpl)
{
    struct request request = {REPORT_REQUEST, vmpck, 0x60, 0x20 + REPORT_SIZE, {0}};
    for (uint8_t i = 0; i < 64; i++)
        request.payload[i] = (uint8_t)(i + vmpl);
    request.payload[0x40] = vmpl;
    return request;
}

static uint8_t plain[PAGE];

static uint64_t report_at(uint64_t vmpl)
{
    struct request request = report_request((uint8_t)vmpl, (uint8_t)vmpl);
    return ask(&request, plain);
}

/* What a VMPL's key does not speak for. */
static uint64_t report_above(uint64_t vmpl)
{
    struct request request = report_request((uint8_t)vmpl, 0);
    return ask(&request, plain);
}

static void case_attest(void)
{
    memcpy(keys, (const uint8_t *)SECRETS + 0x20, sizeof keys);
    expect("report for VMPL0", report_at(0), 0);
    print_bytes("report0", plain + 0x20, REPORT_SIZE);
    vmpl_make(2);
    expect("report for VMPL2", vmpl_run(2, report_at, 2), 0);
    print_bytes("report2", plain + 0x20, REPORT_SIZE);
    expect("VMPL2 asks for VMPL0's", vmpl_run(2, report_above, 2), 0x16);
}

static void case_messages(void)
{
    struct request request = report_request(1, 1);
    uint64_t none = 0;
    memcpy(keys, (const uint8_t *)SECRETS + 0x20, sizeof keys);
    seal(&request);
    message[PAYLOAD_AT] ^= 1;
    expect("a changed message", send(REQUEST, &none), 0xB);
    message[PAYLOAD_AT] ^= 1;
    expect("as it was", send(REQUEST, &none), 0);
    expect("its answer", open(&request, plain), 0);
    expect("once more", send(REQUEST, &none), 0x16);
    keys[1][0] ^= 1;
    seal(&request);
    expect("another key", send(REQUEST, &none), 0xB);
}

/* The pages needed come with error 1; nothing is sent then, so the same message may follow. */
static void case_certificates(void)
{
    struct request request = report_request(0, 0);
    uint64_t pages = 0;
    memcpy(keys, (const uint8_t *)SECRETS + 0x20, sizeof keys);
    seal(&request);
    expect("no room for certificates", send(EXTENDED, &pages), 1ull << 32);
    expect("pages for Milan's three", pages, 2);
    expect("room", send(EXTENDED, &pages), 0);
    expect("the report with them", open(&request, plain), 0);
    print_bytes("certificates", shared(CERTIFICATES), 2 * PAGE);
}

static void derive(uint8_t vmpl, uint8_t fields, uint8_t key[KEY_SIZE])
{
    struct request request = {KEY_REQUEST, 0, 0x20, 0x40, {0}};
    request.payload[0x08] = fields;
    request.payload[0x10] = vmpl;
    expect("key", ask(&request, plain), 0);
    memcpy(key, plain + 0x20, KEY_SIZE);
}

static void case_keys(void)
{
    uint8_t first[KEY_SIZE], second[KEY_SIZE];
    memcpy(keys, (const uint8_t *)SECRETS + 0x20, sizeof keys);
    derive(0, 8, first);
    derive(0, 8, second);
    expect("the same key again", memcmp(first, second, KEY_SIZE) != 0, 0);
    print_bytes("key", first, KEY_SIZE);
    derive(1, 8, second);
    expect("another VMPL, another key", memcmp(first, second, KEY_SIZE) != 0, 1);
    derive(0, 0, second);
    expect("without the measurement, another key", memcmp(first, second, KEY_SIZE) != 0, 1);
}

const struct test_case attest_cases[] = {{"attest", case_attest},
                                         {"messages", case_messages},
                                         {"certificates", case_certificates},
                                         {"derived-keys", case_keys},
                                         {0}};
