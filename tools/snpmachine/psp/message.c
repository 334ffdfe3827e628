/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Guest messages: authenticate, answer, seal.
 *
 * Order of checks: form of the header, sequence number, tag, then type, version and size. Which
 * code real firmware gives for each is known only in part; ours are in README.md. A message that is
 * refused here leaves the sequence number alone, so the guest may try the right one; one that is
 * answered, if only with a refusal in its payload, uses it up.
 */
#include "message.h"

#include <string.h>

union payload {
    uint8_t bytes[PAYLOAD_MAX];
    struct report_request report_request;
    struct report_response report_response;
    struct key_request key_request;
    struct key_response key_response;
    struct tsc_request tsc_request;
    struct tsc_response tsc_response;
};

static void answer_report(const struct psp_guest *guest, uint32_t vmpck, const union payload *ask,
                          union payload *answer)
{
    report_answer(guest, vmpck, &ask->report_request, &answer->report_response);
}

static void answer_key(const struct psp_guest *guest, uint32_t vmpck, const union payload *ask,
                       union payload *answer)
{
    key_answer(guest, vmpck, &ask->key_request, &answer->key_response);
}

static void answer_tsc(const struct psp_guest *guest, uint32_t vmpck, const union payload *ask,
                       union payload *answer)
{
    (void)guest;
    (void)vmpck;
    tsc_answer(&ask->tsc_request, &answer->tsc_response);
}

struct kind {
    uint8_t type, version;
    uint16_t request_size, response_size;
    void (*answer)(const struct psp_guest *guest, uint32_t vmpck, const union payload *ask,
                   union payload *answer); /* NULL: firmware answers this one, the model does not */
};

static const struct kind kinds[] = {
    {MESSAGE_REPORT_REQUEST, 1, sizeof(struct report_request), sizeof(struct report_response),
     answer_report},
    {MESSAGE_KEY_REQUEST, 1, KEY_REQUEST_V1, sizeof(struct key_response), answer_key},
    {MESSAGE_KEY_REQUEST, 2, sizeof(struct key_request), sizeof(struct key_response), answer_key},
    {MESSAGE_TSC_REQUEST, 1, sizeof(struct tsc_request), sizeof(struct tsc_response), answer_tsc},
    {MESSAGE_CPUID_REQUEST, 1, 0, 0, NULL},
    {MESSAGE_EXPORT_REQUEST, 1, 0, 0, NULL},
    {MESSAGE_IMPORT_REQUEST, 1, 0, 0, NULL},
    {MESSAGE_ABSORB_REQUEST, 1, 0, 0, NULL},
    {MESSAGE_VMRK_REQUEST, 1, 0, 0, NULL},
};

static const struct kind *kind_of(const struct message_header *header)
{
    for (unsigned i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (kinds[i].type == header->type && kinds[i].version == header->version)
            return &kinds[i];
    return NULL;
}

static bool header_is_wellformed(const struct message *message)
{
    const struct message_header *header = &message->header;
    uint8_t any = 0;

    for (unsigned i = 0; i < sizeof(message->reserved); i++)
        any |= message->reserved[i];
    for (unsigned i = 0; i < sizeof(header->reserved2); i++)
        any |= header->reserved2[i];
    return any == 0 && message->reserved2 == 0 && header->reserved == 0 &&
           header->algorithm == MESSAGE_AES_256_GCM && header->header_version == MESSAGE_VERSION &&
           header->header_size == MESSAGE_HEADER && header->vmpck < VMPCKS &&
           header->size <= PAYLOAD_MAX;
}

static struct crypto_message envelope(const struct psp_guest *guest, const struct message *message)
{
    return (struct crypto_message){
        .key = guest->vmpck[message->header.vmpck],
        .sequence = message->sequence,
        .header = {&message->header, sizeof(message->header)},
        .size = message->header.size,
    };
}

static uint32_t message_open(const struct psp_guest *guest, const struct message *message,
                             union payload *payload)
{
    struct crypto_message sealed;
    uint64_t last;

    if (!header_is_wellformed(message))
        return PSP_INVALID_PARAM;
    last = guest->sequence[message->header.vmpck];
    if (last > UINT64_MAX - 2)
        return PSP_AEAD_OFLOW;
    if (message->sequence != last + 1)
        return PSP_INVALID_PARAM;
    sealed = envelope(guest, message);
    if (!crypto_open(&sealed, message->payload, payload->bytes, message->tag))
        return PSP_BAD_MEASUREMENT;
    return PSP_OK;
}

static void message_seal(const struct psp_guest *guest, const struct message *request,
                         const union payload *payload, struct message *response)
{
    const struct kind *kind = kind_of(&request->header);
    struct crypto_message sealed;

    memset(response, 0, sizeof(*response));
    response->header = request->header;
    response->header.type = (uint8_t)(request->header.type + 1);
    response->header.size = kind->response_size;
    response->sequence = request->sequence + 1;
    sealed = envelope(guest, response);
    crypto_seal(&sealed, payload->bytes, response->payload, response->tag);
}

static uint32_t kind_check(const struct message_header *header)
{
    const struct kind *kind = kind_of(header);

    if (!kind)
        return PSP_INVALID_PARAM;
    if (!kind->answer)
        return PSP_NOT_MODELLED | header->type;
    return header->size == kind->request_size ? PSP_OK : PSP_INVALID_PARAM;
}

uint32_t guest_message(struct psp_guest *guest, const uint8_t request[PSP_PAGE],
                       uint8_t response[PSP_PAGE])
{
    union payload ask = {{0}}, answer = {{0}};
    struct message in, out;
    uint32_t status;

    if (guest->state != GUEST_RUNNING)
        return PSP_INVALID_GUEST_STATE;
    memcpy(&in, request, sizeof(in));
    status = message_open(guest, &in, &ask);
    if (status == PSP_OK)
        status = kind_check(&in.header);
    if (status != PSP_OK)
        return status;
    kind_of(&in.header)->answer(guest, in.header.vmpck, &ask, &answer);
    message_seal(guest, &in, &answer, &out);
    guest->sequence[in.header.vmpck] = out.sequence;
    memcpy(response, &out, sizeof(out));
    return PSP_OK;
}
