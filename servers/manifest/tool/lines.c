/* SPDX-License-Identifier: BSD-2-Clause */
/* One pass over dtc's annotated text; see lines.h. A line opens a node, closes one or is a
 * property. */
#include "lines.h"

#include <stdio.h>
#include <string.h>

#define PLACE_ROOM 512
#define PATH_ROOM  1024

struct scan {
    const char *node;
    const char *property;
    char path[PATH_ROOM]; /* of the node the scan is in; "/" stands as "" */
    size_t best;          /* length of the longest path found that leads to the node */
    bool found;
    char *place;
};

/* The comment at the line's end is "a.dts:1:2-3:4, b.dts:5:6-7:8": the last file and line of it. */
static bool take_place(const char *line, const char *end, char *place)
{
    const char *start = NULL;
    const char *dash = NULL;
    const char *colon = NULL;

    for (const char *at = line; at + 3 < end; at++) {
        start = memcmp(at, "/* ", 3) == 0 ? at + 3 : start;
        start = start != NULL && memcmp(at, ", ", 2) == 0 ? at + 2 : start;
    }
    for (const char *at = start; at != NULL && at < end; at++) {
        dash = *at == '-' ? at : dash;
    }
    for (const char *at = start; dash != NULL && at < dash; at++) {
        colon = *at == ':' ? at : colon;
    }
    if (colon == NULL || colon - start >= PLACE_ROOM) {
        return false;
    }
    memcpy(place, start, (size_t)(colon - start));
    place[colon - start] = 0;
    return true;
}

static void enter(struct scan *scan, const char *name, size_t length)
{
    size_t at = strlen(scan->path);

    if (length == 1 && *name == '/') {
        return;
    }
    if (at + length + 2 < PATH_ROOM) {
        snprintf(scan->path + at, PATH_ROOM - at, "/%.*s", (int)length, name);
    }
}

static void leave(struct scan *scan)
{
    char *slash = strrchr(scan->path, '/');

    if (slash != NULL) {
        *slash = 0;
    }
}

/* Does the path the scan is at lead to the node that is looked for? */
static bool leads_there(const struct scan *scan)
{
    size_t length = strlen(scan->path);

    return strncmp(scan->path, scan->node, length) == 0 &&
           (scan->node[length] == 0 || scan->node[length] == '/' || length == 0);
}

static bool is_wanted(const struct scan *scan, const char *name, size_t length)
{
    bool here = strcmp(scan->path, strcmp(scan->node, "/") == 0 ? "" : scan->node) == 0;

    return here && strlen(scan->property) == length && strncmp(scan->property, name, length) == 0;
}

static void scan_line(struct scan *scan, const char *line, const char *end)
{
    const char *name = line + strspn(line, "\t ");
    size_t length = strcspn(name, " =;\n");

    if (strncmp(name, "};", 2) == 0) {
        leave(scan);
    } else if (strncmp(name + length, " {", 2) == 0) {
        enter(scan, name, length);
        if (leads_there(scan) && strlen(scan->path) >= scan->best &&
            take_place(line, end, scan->place)) {
            scan->best = strlen(scan->path);
            scan->found = true;
        }
    } else if (length != 0 && is_wanted(scan, name, length) && take_place(line, end, scan->place)) {
        scan->best = PATH_ROOM;
        scan->found = true;
    }
}

bool lines_find(const char *text, const char *node, const char *property, char place[512])
{
    struct scan scan = {.node = node, .property = property, .place = place};

    for (const char *line = text; *line != 0;) {
        const char *end = line + strcspn(line, "\n");
        scan_line(&scan, line, end);
        line = *end == 0 ? end : end + 1;
    }
    return scan.found;
}
