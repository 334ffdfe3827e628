/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A system as boxes in rows and lines between them, before anything is written.
 *
 * The guest's bar is on top and the host's at the bottom; servers stand in rows so that every call
 * goes down; memory they share stands above the host. Lines are spread along the edges of boxes so
 * that no two leave from one point, and labels stand near one end, not in a row. All coordinates
 * are final.
 */
#ifndef MANIFEST_PICTURE_H
#define MANIFEST_PICTURE_H

#include "manifest.h"

#define PICTURE_BOXES (MANIFEST_SERVERS + MANIFEST_REGIONS + 2)
#define PICTURE_LINES                                                                              \
    (MANIFEST_CHANNELS + MANIFEST_REGIONS * MANIFEST_USERS +                                       \
     MANIFEST_SERVERS * (MANIFEST_WINDOWS + MANIFEST_PIPES + MANIFEST_PROTOCOLS + 2))

enum picture_kind { PICTURE_BAR, PICTURE_SERVER, PICTURE_REGION };

struct picture_box {
    enum picture_kind kind;
    char title[64];
    char text[2][64];
    int row;
    int x, y, width, height;
    int above, below; /* lines that end at the upper and lower edge, and how many are placed */
    int placed_above, placed_below;
};

enum picture_style { PICTURE_CALL, PICTURE_HOST, PICTURE_SHARE };

struct picture_line {
    uint32_t from; /* the upper box */
    uint32_t to;
    enum picture_style style;
    char label[64];
    int x1, y1, x2, y2;
    int label_x, label_y;
};

struct picture {
    uint32_t box_count;
    uint32_t line_count;
    int width, height;
    struct picture_box boxes[PICTURE_BOXES];
    struct picture_line lines[PICTURE_LINES];
};

void picture_make(struct picture *picture, const struct manifest *manifest);

#endif
