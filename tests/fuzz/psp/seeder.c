/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * First inputs for the fuzzer: one good request of each kind, to be sealed by it, a CPUID page and
 * an ID block with its form right. Writes them into the folder that is its argument.
 */
#include "cpuid_page.h"
#include "id_block.h"
#include "message.h"

#include <stdio.h>
#include <string.h>

static const char *folder;

static void write_seed(const char *name, uint8_t kind, const void *bytes, size_t size)
{
    char path[512];
    FILE *file;

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    file = fopen(path, "wb");
    if (!file || fputc(kind, file) == EOF || fwrite(bytes, 1, size, file) != size) {
        perror(path);
        return;
    }
    fclose(file);
}

static void write_message(const char *name, uint8_t type, uint8_t version, uint16_t size)
{
    struct message message = {.sequence = 1,
                              .header = {.algorithm = MESSAGE_AES_256_GCM,
                                         .header_version = MESSAGE_VERSION,
                                         .header_size = MESSAGE_HEADER,
                                         .type = type,
                                         .version = version,
                                         .size = size}};

    write_seed(name, 1, &message, MESSAGE_HEADER + (size_t)size);
}

/* One VMPL above what the key speaks for. */
static void write_report_above(void)
{
    struct report_request ask = {.vmpl = 1};
    struct message message = {.sequence = 1,
                              .header = {.algorithm = MESSAGE_AES_256_GCM,
                                         .header_version = MESSAGE_VERSION,
                                         .header_size = MESSAGE_HEADER,
                                         .type = MESSAGE_REPORT_REQUEST,
                                         .version = 1,
                                         .size = sizeof(ask),
                                         .vmpck = 2}};

    memcpy(message.payload, &ask, sizeof(ask));
    write_seed("above", 1, &message, MESSAGE_HEADER + sizeof(ask));
}

int main(int count, char **words)
{
    struct cpuid_page page = {.count = 3, .entries = {{.leaf = 1}, {.leaf = 7}, {.leaf = 0xD}}};
    struct {
        struct id_block block;
        struct id_auth auth;
    } id = {.block = {.version = 1},
            .auth = {.id_key_algorithm = 1, .author_key_algorithm = 1, .id_key = {.curve = 2}}};

    if (count != 2)
        return 2;
    folder = words[1];
    write_message("report", MESSAGE_REPORT_REQUEST, 1, sizeof(struct report_request));
    write_message("key", MESSAGE_KEY_REQUEST, 1, KEY_REQUEST_V1);
    write_message("key2", MESSAGE_KEY_REQUEST, 2, sizeof(struct key_request));
    write_message("tsc", MESSAGE_TSC_REQUEST, 1, sizeof(struct tsc_request));
    write_report_above();
    write_seed("cpuid", 2, &page, sizeof(page));
    write_seed("id", 3, &id, sizeof(id));
    return 0;
}
