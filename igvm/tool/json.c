/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A value is preceded by what separates it from the one before: nothing after a bracket, else a
 * comma; each on its own line, indented by depth.
 */
#include "json.h"

void json_start(struct json *json, FILE *out)
{
    *json = (struct json){.out = out, .first = true};
}

static void separate(struct json *json, const char *key)
{
    if (json->depth != 0) {
        fprintf(json->out, "%s\n%*s", json->first ? "" : ",", (int)(2 * json->depth), "");
    }
    if (key != NULL) {
        fprintf(json->out, "\"%s\": ", key);
    }
    json->first = false;
}

void json_open(struct json *json, const char *key, char bracket)
{
    separate(json, key);
    fputc(bracket, json->out);
    json->depth++;
    json->first = true;
}

void json_close(struct json *json, char bracket)
{
    json->depth--;
    if (!json->first) {
        fprintf(json->out, "\n%*s", (int)(2 * json->depth), "");
    }
    fputc(bracket, json->out);
    json->first = false;
    if (json->depth == 0) {
        fputc('\n', json->out);
    }
}

void json_number(struct json *json, const char *key, uint64_t value)
{
    separate(json, key);
    fprintf(json->out, "%llu", (unsigned long long)value);
}

void json_string(struct json *json, const char *key, const char *value)
{
    separate(json, key);
    fprintf(json->out, "\"%s\"", value);
}

void json_hex(struct json *json, const char *key, const uint8_t *bytes, size_t size)
{
    separate(json, key);
    fputc('"', json->out);
    for (size_t i = 0; i < size; i++) {
        fprintf(json->out, "%02x", bytes[i]);
    }
    fputc('"', json->out);
}
