/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What may stand in a manifest: one table a kind of node, from the leaves up to the root.
 *
 * Ranges of single values are here, what values have to do with each other is in check.c. A row is
 * name, type, required, place in the struct, least, most, multiple.
 */
#include "schema.h"

#include "text.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define PLACE(type, member)                                                                        \
    offsetof(struct manifest_##type, member), sizeof(((struct manifest_##type *)0)->member)
#define NO_PLACE 0, 0

#define SIZE_MOST    (UINT64_C(1) << 30) /* of one thing: no sum of sizes overflows 64 bits */
#define TIME_MOST    86400000u           /* a day of milliseconds */
#define ADDRESS_MOST (UINT64_C(1) << 52)
#define PORTS        65536u
#define LINES        224u /* interrupt vectors that are not exceptions */
#define PROTOCOLS    7u   /* a guest CPU's places for services */
#define CALLS        64u

static const struct field window_fields[] = {
    {"address", FIELD_NUMBER, true, PLACE(window, address), 0, ADDRESS_MOST, MANIFEST_PAGE, NULL},
    {"size", FIELD_NUMBER, true, PLACE(window, size), MANIFEST_PAGE, SIZE_MOST, MANIFEST_PAGE,
     NULL},
};

static const struct schema window_schema = {window_fields, COUNT(window_fields), NULL, 0, NULL};

static bool read_ports(const struct reader *reader, const struct value *value, void *target)
{
    struct manifest_pipe *pipe = target;
    uint32_t first;
    uint32_t count;

    if (value->size != 8) {
        return reader_refuse(reader, value, "this has to be the first port and how many", NULL);
    }
    first = reader_cell(value, 0);
    count = reader_cell(value, 1);
    if (count == 0 || count > 256 || first > PORTS - count) {
        return reader_refuse(reader, value, "there are 65536 ports, and a pipe has 1 to 256", NULL);
    }
    pipe->first_port = (uint16_t)first;
    pipe->ports = (uint16_t)count;
    return true;
}

static const struct field pipe_fields[] = {
    {"ports", FIELD_OTHER, true, NO_PLACE, 0, 0, 0, read_ports},
};

static const struct schema pipe_schema = {pipe_fields, COUNT(pipe_fields), NULL, 0, NULL};

static const struct field interrupt_fields[] = {
    {"line", FIELD_NUMBER, true, PLACE(interrupt, line), 0, LINES - 1, 1, NULL},
};

static const struct schema interrupt_schema = {interrupt_fields, COUNT(interrupt_fields), NULL, 0,
                                               NULL};

static bool read_page_calls(const struct reader *reader, const struct value *value, void *target)
{
    struct manifest_protocol *protocol = target;

    if (value->size == 0 || value->size % 4 != 0) {
        return reader_refuse(reader, value, "this has to be a list of call numbers", NULL);
    }
    for (size_t i = 0; i < value->size / 4; i++) {
        uint32_t call = reader_cell(value, i);
        if (call >= CALLS || (protocol->page_calls >> call & 1) != 0) {
            return reader_refuse(reader, value, "call numbers are below 64 and each comes once",
                                 NULL);
        }
        protocol->page_calls |= UINT64_C(1) << call;
    }
    return true;
}

static const struct field protocol_fields[] = {
    {"number", FIELD_NUMBER, true, PLACE(protocol, number), 1, PROTOCOLS, 1, NULL},
    {"page-calls", FIELD_OTHER, false, NO_PLACE, 0, 0, 0, read_page_calls},
};

static const struct schema protocol_schema = {protocol_fields, COUNT(protocol_fields), NULL, 0,
                                              NULL};

static bool read_restart(const struct reader *reader, const struct value *value, void *target)
{
    static const char *const names[] = {NULL, "always", "never", "once"};
    const char *text = reader_string(reader, value);

    for (uint8_t i = 1; text != NULL && i < COUNT(names); i++) {
        if (text_equal(text, names[i])) {
            ((struct manifest_server *)target)->restart = i;
            return true;
        }
    }
    return text != NULL &&
           reader_refuse(reader, value, "this has to be \"always\", \"never\" or \"once\"", NULL);
}

#define HOST_CALLS 2u

/* The string at "at" is the name of a right: its bit, and "at" behind it; else 0. */
static uint8_t host_call_at(const struct value *value, size_t *at)
{
    static const char *const names[HOST_CALLS] = {"console", "guest-request"};

    for (size_t i = 0; i < HOST_CALLS; i++) {
        size_t size = strlen(names[i]) + 1;
        if (size <= value->size - *at && memcmp(value->bytes + *at, names[i], size) == 0) {
            *at += size;
            return (uint8_t)(1u << i);
        }
    }
    return 0;
}

static bool read_host_calls(const struct reader *reader, const struct value *value, void *target)
{
    struct manifest_server *server = target;
    size_t at = 0;

    do {
        uint8_t bit = host_call_at(value, &at);
        if (bit == 0 || (server->host_calls & bit) != 0) {
            return reader_refuse(reader, value,
                                 "this is a list of \"console\" and \"guest-request\", each once",
                                 NULL);
        }
        server->host_calls |= bit;
    } while (at < value->size);
    return true;
}

static const struct field server_fields[] = {
    {"image", FIELD_NAME, true, PLACE(server, image), 0, 0, 0, NULL},
    {"priority", FIELD_NUMBER, true, PLACE(server, priority), 1, MANIFEST_PRIORITY_MAX, 1, NULL},
    {"stack", FIELD_NUMBER, true, PLACE(server, stack), MANIFEST_PAGE, SIZE_MOST, MANIFEST_PAGE,
     NULL},
    {"heap", FIELD_NUMBER, true, PLACE(server, heap), 0, SIZE_MOST, MANIFEST_PAGE, NULL},
    {"restart", FIELD_OTHER, true, NO_PLACE, 0, 0, 0, read_restart},
    {"restart-delay-ms", FIELD_NUMBER, false, PLACE(server, restart_delay_ms), 1, TIME_MOST, 1,
     NULL},
    {"restart-delay-max-ms", FIELD_NUMBER, false, PLACE(server, restart_delay_max_ms), 1, TIME_MOST,
     1, NULL},
    {"restart-limit", FIELD_NUMBER, false, PLACE(server, restart_limit), 1, UINT32_MAX, 1, NULL},
    {"fail-closed", FIELD_FLAG, false, PLACE(server, fail_closed), 0, 0, 0, NULL},
    {"watchdog-ms", FIELD_NUMBER, false, PLACE(server, watchdog_ms), 1, TIME_MOST, 1, NULL},
    {"shared-pages", FIELD_NUMBER, false, PLACE(server, shared_pages), 1, 4096, 1, NULL},
    {"host-calls", FIELD_OTHER, false, NO_PLACE, 0, 0, 0, read_host_calls},
};

#define FOLDER(name, parent, one, array, count, most)                                              \
    {                                                                                              \
        name, false, &one##_schema, offsetof(struct parent, array), sizeof(struct manifest_##one), \
            offsetof(struct parent, count), most                                                   \
    }

static const struct child server_children[] = {
    FOLDER("windows", manifest_server, window, windows, window_count, MANIFEST_WINDOWS),
    FOLDER("pipes", manifest_server, pipe, pipes, pipe_count, MANIFEST_PIPES),
    FOLDER("interrupts", manifest_server, interrupt, interrupts, interrupt_count,
           MANIFEST_INTERRUPTS),
    FOLDER("protocols", manifest_server, protocol, protocols, protocol_count, MANIFEST_PROTOCOLS),
};

static const struct schema server_schema = {server_fields, COUNT(server_fields), server_children,
                                            COUNT(server_children), NULL};

static bool refuse_server(const struct reader *reader, const struct value *value, const char *name)
{
    return reader_refuse(reader, value, "there is no server called \"", name, "\"", NULL);
}

static bool read_server(const struct reader *reader, const struct value *value, void *target)
{
    const char *name = reader_string(reader, value);
    int server;

    if (name == NULL) {
        return false;
    }
    server = manifest_find_server(reader->manifest, name);
    if (server < 0) {
        return refuse_server(reader, value, name);
    }
    ((struct manifest_end *)target)->server = (uint32_t)server;
    return true;
}

static const struct field end_fields[] = {
    {"server", FIELD_OTHER, true, NO_PLACE, 0, 0, 0, read_server},
    {"as", FIELD_NAME, true, PLACE(end, name), 0, 0, 0, NULL},
    {"notified", FIELD_FLAG, false, PLACE(end, notified), 0, 0, 0, NULL},
};

static const struct schema end_schema = {end_fields, COUNT(end_fields), NULL, 0, NULL};

#define RING(role) offsetof(struct manifest_channel, rings[role]), sizeof(uint32_t)

static const struct field channel_fields[] = {
    {"message", FIELD_NUMBER, true, PLACE(channel, message), 0, SIZE_MOST, MANIFEST_PAGE, NULL},
    {"ring-to-caller", FIELD_NUMBER, false, RING(MANIFEST_CALLER), MANIFEST_PAGE, SIZE_MOST,
     MANIFEST_PAGE, NULL},
    {"ring-to-callee", FIELD_NUMBER, false, RING(MANIFEST_CALLEE), MANIFEST_PAGE, SIZE_MOST,
     MANIFEST_PAGE, NULL},
};

#define END(name, role)                                                                            \
    {                                                                                              \
        name, true, &end_schema, offsetof(struct manifest_channel, ends[role]), 0, 0, 0            \
    }

static const struct child channel_children[] = {
    END("caller", MANIFEST_CALLER),
    END("callee", MANIFEST_CALLEE),
};

static const struct schema channel_schema = {channel_fields, COUNT(channel_fields),
                                             channel_children, COUNT(channel_children), NULL};

static bool read_rights(const struct reader *reader, const struct value *value, uint32_t *rights)
{
    static const struct {
        const char *text;
        uint32_t rights;
    } known[] = {
        {"r", MANIFEST_READ},
        {"rw", MANIFEST_READ | MANIFEST_WRITE},
        {"rx", MANIFEST_READ | MANIFEST_EXECUTE},
    };
    const char *text = reader_string(reader, value);

    for (size_t i = 0; text != NULL && i < COUNT(known); i++) {
        if (text_equal(text, known[i].text)) {
            *rights = known[i].rights;
            return true;
        }
    }
    return text != NULL && reader_refuse(reader, value,
                                         "rights are \"r\", \"rw\" or \"rx\": memory is never "
                                         "writable and executable",
                                         NULL);
}

/* Users of a region are its servers' names, each with its rights. */
static bool read_user(const struct reader *reader, const struct value *value, void *target)
{
    struct manifest_region *region = target;
    struct manifest_user *user = &region->users[region->user_count];
    int server = manifest_find_server(reader->manifest, value->name);

    if (server < 0) {
        return refuse_server(reader, value, value->name);
    }
    for (uint32_t i = 0; i < region->user_count; i++) {
        if (region->users[i].server == (uint32_t)server) {
            return reader_refuse(reader, value, "this server is named twice", NULL);
        }
    }
    if (region->user_count == MANIFEST_USERS) {
        return reader_refuse(reader, value, "a region has at most eight users", NULL);
    }
    user->server = (uint32_t)server;
    region->user_count++;
    return read_rights(reader, value, &user->rights);
}

static const struct schema users_schema = {NULL, 0, NULL, 0, read_user};

static const struct field region_fields[] = {
    {"size", FIELD_NUMBER, true, PLACE(region, size), MANIFEST_PAGE, SIZE_MOST, MANIFEST_PAGE,
     NULL},
};

static const struct child region_children[] = {
    {"users", true, &users_schema, 0, 0, 0, 0},
};

static const struct schema region_schema = {region_fields, COUNT(region_fields), region_children,
                                            COUNT(region_children), NULL};

static bool read_compatible(const struct reader *reader, const struct value *value, void *target)
{
    const char *text = reader_string(reader, value);

    (void)target;
    return text != NULL && (text_equal(text, MANIFEST_COMPATIBLE) ||
                            reader_refuse(reader, value, "this has to be \"", MANIFEST_COMPATIBLE,
                                          "\", the one version there is", NULL));
}

static const struct field root_fields[] = {
    {"compatible", FIELD_OTHER, true, NO_PLACE, 0, 0, 0, read_compatible},
    {"memory", FIELD_NUMBER, true, offsetof(struct manifest, memory), sizeof(uint64_t),
     MANIFEST_PAGE, ADDRESS_MOST, MANIFEST_PAGE, NULL},
};

/* Servers come first: channels and regions name them. */
static const struct child root_children[] = {
    FOLDER("servers", manifest, server, servers, server_count, MANIFEST_SERVERS),
    FOLDER("channels", manifest, channel, channels, channel_count, MANIFEST_CHANNELS),
    FOLDER("regions", manifest, region, regions, region_count, MANIFEST_REGIONS),
};

const struct schema schema_root = {root_fields, COUNT(root_fields), root_children,
                                   COUNT(root_children), NULL};

_Static_assert(MANIFEST_HOST_CONSOLE == 1u && MANIFEST_HOST_GUEST_REQUEST == 1u << 1,
               "the order of names in host_call_at");
_Static_assert(COUNT(server_fields) <= READER_FIELDS, "one bit for each in \"seen\"");
_Static_assert(COUNT(server_children) <= READER_CHILDREN, "one place for each");
