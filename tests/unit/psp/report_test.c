/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reports as a verifier sees them: OpenSSL checks chain and signature, of ours and of reports that
 * real processors signed, through the same structures.
 */
#include "fixture.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509_vfy.h>
#include <stdio.h>
#include <stdlib.h>

static X509 *certificate_read(const char *folder, const char *name)
{
    struct file file = file_read(folder, name);
    const uint8_t *cursor = file.bytes;
    X509 *certificate;
    BIO *bio = BIO_new_mem_buf(file.bytes, (int)file.size);

    certificate = PEM_read_bio_X509(bio, NULL, NULL, NULL);
    if (!certificate)
        certificate = d2i_X509(NULL, &cursor, (long)file.size);
    assert_non_null(certificate);
    BIO_free(bio);
    free(file.bytes);
    return certificate;
}

/* The report's signature, rebuilt the way every verifier outside does it. */
static bool signature_holds(const struct report *report, EVP_PKEY *key)
{
    ECDSA_SIG *numbers = ECDSA_SIG_new();
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    uint8_t *der = NULL;
    int size, result;

    ECDSA_SIG_set0(numbers, BN_lebin2bn(report->signature.r, 72, NULL),
                   BN_lebin2bn(report->signature.s, 72, NULL));
    size = i2d_ECDSA_SIG(numbers, &der);
    assert_true(EVP_DigestVerifyInit(context, NULL, EVP_sha384(), NULL, key));
    result = EVP_DigestVerify(context, der, (size_t)size, (const uint8_t *)report, REPORT_SIGNED);
    OPENSSL_free(der);
    ECDSA_SIG_free(numbers);
    EVP_MD_CTX_free(context);
    return result == 1;
}

static bool chain_holds(X509 *ark, X509 *ask, X509 *vcek)
{
    X509_STORE *store = X509_STORE_new();
    X509_STORE_CTX *context = X509_STORE_CTX_new();
    STACK_OF(X509) *between = sk_X509_new_null();
    bool result;

    X509_STORE_add_cert(store, ark);
    sk_X509_push(between, ask);
    X509_STORE_CTX_init(context, store, vcek, between);
    X509_STORE_CTX_set_flags(context, X509_V_FLAG_NO_CHECK_TIME);
    result = X509_verify_cert(context) == 1;
    X509_STORE_CTX_free(context);
    X509_STORE_free(store);
    sk_X509_free(between);
    return result;
}

/* The bytes of AMD's extension 1.3.6.1.4.1.3704.1.SUFFIX; size 0 if there is none. */
static size_t extension(X509 *certificate, const char *suffix, uint8_t out[80])
{
    char text[64];
    ASN1_OBJECT *object;
    ASN1_OCTET_STRING *data;
    int at;

    snprintf(text, sizeof(text), "1.3.6.1.4.1.3704.1.%s", suffix);
    object = OBJ_txt2obj(text, 1);
    at = X509_get_ext_by_OBJ(certificate, object, -1);
    ASN1_OBJECT_free(object);
    if (at < 0)
        return 0;
    data = X509_EXTENSION_get_data(X509_get_ext(certificate, at));
    assert_true(ASN1_STRING_length(data) <= 80);
    memcpy(out, ASN1_STRING_get0_data(data), (size_t)ASN1_STRING_length(data));
    return (size_t)ASN1_STRING_length(data);
}

static void identity_matches(const struct report *report, X509 *vcek, bool turin)
{
    static const char *const milan_spl[] = {"3.1", "3.2", "3.4", "3.5", "3.6", "3.7", "3.3", "3.8"};
    static const char *const turin_spl[] = {"3.9", "3.1", "3.2", "3.3", "3.5", "3.6", "3.7", "3.8"};
    uint8_t bytes[80];

    for (unsigned i = 0; i < 8; i++) {
        size_t size = extension(vcek, turin ? turin_spl[i] : milan_spl[i], bytes);

        assert_true(size == 3 || size == 4);
        assert_int_equal(bytes[size - 1], report->reported_tcb >> (8 * i) & 0xFF);
    }
    assert_int_equal(extension(vcek, "4", bytes), turin ? 8 : 64);
    assert_memory_equal(bytes, report->chip_id, turin ? 8 : 64);
}

