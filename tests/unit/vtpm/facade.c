/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The facade against OpenSSL: entry, operands and counting. See README.md.
 */
#include "facade.h"

#include "crypto.h"

unsigned facade_scale = 1, facade_slow_scale = 1;
unsigned long facade_comparisons;

static uint64_t generator;
static jmp_buf *on_fail;

int crypto_seed(unsigned char *out, unsigned length)
{
    random_bytes(out, length);
    return 0;
}

_Noreturn void crypto_fail(const char *where)
{
    if (on_fail != NULL)
        longjmp(*on_fail, 1);
    fprintf(stderr, "crypto_fail in %s\n", where);
    abort();
}

int facade_fails(void (*f)(void *), void *argument)
{
    jmp_buf here;

    on_fail = &here;
    if (setjmp(here) == 0) {
        f(argument);
        on_fail = NULL;
        return 0;
    }
    on_fail = NULL;
    return 1;
}

/* xorshift64*: the tests need repeatable operands, not secrets. */
uint32_t random_word(void)
{
    generator ^= generator >> 12;
    generator ^= generator << 25;
    generator ^= generator >> 27;
    return (uint32_t)((generator * UINT64_C(0x2545F4914F6CDD1D)) >> 32);
}

uint32_t random_below(uint32_t limit)
{
    return (uint32_t)(((uint64_t)random_word() * limit) >> 32);
}

void random_bytes(uint8_t *out, size_t length)
{
    for (size_t i = 0; i < length; i++)
        out[i] = (uint8_t)random_word();
}

void random_operand(struct operand *o, unsigned limit)
{
    unsigned length = random_below(4) == 0 ? limit : random_below(limit + 1);

    memset(o, 0, sizeof *o);
    o->length = (int)length;
    if (length == 0)
        return;
    switch (random_below(10)) {
    case 0:
        o->bytes[length - 1] = (uint8_t)random_below(3);
        break;
    case 1:
        memset(o->bytes, 0xff, length);
        break;
    case 2:
        o->bytes[random_below(length)] = (uint8_t)(1u << random_below(8));
        break;
    case 3:
        memset(o->bytes, 0xff, length);
        o->bytes[random_below(length)] ^= (uint8_t)(1u << random_below(8));
        break;
    default:
        random_bytes(o->bytes, length);
    }
}

BIGNUM *to_openssl(const struct operand *o)
{
    return BN_bin2bn(o->bytes, o->length, NULL);
}

BIGNUM *to_facade(const struct operand *o)
{
    return F(BN_bin2bn)(o->bytes, o->length, NULL);
}

void from_openssl(struct operand *o, const BIGNUM *bn)
{
    assert_true(BN_num_bytes(bn) <= (int)sizeof o->bytes);
    o->length = BN_bn2bin(bn, o->bytes);
}

BIGNUM *facade_of(const BIGNUM *openssl)
{
    struct operand o;

    from_openssl(&o, openssl);
    return to_facade(&o);
}

void same_number(const BIGNUM *openssl, const BIGNUM *facade)
{
    uint8_t a[3 * OPERAND_MAX], b[3 * OPERAND_MAX];
    int n = BN_bn2bin(openssl, a);

    facade_comparisons++;
    assert_int_equal(F(BN_num_bits)(facade), BN_num_bits(openssl));
    assert_int_equal(F(BN_bn2bin)(facade, b), n);
    assert_memory_equal(a, b, (size_t)n);
}

void same_int(int openssl, int facade)
{
    facade_comparisons++;
    assert_int_equal(openssl, facade);
}

void same_bytes(const void *openssl, const void *facade, size_t length)
{
    facade_comparisons++;
    assert_memory_equal(openssl, facade, length);
}

/* OpenSSL's own keys and nonces come from the seed too. */
static int openssl_bytes(unsigned char *out, int length)
{
    random_bytes(out, (size_t)length);
    return 1;
}

static const RAND_METHOD openssl_generator = {.bytes = openssl_bytes, .pseudorand = openssl_bytes};

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers),        cmocka_unit_test(test_number_edges),
        cmocka_unit_test(test_hash_states),    cmocka_unit_test(test_blocks),
        cmocka_unit_test(test_ciphers),        cmocka_unit_test(test_kdf),
        cmocka_unit_test(test_random),         cmocka_unit_test(test_curves),
        cmocka_unit_test(test_ecdsa),          cmocka_unit_test(test_points_off_curve),
        cmocka_unit_test(test_rsa_cipher),     cmocka_unit_test(test_rsa_sign),
        cmocka_unit_test(test_rsa_keys),       cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_base64_refused),
    };
    uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 0) : 1;
    int failed;

    if (argc > 1)
        facade_scale = (unsigned)strtoul(argv[1], NULL, 0);
    facade_slow_scale = (facade_scale + 3) / 4;
    generator = seed * UINT64_C(0x9E3779B97F4A7C15) | 1;
    RAND_set_rand_method(&openssl_generator);
    printf("seed %llu, scale %u\n", (unsigned long long)seed, facade_scale);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    printf("%lu comparisons\n", facade_comparisons);
    return failed;
}
