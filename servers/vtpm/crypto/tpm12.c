/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What libtpms would pull in besides the TPM 2.0, refused.
 *
 * Its library object names a dispatch table of the TPM 1.2. Defined here, as zeros, and linked
 * before the archive, it keeps every TPM 1.2 object out; TPMLIB_ChooseTPMVersion(2) must be the
 * first call. The BIO functions decode base64 for TPMLIB_DecodeBlob, which nothing of ours calls:
 * libtpms stops at the first NULL.
 */
#include <stddef.h>

#include <openssl/bio.h>

extern void *const TPM12Interface[32];
void *const TPM12Interface[32] = {NULL};

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