static void report_get(const char *folder, uint32_t version, struct report *report)
{
    static uint8_t page[PSP_PAGE];
    struct psp_launch_finish finish = {0};

    guest_fresh(folder, version);
    memset(finish.host_data, 0x48, sizeof(finish.host_data));
    assert_int_equal(guest_launch_start(&guest, POLICY), PSP_OK);
    assert_int_equal(guest_launch_page(&guest, PSP_PAGE_NORMAL, 0, page), PSP_OK);
    assert_int_equal(guest_launch_finish(&guest, &finish), PSP_OK);
    report_make(&guest, 1, (const uint8_t[64]){"hello"}, report);
}

static void report_of(const char *folder, uint32_t version)
{
    bool turin = *folder != 0;
    char path[512];
    struct report report, again;
    X509 *vcek, *ask, *ark;

    snprintf(path, sizeof(path), "%s/%s", CHAIN, folder);
    report_get(folder, version, &report);
    report_get(folder, version, &again);
    assert_memory_equal(&report, &again, sizeof(report));
    assert_int_equal(report.version, version);
    assert_int_equal(report.vmpl, 1);
    assert_memory_equal(report.measurement, guest.digest, 48);
    assert_int_equal(report.host_data[31], 0x48);
    assert_int_equal(report.report_id_ma[0], 0xFF);
    assert_int_equal(report.family, version >= 3 ? (turin ? 0x1A : 0x19) : 0);
    assert_true(report.launch_mitigations == (version == 5 ? 0x3Fu : 0));

    vcek = certificate_read(path, "vcek.der");
    ask = certificate_read(path, "ask.pem");
    ark = certificate_read(path, "ark.pem");
    assert_true(chain_holds(ark, ask, vcek));
    assert_false(chain_holds(ask, ark, vcek));
    assert_true(signature_holds(&report, X509_get0_pubkey(vcek)));
    identity_matches(&report, vcek, turin);
    report.report_data[63] ^= 1;
    assert_false(signature_holds(&report, X509_get0_pubkey(vcek)));
    X509_free(vcek);
    X509_free(ask);
    X509_free(ark);
}

static void own_reports(void **state)
{
    (void)state;
    report_of("", 2);
    report_of("", 3);
    report_of("turin/", 5);
}

/* GUID table: every entry is a certificate of the chain, and nothing follows. */
static void certificate_table(void **state)
{
    static const char *const names[] = {"vcek.der", "ask.der", "ark.der"};
    const struct psp_chip *chip;
    uint32_t end = 0;

    (void)state;
    guest_running();
    chip = guest.platform.chip;
    for (unsigned i = 0; i < 3; i++) {
        struct file file = file_read(CHAIN, names[i]);
        uint32_t place[2];

        memcpy(place, chip->certificates + 24 * i + 16, sizeof(place));
        assert_int_equal(place[1], file.size);
        end = place[0] + place[1];
        assert_true(end <= chip->certificates_size);
        assert_memory_equal(chip->certificates + place[0], file.bytes, file.size);
        free(file.bytes);
    }
    assert_memory_equal(chip->certificates, "\x8d\x75\xda\x63\x64\xe6\x64\x45\xad\xc5", 10);
    assert_memory_equal(chip->certificates + 72, (uint8_t[24]){0}, 24);
    assert_int_equal(end, chip->certificates_size);
}

static const struct real {
    const char *name, *product;
    uint32_t version;
} real[] = {
    {"milan-v2-a", "milan", 2},     {"milan-v2-b", "milan", 2},
    {"milan-v2-c", "milan", 2},     {"milan-v2-azure", "milan", 2},
    {"milan-v3-a", "milan", 3},     {"genoa-v3-a", "genoa", 3},
    {"genoa-v3-azure", "genoa", 3}, {"genoa-v3-trustee-e2e", "genoa", 3},
    {"turin-v5-a", "turin", 5},
};

