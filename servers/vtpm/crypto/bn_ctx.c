/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * BN_CTX_*: numbers that live until the frame they were taken in ends.
 */
#include "number.h"

struct bignum_ctx {
    BIGNUM *list;
    unsigned frame;
};

static void drop_first(BN_CTX *c)
{
    BIGNUM *b = c->list;

    c->list = b->next;
    BN_clear_free(b);
}

BN_CTX *BN_CTX_new(void)
{
    return calloc(1, sizeof(BN_CTX));
}

void BN_CTX_start(BN_CTX *c)
{
    c->frame++;
}

BIGNUM *BN_CTX_get(BN_CTX *c)
{
    BIGNUM *b = BN_new();

    if (b != NULL) {
        b->frame = c->frame;
        b->next = c->list;
        c->list = b;
    }
    return b;
}

void BN_CTX_end(BN_CTX *c)
{
    while (c->list != NULL && c->list->frame == c->frame)
        drop_first(c);
    if (c->frame > 0)
        c->frame--;
}

void BN_CTX_free(BN_CTX *c)
{
    if (c == NULL)
        return;
    while (c->list != NULL)
        drop_first(c);
    free(c);
}
