/* SPDX-License-Identifier: BSD-2-Clause */
/* The library's interface: reading, checking, adding up; see manifest.h. */
#include "manifest.h"

#include "check.h"
#include "reader.h"
#include "schema.h"
#include "text.h"

bool manifest_parse(const void *dtb, size_t size, struct manifest *out,
                    struct manifest_error *error)
{
    struct reader reader = {.tree = dtb, .manifest = out, .error = error};
    int init;

    memset(out, 0, sizeof(*out));
    memset(error, 0, sizeof(*error));
    if (!reader_open(&reader, size) || !reader_node(&reader, 0, &schema_root, out)) {
        return false;
    }
    init = manifest_find_server(out, "init");
    out->init = init < 0 ? 0 : (uint32_t)init;
    if (!check_manifest(out, error)) {
        return false;
    }
    memset(error, 0, sizeof(*error));
    return true;
}

int manifest_find_server(const struct manifest *manifest, const char *name)
{
    for (uint32_t i = 0; i < manifest->server_count; i++) {
        if (text_equal(manifest->servers[i].name, name)) {
            return (int)i;
        }
    }
    return -1;
}

uint64_t manifest_channel_bytes(const struct manifest_channel *channel)
{
    uint64_t rings = (uint64_t)channel->rings[MANIFEST_CALLER] + channel->rings[MANIFEST_CALLEE];

    return channel->message + rings + (rings != 0 ? MANIFEST_PAGE : 0);
}

uint64_t manifest_server_bytes(const struct manifest_server *server)
{
    uint64_t bytes = (uint64_t)MANIFEST_OVERHEAD * MANIFEST_PAGE + server->stack + server->heap +
                     (uint64_t)server->shared_pages * MANIFEST_PAGE;

    for (uint32_t i = 0; i < server->protocol_count; i++) {
        bytes += server->protocols[i].page_calls != 0 ? MANIFEST_PAGE : 0;
    }
    return bytes;
}

uint64_t manifest_bytes(const struct manifest *manifest)
{
    uint64_t bytes = 0;

    for (uint32_t i = 0; i < manifest->server_count; i++) {
        bytes += manifest_server_bytes(&manifest->servers[i]);
    }
    for (uint32_t i = 0; i < manifest->channel_count; i++) {
        bytes += manifest_channel_bytes(&manifest->channels[i]);
    }
    for (uint32_t i = 0; i < manifest->region_count; i++) {
        bytes += manifest->regions[i].size;
    }
    return bytes;
}
