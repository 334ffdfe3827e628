/* SPDX-License-Identifier: BSD-2-Clause */
/* The system in Graphviz' language: callers above whom they call, the host's things at the bottom.
 */
#include "draw.h"

static void draw_server(const struct manifest_server *server, FILE *out)
{
    static const char *const restart[] = {"", "restarted", "never restarted", "runs once"};

    fprintf(out, "  \"%s\" [shape=box, label=\"%s\\npriority %u, %s\\nstack %u K, heap %u K\"];\n",
            server->name, server->name, server->priority,
            server->fail_closed ? "fails closed" : restart[server->restart], server->stack / 1024,
            server->heap / 1024);
    for (uint32_t i = 0; i < server->protocol_count; i++) {
        fprintf(out, "  \"the guest\" -> \"%s\" [label=\"SVSM protocol %u\"];\n", server->name,
                server->protocols[i].number);
    }
    for (uint32_t i = 0; i < server->window_count; i++) {
        fprintf(out, "  \"%s\" -> \"the host\" [label=\"%s %#jx\", style=dashed];\n", server->name,
                server->windows[i].name, (uintmax_t)server->windows[i].address);
    }
    for (uint32_t i = 0; i < server->pipe_count; i++) {
        fprintf(out, "  \"%s\" -> \"the host\" [label=\"%s, ports %#x\", style=dashed];\n",
                server->name, server->pipes[i].name, server->pipes[i].first_port);
    }
    if ((server->host_calls & MANIFEST_HOST_CONSOLE) != 0) {
        fprintf(out, "  \"%s\" -> \"the host\" [label=\"console\", style=dashed];\n", server->name);
    }
    if ((server->host_calls & MANIFEST_HOST_GUEST_REQUEST) != 0) {
        fprintf(out, "  \"%s\" -> \"the host\" [label=\"guest request\", style=dashed];\n",
                server->name);
    }
}

static void draw_region(const struct manifest *manifest, const struct manifest_region *region,
                        FILE *out)
{
    fprintf(out, "  \"region %s\" [shape=note, label=\"%s\\n%u K\"];\n", region->name, region->name,
            region->size / 1024);
    for (uint32_t i = 0; i < region->user_count; i++) {
        const struct manifest_user *user = &region->users[i];
        fprintf(out, "  \"%s\" -> \"region %s\" [style=dotted, dir=none, label=\"r%s%s\"];\n",
                manifest->servers[user->server].name, region->name,
                (user->rights & MANIFEST_WRITE) != 0 ? "w" : "",
                (user->rights & MANIFEST_EXECUTE) != 0 ? "x" : "");
    }
}

void draw_dot(const struct manifest *manifest, FILE *out)
{
    fprintf(out, "digraph system {\n  node [fontname=\"sans-serif\", fontsize=11];\n"
                 "  edge [fontname=\"sans-serif\", fontsize=9];\n"
                 "  \"the guest\" [shape=plaintext];\n  \"the host\" [shape=plaintext];\n");
    for (uint32_t i = 0; i < manifest->server_count; i++) {
        draw_server(&manifest->servers[i], out);
    }
    for (uint32_t i = 0; i < manifest->channel_count; i++) {
        const struct manifest_channel *channel = &manifest->channels[i];
        fprintf(out, "  \"%s\" -> \"%s\" [label=\"%s\"];\n",
                manifest->servers[channel->ends[MANIFEST_CALLER].server].name,
                manifest->servers[channel->ends[MANIFEST_CALLEE].server].name, channel->name);
    }
    for (uint32_t i = 0; i < manifest->region_count; i++) {
        draw_region(manifest, &manifest->regions[i], out);
    }
    fprintf(out, "}\n");
}
