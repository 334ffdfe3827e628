/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * OSSL_PARAM_*: lists of named values. libtpms builds one and hands it back to pkey.c or kdf.c;
 * between the two it is ours. A value of size 0 in a built list is a BIGNUM, not its bytes.
 */
#include "number.h"

#include <openssl/param_build.h>
#include <openssl/params.h>

enum { PARAMS_MAX = 9 }; /* the parts of an RSA key, and the end */

struct ossl_param_bld_st {
    unsigned count;
    OSSL_PARAM list[PARAMS_MAX];
};

static void free_values(OSSL_PARAM *p)
{
    for (; p->key != NULL; p++)
        if (p->data_size == 0)
            BN_clear_free(p->data);
        else
            free(p->data);
}

OSSL_PARAM_BLD *OSSL_PARAM_BLD_new(void)
{
    return calloc(1, sizeof(OSSL_PARAM_BLD));
}

void OSSL_PARAM_BLD_free(OSSL_PARAM_BLD *bld)
{
    if (bld == NULL)
        return;
    free_values(bld->list);
    free(bld);
}

static int has_room(const OSSL_PARAM_BLD *bld)
{
    return bld->count < PARAMS_MAX - 1;
}

int OSSL_PARAM_BLD_push_BN(OSSL_PARAM_BLD *bld, const char *key, const BIGNUM *bn)
{
    BIGNUM *copy = has_room(bld) ? BN_dup(bn) : NULL;

    if (copy == NULL)
        return 0;
    bld->list[bld->count++] = (OSSL_PARAM){key, OSSL_PARAM_UNSIGNED_INTEGER, copy, 0, 0};
    return 1;
}

int OSSL_PARAM_BLD_push_uint(OSSL_PARAM_BLD *bld, const char *key, unsigned int val)
{
    unsigned *copy = has_room(bld) ? malloc(sizeof *copy) : NULL;

    if (copy == NULL)
        return 0;
    *copy = val;
    bld->list[bld->count++] = (OSSL_PARAM){key, OSSL_PARAM_UNSIGNED_INTEGER, copy, sizeof *copy, 0};
    return 1;
}

OSSL_PARAM *OSSL_PARAM_BLD_to_param(OSSL_PARAM_BLD *bld)
{
    OSSL_PARAM *list = malloc(sizeof bld->list);

    if (list == NULL)
        return NULL;
    memcpy(list, bld->list, sizeof bld->list);
    memset(bld, 0, sizeof *bld);
    return list;
}

void OSSL_PARAM_free(OSSL_PARAM *p)
{
    if (p == NULL)
        return;
    free_values(p);
    free(p);
}

OSSL_PARAM OSSL_PARAM_construct_utf8_string(const char *key, char *buf, size_t bsize)
{
    return (OSSL_PARAM){key, OSSL_PARAM_UTF8_STRING, buf, bsize != 0 ? bsize : strlen(buf),
                        OSSL_PARAM_UNMODIFIED};
}

OSSL_PARAM OSSL_PARAM_construct_octet_string(const char *key, void *buf, size_t bsize)
{
    return (OSSL_PARAM){key, OSSL_PARAM_OCTET_STRING, buf, bsize, OSSL_PARAM_UNMODIFIED};
}

OSSL_PARAM OSSL_PARAM_construct_end(void)
{
    return (OSSL_PARAM){NULL, 0, NULL, 0, 0};
}
