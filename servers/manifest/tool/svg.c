/* SPDX-License-Identifier: BSD-2-Clause */
/* The picture as SVG: lines first, so that boxes lie on top of them, labels last. */
#include "draw.h"
#include "picture.h"

static const char *const styles =
    "  <style>\n"
    "    text { font: 12px sans-serif; text-anchor: middle; fill: #222 }\n"
    "    .title { font-weight: bold; font-size: 14px }\n"
    "    .label { font-size: 11px; paint-order: stroke; stroke: #fff; stroke-width: 4px }\n"
    "    .bar { fill: #e8e8e8; stroke: #888 }\n"
    "    .server { fill: #eef5ff; stroke: #3b6ea8 }\n"
    "    .region { fill: #fff8e0; stroke: #b08b2a }\n"
    "    path { fill: none; stroke: #3b6ea8; stroke-width: 1.5 }\n"
    "    .hostline { stroke: #888; stroke-dasharray: 6 4 }\n"
    "    .share { stroke: #b08b2a; stroke-dasharray: 2 3 }\n"
    "  </style>\n"
    "  <defs><marker id=\"tip\" viewBox=\"0 0 10 10\" refX=\"10\" refY=\"5\" markerWidth=\"8\"\n"
    "    markerHeight=\"8\" orient=\"auto\"><path d=\"M0 0L10 5L0 10z\" style=\"fill: #3b6ea8; "
    "stroke: none\"/></marker></defs>\n";

static void draw_line(const struct picture_line *line, FILE *out)
{
    static const char *const classes[] = {"call", "hostline", "share"};
    int bend = (line->y2 - line->y1) / 2;

    fprintf(out, "  <path class=\"%s\" d=\"M%d %dC%d %d %d %d %d %d\"%s/>\n", classes[line->style],
            line->x1, line->y1, line->x1, line->y1 + bend, line->x2, line->y2 - bend, line->x2,
            line->y2, line->style == PICTURE_CALL ? " marker-end=\"url(#tip)\"" : "");
}

static void draw_label(const struct picture_line *line, FILE *out)
{
    fprintf(out, "  <text class=\"label\" x=\"%d\" y=\"%d\">%s</text>\n", line->label_x,
            line->label_y, line->label);
}

static void draw_box(const struct picture_box *box, FILE *out)
{
    static const char *const classes[] = {"bar", "server", "region"};
    int x = box->x + box->width / 2;
    int y = box->y + (box->kind == PICTURE_BAR ? box->height / 2 + 5 : 20);

    fprintf(out, "  <rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"5\"/>\n",
            classes[box->kind], box->x, box->y, box->width, box->height);
    fprintf(out, "  <text class=\"title\" x=\"%d\" y=\"%d\">%s</text>\n", x, y, box->title);
    for (int i = 0; i < 2 && box->text[i][0] != 0; i++) {
        fprintf(out, "  <text x=\"%d\" y=\"%d\">%s</text>\n", x, y + 18 * (i + 1), box->text[i]);
    }
}

void draw_svg(const struct manifest *manifest, FILE *out)
{
    static struct picture picture;

    picture_make(&picture, manifest);
    fprintf(out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
            "viewBox=\"0 0 %d %d\">\n%s",
            picture.width, picture.height, picture.width, picture.height, styles);
    fprintf(out, "  <rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n");
    for (uint32_t i = 0; i < picture.line_count; i++) {
        draw_line(&picture.lines[i], out);
    }
    for (uint32_t i = 0; i < picture.box_count; i++) {
        draw_box(&picture.boxes[i], out);
    }
    for (uint32_t i = 0; i < picture.line_count; i++) {
        draw_label(&picture.lines[i], out);
    }
    fprintf(out, "</svg>\n");
}
