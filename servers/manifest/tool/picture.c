/* SPDX-License-Identifier: BSD-2-Clause */
/* Which boxes and lines there are, then where; see picture.h. */
#include "picture.h"

#include <stdio.h>
#include <string.h>

#define BOX_WIDTH  200
#define BOX_HEIGHT 66
#define BAR_HEIGHT 34
#define GAP_X      40
#define GAP_Y      84
#define MARGIN     24
#define LABEL_STEP 15

#define GUEST 0u /* the bars are the first two boxes, servers follow in their order */
#define HOST  1u
#define FIRST 2u

static void add_line(struct picture *picture, uint32_t from, uint32_t to, enum picture_style style)
{
    picture->lines[picture->line_count++] =
        (struct picture_line){.from = from, .to = to, .style = style};
}

static char *label(struct picture *picture)
{
    return picture->lines[picture->line_count - 1].label;
}

static void add_host_lines(struct picture *picture, const struct manifest_server *server,
                           uint32_t box)
{
    for (uint32_t i = 0; i < server->window_count; i++) {
        add_line(picture, box, HOST, PICTURE_HOST);
        snprintf(label(picture), 64, "%s %#jx", server->windows[i].name,
                 (uintmax_t)server->windows[i].address);
    }
    for (uint32_t i = 0; i < server->pipe_count; i++) {
        add_line(picture, box, HOST, PICTURE_HOST);
        snprintf(label(picture), 64, "%s %#x", server->pipes[i].name, server->pipes[i].first_port);
    }
    if ((server->host_calls & MANIFEST_HOST_CONSOLE) != 0) {
        add_line(picture, box, HOST, PICTURE_HOST);
        snprintf(label(picture), 64, "console");
    }
    if ((server->host_calls & MANIFEST_HOST_GUEST_REQUEST) != 0) {
        add_line(picture, box, HOST, PICTURE_HOST);
        snprintf(label(picture), 64, "guest request");
    }
}

static void add_server(struct picture *picture, const struct manifest_server *server)
{
    static const char *const restart[] = {"", "restarted", "never restarted", "runs once"};
    uint32_t index = picture->box_count++;
    struct picture_box *box = &picture->boxes[index];

    box->kind = PICTURE_SERVER;
    box->width = BOX_WIDTH;
    box->height = BOX_HEIGHT;
    box->row = 1;
    snprintf(box->title, sizeof(box->title), "%s", server->name);
    snprintf(box->text[0], sizeof(box->text[0]), "priority %u, %s", server->priority,
             server->fail_closed ? "fails closed" : restart[server->restart]);
    snprintf(box->text[1], sizeof(box->text[1]), "stack %u K, heap %u K", server->stack / 1024,
             server->heap / 1024);
    for (uint32_t i = 0; i < server->protocol_count; i++) {
        add_line(picture, GUEST, index, PICTURE_CALL);
        snprintf(label(picture), 64, "SVSM protocol %u", server->protocols[i].number);
    }
    add_host_lines(picture, server, index);
}

static void add_region(struct picture *picture, const struct manifest_region *region)
{
    uint32_t index = picture->box_count++;
    struct picture_box *box = &picture->boxes[index];

    box->kind = PICTURE_REGION;
    box->width = BOX_WIDTH;
    box->height = BOX_HEIGHT * 2 / 3;
    snprintf(box->title, sizeof(box->title), "%s", region->name);
    snprintf(box->text[0], sizeof(box->text[0]), "%u K of shared memory", region->size / 1024);
    for (uint32_t i = 0; i < region->user_count; i++) {
        const struct manifest_user *user = &region->users[i];
        add_line(picture, FIRST + user->server, index, PICTURE_SHARE);
        snprintf(label(picture), 64, "r%s%s", (user->rights & MANIFEST_WRITE) != 0 ? "w" : "",
                 (user->rights & MANIFEST_EXECUTE) != 0 ? "x" : "");
    }
}

static void add_bar(struct picture *picture, const char *title)
{
    struct picture_box *box = &picture->boxes[picture->box_count++];

    box->kind = PICTURE_BAR;
    box->height = BAR_HEIGHT;
    snprintf(box->title, sizeof(box->title), "%s", title);
}

/* Pushes every callee below its callers; calls have no cycle, so this ends. Returns the last row.
 */
static int place_rows(struct picture *picture)
{
    bool moved = true;
    int last = 1;

    while (moved) {
        moved = false;
        for (uint32_t i = 0; i < picture->line_count; i++) {
            const struct picture_line *line = &picture->lines[i];
            struct picture_box *to = &picture->boxes[line->to];
            if (line->style == PICTURE_CALL && to->row <= picture->boxes[line->from].row) {
                to->row = picture->boxes[line->from].row + 1;
                moved = true;
            }
        }
    }
    for (uint32_t i = FIRST; i < picture->box_count; i++) {
        last = picture->boxes[i].row > last ? picture->boxes[i].row : last;
    }
    return last;
}

