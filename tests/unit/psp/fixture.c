/* SPDX-License-Identifier: BSD-2-Clause */
/* See fixture.h. */
#include "fixture.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct psp_guest guest;
static struct file chip;
static uint8_t noise_count;

_Noreturn void crypto_broken(int status)
{
    fprintf(stderr, "wolfCrypt refused a correct call: %d\n", status);
    abort();
}

struct file file_read(const char *folder, const char *name)
{
    char path[512];
    struct file file = {NULL, 0};
    FILE *stream;
    long size;

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    stream = fopen(path, "rb");
    if (!stream)
        fail_msg("%s is not there", path);
    fseek(stream, 0, SEEK_END);
    size = ftell(stream);
    rewind(stream);
    file.size = (size_t)size;
    file.bytes = malloc(file.size);
    assert_int_equal(fread(file.bytes, 1, file.size, stream), file.size);
    fclose(stream);
    return file;
}

const char *vectors_folder(void)
{
    const char *folder = getenv("DRUPE_VECTORS");

    if (!folder)
        folder = VECTORS;
    if (access(folder, R_OK) == 0)
        return folder;
    printf("skipped: the real reports (DRUPE_VECTORS or %s) are not on this machine\n", folder);
    return NULL;
}

struct psp_cpuid fixture_cpuid(uint32_t leaf, uint32_t subleaf)
{
    if (leaf == 0)
        return (struct psp_cpuid){0xD, 0x68747541, 0x444D4163, 0x69746E65};
    if (leaf == 0x8000001F)
        return (struct psp_cpuid){0x43A, 0x80004073, 0, 1};
    return (struct psp_cpuid){0x00A00F11, leaf + subleaf, 0x76DA3203, 0x178BFBFF};
}

static void noise(void *to, size_t size)
{
    uint8_t *bytes = to;

    for (size_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)(noise_count++ * 167u + 13u);
}

void guest_fresh(const char *folder, uint32_t report_version)
{
    struct psp_platform platform = {NULL, report_version, fixture_cpuid, noise};
    char name[64];

    snprintf(name, sizeof(name), "%schip.bin", folder);
    free(chip.bytes);
    chip = file_read(CHAIN, name);
    platform.chip = (const struct psp_chip *)(const void *)chip.bytes;
    assert_true(platform.chip->magic == CHIP_MAGIC);
    assert_int_equal(chip.size,
                     offsetof(struct psp_chip, certificates) + platform.chip->certificates_size);
    noise_count = 0;
    guest_init(&guest, &platform);
}

void guest_running(void)
{
    static uint8_t page[PSP_PAGE];
    struct psp_launch_finish finish = {0};

    guest_fresh("", 3);
    assert_int_equal(guest_launch_start(&guest, POLICY), PSP_OK);
    assert_int_equal(guest_launch_page(&guest, PSP_PAGE_NORMAL, 0, page), PSP_OK);
    memset(finish.host_data, 0x48, sizeof(finish.host_data));
    assert_int_equal(guest_launch_finish(&guest, &finish), PSP_OK);
}

static void nonce_of(const struct message *message, uint8_t nonce[12])
{
    memset(nonce, 0, 12);
    memcpy(nonce, &message->sequence, 8);
}

void message_reseal(struct message *message, const uint8_t key[32], const uint8_t *plain)
{
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    uint8_t nonce[12];
    int length;

    nonce_of(message, nonce);
    assert_true(EVP_EncryptInit_ex(context, EVP_aes_256_gcm(), NULL, key, nonce));
    assert_true(EVP_EncryptUpdate(context, NULL, &length, (const uint8_t *)&message->header,
                                  sizeof(message->header)));
    assert_true(
        EVP_EncryptUpdate(context, message->payload, &length, plain, (int)message->header.size));
    assert_true(EVP_EncryptFinal_ex(context, message->payload + length, &length));
    assert_true(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, 16, message->tag));
    EVP_CIPHER_CTX_free(context);
}

void letter_seal(const struct letter *letter, struct message *message)
{
    memset(message, 0, sizeof(*message));
    message->sequence = letter->sequence;
    message->header = (struct message_header){.algorithm = 1,
                                              .header_version = 1,
                                              .header_size = 0x60,
                                              .type = letter->type,
                                              .version = letter->version,
                                              .size = letter->size,
                                              .vmpck = letter->vmpck};
    message_reseal(message, guest.vmpck[letter->vmpck % VMPCKS], letter->payload);
}

void answer_open(const struct message *message, const uint8_t key[32], void *plain, size_t size)
{
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    uint8_t nonce[12], tag[16];
    int length;

    assert_int_equal(message->header.size, size);
    memcpy(tag, message->tag, sizeof(tag));
    nonce_of(message, nonce);
    assert_true(EVP_DecryptInit_ex(context, EVP_aes_256_gcm(), NULL, key, nonce));
    assert_true(EVP_DecryptUpdate(context, NULL, &length, (const uint8_t *)&message->header,
                                  sizeof(message->header)));
    assert_true(EVP_DecryptUpdate(context, plain, &length, message->payload, (int)size));
    assert_true(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, 16, tag));
    assert_true(EVP_DecryptFinal_ex(context, (uint8_t *)plain + length, &length) == 1);
    EVP_CIPHER_CTX_free(context);
}

uint32_t message_send(const struct message *request, struct message *response)
{
    memset(response, 0xA5, sizeof(*response));
    return guest_message(&guest, (const uint8_t *)request, (uint8_t *)response);
}

static void number_out(EVP_PKEY *key, const char *name, uint8_t out[72])
{
    BIGNUM *number = NULL;

    assert_true(EVP_PKEY_get_bn_param(key, name, &number));
    assert_int_equal(BN_bn2lebinpad(number, out, 72), 72);
    BN_free(number);
}

struct outside_key outside_key_make(void)
{
    struct outside_key key = {EVP_EC_gen("P-384"), {.curve = CRYPTO_CURVE_P384}};

    assert_non_null(key.handle);
    number_out(key.handle, OSSL_PKEY_PARAM_EC_PUB_X, key.public_key.x);
    number_out(key.handle, OSSL_PKEY_PARAM_EC_PUB_Y, key.public_key.y);
    return key;
}

void outside_key_free(struct outside_key *key)
{
    EVP_PKEY_free(key->handle);
}

void outside_sign(const struct outside_key *key, const void *bytes, size_t size,
                  struct crypto_signature *signature)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    uint8_t der[160];
    const uint8_t *cursor = der;
    size_t length = sizeof(der);
    ECDSA_SIG *numbers;

    memset(signature, 0, sizeof(*signature));
    assert_true(EVP_DigestSignInit(context, NULL, EVP_sha384(), NULL, key->handle));
    assert_true(EVP_DigestSign(context, der, &length, bytes, size));
    numbers = d2i_ECDSA_SIG(NULL, &cursor, (long)length);
    assert_non_null(numbers);
    assert_int_equal(BN_bn2lebinpad(ECDSA_SIG_get0_r(numbers), signature->r, 72), 72);
    assert_int_equal(BN_bn2lebinpad(ECDSA_SIG_get0_s(numbers), signature->s, 72), 72);
    ECDSA_SIG_free(numbers);
    EVP_MD_CTX_free(context);
}
