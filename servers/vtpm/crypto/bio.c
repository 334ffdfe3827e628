/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * BIO_*, refused: libtpms decodes base64 with them in TPMLIB_DecodeBlob, which nothing of ours
 * calls. It stops at the first NULL.
 */
#include <stddef.h>

#include <openssl/bio.h>

const BIO_METHOD *BIO_f_base64(void)
{
    return NULL;
}

BIO *BIO_new(const BIO_METHOD *type)
{
    (void)type;
    return NULL;
}

BIO *BIO_new_mem_buf(const void *buf, int len)
{
    (void)buf;
    (void)len;
    return NULL;
}

BIO *BIO_push(BIO *b, BIO *append)
{
    (void)b;
    (void)append;
    return NULL;
}

void BIO_set_flags(BIO *b, int flags)
{
    (void)b;
    (void)flags;
}

int BIO_read(BIO *b, void *data, int dlen)
{
    (void)b;
    (void)data;
    (void)dlen;
    return -1;
}

int BIO_free(BIO *a)
{
    (void)a;
    return 0;
}

void BIO_free_all(BIO *a)
{
    (void)a;
}