static int boxes_in(const struct picture *picture, int row)
{
    int count = 0;

    for (uint32_t i = FIRST; i < picture->box_count; i++) {
        count += picture->boxes[i].row == row;
    }
    return count;
}

static void place_row(struct picture *picture, int row)
{
    int count = boxes_in(picture, row);
    int x = (picture->width - count * BOX_WIDTH - (count - 1) * GAP_X) / 2;

    for (uint32_t i = FIRST; i < picture->box_count; i++) {
        struct picture_box *box = &picture->boxes[i];
        if (box->row == row) {
            box->x = x;
            box->y = MARGIN + BAR_HEIGHT + GAP_Y + (row - 1) * (BOX_HEIGHT + GAP_Y);
            x += BOX_WIDTH + GAP_X;
        }
    }
}

static void place_boxes(struct picture *picture)
{
    int rows = place_rows(picture);
    int widest = 1;

    for (uint32_t i = FIRST; i < picture->box_count; i++) {
        if (picture->boxes[i].kind == PICTURE_REGION) {
            picture->boxes[i].row = rows + 1;
        }
    }
    rows += boxes_in(picture, rows + 1) != 0;
    for (int row = 1; row <= rows; row++) {
        widest = boxes_in(picture, row) > widest ? boxes_in(picture, row) : widest;
    }
    picture->width = 2 * MARGIN + widest * BOX_WIDTH + (widest - 1) * GAP_X;
    for (int row = 1; row <= rows; row++) {
        place_row(picture, row);
    }
    picture->height = 2 * MARGIN + 2 * BAR_HEIGHT + GAP_Y + rows * (BOX_HEIGHT + GAP_Y);
    for (uint32_t i = 0; i < FIRST; i++) {
        picture->boxes[i].x = MARGIN;
        picture->boxes[i].width = picture->width - 2 * MARGIN;
        picture->boxes[i].y = i == GUEST ? MARGIN : picture->height - MARGIN - BAR_HEIGHT;
    }
}

/* The next free point of an edge with "count" lines. */
static int spread(const struct picture_box *box, int *placed, int count)
{
    *placed += 1;
    return box->x + box->width * *placed / (count + 1);
}

/* Near the server's end of lines to a bar, near the region, half way between the rows of a call. */
static void place_label(struct picture_line *line, const struct picture_box *from,
                        const struct picture_box *to)
{
    int bottom = line->y1 + GAP_Y < line->y2 ? line->y1 + GAP_Y : line->y2;

    line->label_x = line->x1;
    line->label_y = line->y1 + LABEL_STEP * from->placed_below;
    if (from->kind == PICTURE_BAR) {
        line->label_y = line->y2 - LABEL_STEP * to->placed_above;
    } else if (to->kind == PICTURE_REGION) {
        line->label_x = line->x2;
        line->label_y = line->y2 - LABEL_STEP / 2;
    } else if (to->kind == PICTURE_SERVER) {
        line->label_x = (line->x1 + line->x2) / 2;
        line->label_y = (line->y1 + bottom) / 2 + 4;
    }
}

static void place_lines(struct picture *picture)
{
    for (uint32_t i = 0; i < picture->line_count; i++) {
        picture->boxes[picture->lines[i].from].below++;
        picture->boxes[picture->lines[i].to].above++;
    }
    for (uint32_t i = 0; i < picture->line_count; i++) {
        struct picture_line *line = &picture->lines[i];
        struct picture_box *from = &picture->boxes[line->from];
        struct picture_box *to = &picture->boxes[line->to];
        line->x1 = spread(from, &from->placed_below, from->below);
        line->x2 = spread(to, &to->placed_above, to->above);
        line->x1 = from->kind == PICTURE_BAR ? line->x2 : line->x1;
        line->x2 = to->kind == PICTURE_BAR ? line->x1 : line->x2;
        line->y1 = from->y + from->height;
        line->y2 = to->y;
        place_label(line, from, to);
    }
}

void picture_make(struct picture *picture, const struct manifest *manifest)
{
    memset(picture, 0, sizeof(*picture));
    add_bar(picture, "guest");
    add_bar(picture, "host");
    for (uint32_t i = 0; i < manifest->server_count; i++) {
        add_server(picture, &manifest->servers[i]);
    }
    for (uint32_t i = 0; i < manifest->channel_count; i++) {
        const struct manifest_channel *channel = &manifest->channels[i];
        add_line(picture, FIRST + channel->ends[MANIFEST_CALLER].server,
                 FIRST + channel->ends[MANIFEST_CALLEE].server, PICTURE_CALL);
        snprintf(label(picture), 64, "%s", channel->name);
    }
    for (uint32_t i = 0; i < manifest->region_count; i++) {
        add_region(picture, &manifest->regions[i]);
    }
    place_boxes(picture);
    place_lines(picture);
}
