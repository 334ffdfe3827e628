/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The store in memory: a copy of each blob. A failed save leaves the old copy in place.
 */
#include "memory_store.h"

#include "blob.h"

#include <stdlib.h>
#include <string.h>

static struct store_bytes *blob_of(struct store *store, enum store_blob which)
{
    return &((struct memory_store *)store)->blob[which];
}

static bool copy(struct store_bytes *to, const struct store_bytes *from)
{
    uint8_t *data = malloc(from->length > 0 ? from->length : 1);

    if (data == NULL)
        return false;
    memcpy(data, from->data, from->length);
    *to = (struct store_bytes){data, from->length};
    return true;
}

static enum store_result load(struct store *store, enum store_blob which, struct store_bytes *out)
{
    struct store_bytes *b = blob_of(store, which);

    if (b->data == NULL)
        return STORE_NONE;
    return copy(out, b) ? STORE_OK : STORE_FAILED;
}

static enum store_result save(struct store *store, enum store_blob which,
                              const struct store_bytes *bytes)
{
    struct store_bytes *b = blob_of(store, which), fresh;

    if (!copy(&fresh, bytes))
        return STORE_FAILED;
    blob_free(b);
    *b = fresh;
    return STORE_OK;
}

static enum store_result drop(struct store *store, enum store_blob which)
{
    blob_free(blob_of(store, which));
    return STORE_OK;
}

void memory_store_open(struct memory_store *m)
{
    *m = (struct memory_store){.store = {load, save, drop, true}};
}

void memory_store_close(struct memory_store *m)
{
    for (int i = 0; i < STORE_BLOBS; i++)
        blob_free(&m->blob[i]);
}