static X509 *real_certificate(const char *folder, const char *format, const char *name)
{
    char text[128];

    snprintf(text, sizeof(text), format, name);
    return certificate_read(folder, text);
}

static void public_key_of(X509 *certificate, struct crypto_public_key *key)
{
    const uint8_t *point;
    size_t size = 0;
    uint8_t bytes[128];

    EVP_PKEY_get_octet_string_param(X509_get0_pubkey(certificate), "pub", bytes, sizeof(bytes),
                                    &size);
    assert_int_equal(size, 97);
    point = bytes + 1;
    *key = (struct crypto_public_key){.curve = CRYPTO_CURVE_P384};
    for (unsigned i = 0; i < 48; i++) {
        key->x[i] = point[47 - i];
        key->y[i] = point[95 - i];
    }
}

static void real_report(const char *folder, const struct real *vector)
{
    char name[128];
    struct file file;
    struct report report;
    struct crypto_public_key key;
    X509 *vcek = real_certificate(folder, "snp/vek/%s.vcek.der", vector->name);
    X509 *ask = real_certificate(folder, "snp/ca/%s-ask.pem", vector->product);
    X509 *ark = real_certificate(folder, "snp/ca/%s-ark.pem", vector->product);

    snprintf(name, sizeof(name), "snp/reports/%s.bin", vector->name);
    file = file_read(folder, name);
    assert_int_equal(file.size, sizeof(report));
    memcpy(&report, file.bytes, sizeof(report));
    assert_int_equal(report.version, vector->version);
    assert_int_equal(report.signature_algorithm, 1);
    assert_true(chain_holds(ark, ask, vcek));
    assert_true(signature_holds(&report, X509_get0_pubkey(vcek)));
    identity_matches(&report, vcek, vector->version == 5);
    public_key_of(vcek, &key);
    assert_true(
        crypto_verify(&key, (struct crypto_bytes){&report, REPORT_SIGNED}, &report.signature));
    report.signature.s[0] ^= 1;
    assert_false(
        crypto_verify(&key, (struct crypto_bytes){&report, REPORT_SIGNED}, &report.signature));
    X509_free(vcek);
    X509_free(ask);
    X509_free(ark);
    free(file.bytes);
}

static void real_reports(void **state)
{
    const char *folder = vectors_folder();

    (void)state;
    for (unsigned i = 0; i < sizeof(real) / sizeof(real[0]); i++)
        real_report(folder, &real[i]);
}

/* What a version does not have is zero in ours as it is in the real ones. */
static void reserved_bytes_agree(void **state)
{
    struct report ours;

    (void)state;
    report_get("", 2, &ours);
    assert_memory_equal(ours.reserved2, (uint8_t[21]){0}, 21);
    assert_memory_equal(ours.reserved5, (uint8_t[152]){0}, 152);
    assert_memory_equal(ours.signature.r + 48, (uint8_t[24]){0}, 24);
    assert_memory_equal(ours.signature.s + 48, (uint8_t[24]){0}, 24);
    assert_memory_equal(ours.signature.reserved, (uint8_t[368]){0}, 368);
}

/* With a word: only the reports of real processors, 77 if they are not on this machine. */
int main(int count, char **words)
{
    const struct CMUnitTest own[] = {
        cmocka_unit_test(own_reports),
        cmocka_unit_test(certificate_table),
        cmocka_unit_test(reserved_bytes_agree),
    };
    const struct CMUnitTest outside[] = {
        cmocka_unit_test(real_reports),
    };

    (void)words;
    if (count < 2)
        return cmocka_run_group_tests(own, NULL, NULL);
    return vectors_folder() ? cmocka_run_group_tests(outside, NULL, NULL) : 77;
}
