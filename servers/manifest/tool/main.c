/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The program manifest: checks a compiled manifest, or draws it.
 *
 * tools/manifest calls it on a source file, after dtc; the build calls it for every system it
 * packs. Exit status: 0 good, 1 the manifest is wrong, 2 wrong use.
 */
#include "draw.h"
#include "images.h"
#include "lines.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

enum { GOOD = 0, WRONG = 1, MISUSE = 2 };

struct words {
    const char *lines;
    const char *output;
    bool svg;
    struct image_file files[MANIFEST_SERVERS + 8];
    size_t file_count;
    const char *tree;
    const char *source; /* what messages call it */
};

static void print_help(void)
{
    printf(
        "usage: manifest check [--lines FILE] [--image NAME=FILE ...] TREE\n"
        "       manifest draw [--svg] [-o FILE] TREE\n"
        "\n"
        "TREE is a compiled manifest (dtc's output). \"check\" says what is wrong with it, or how\n"
        "much memory it describes; \"draw\" writes it for Graphviz, or as a picture.\n"
        "\n"
        "  --lines FILE        dtc's annotated text of the same source (-T -T -O dts): messages\n"
        "                      name the line\n"
        "  --image NAME=FILE   a file of the archive; with any of these, every server's image\n"
        "                      has to be there and is checked too\n"
        "  --svg               a picture instead of Graphviz' language\n"
        "  -o, --output FILE   instead of standard output\n"
        "  --help              this text\n"
        "\n"
        "Exit status: 0 good, 1 the manifest is wrong, 2 wrong use.\n");
}

static int misuse(const char *text, const char *word)
{
    fprintf(stderr, "manifest: %s%s%s; try --help\n", text, word != NULL ? ": " : "",
            word != NULL ? word : "");
    return MISUSE;
}

static void print_error(const struct words *words, const struct manifest_error *error)
{
    struct build_error ignored;
    struct blob text = {NULL, 0};
    char place[512];
    char *lines = NULL;

    if (words->lines != NULL && blob_read(&text, words->lines, &ignored)) {
        lines = calloc(1, text.size + 1);
    }
    if (lines != NULL) {
        memcpy(lines, text.bytes, text.size);
    }
    if (lines == NULL || !lines_find(lines, error->node, error->property, place)) {
        snprintf(place, sizeof(place), "%s", words->source);
    }
    fprintf(stderr, "%s: %s%s%s: %s\n", place, error->node, error->property[0] != 0 ? ": " : "",
            error->property, error->reason);
    free(lines);
    blob_free(&text);
}

static void print_summary(const struct words *words, const struct manifest *manifest,
                          uint64_t bytes)
{
    printf("%s: %u servers, %u channels, %u regions; %ju of %ju KiB%s\n", words->source,
           manifest->server_count, manifest->channel_count, manifest->region_count,
           (uintmax_t)bytes / 1024, (uintmax_t)manifest->memory / 1024,
           words->file_count == 0 ? ", images not counted" : "");
}

static int check(const struct words *words, const struct manifest *manifest)
{
    struct image_list list = {words->files, words->file_count};
    struct manifest_error error;
    uint64_t bytes = manifest_bytes(manifest);

    if (words->file_count != 0 && !images_check(manifest, &list, &bytes, &error)) {
        print_error(words, &error);
        return WRONG;
    }
    print_summary(words, manifest, bytes);
    return GOOD;
}

static int draw(const struct words *words, const struct manifest *manifest)
{
    FILE *out = words->output == NULL ? stdout : fopen(words->output, "w");

    if (out == NULL) {
        perror(words->output);
        return MISUSE;
    }
    (words->svg ? draw_svg : draw_dot)(manifest, out);
    if (ferror(out) | fflush(out) | (out != stdout && fclose(out) != 0)) {
        fprintf(stderr, "manifest: the drawing could not be written\n");
        return MISUSE;
    }
    return GOOD;
}

static int run(const struct words *words, bool drawing)
{
    static struct manifest manifest;
    struct manifest_error error;
    struct build_error unreadable;
    struct blob tree;
    int status = WRONG;

    if (!blob_read(&tree, words->tree, &unreadable)) {
        return misuse(unreadable.text, NULL);
    }
    if (!manifest_parse(tree.bytes, tree.size, &manifest, &error)) {
        print_error(words, &error);
    } else {
        status = drawing ? draw(words, &manifest) : check(words, &manifest);
    }
    blob_free(&tree);
    return status;
}

/* NAME=FILE, which stays in the command line's memory. */
static int add_image(struct words *words, char *word)
{
    struct image_file *file = &words->files[words->file_count];
    struct build_error error;
    char *equals = strchr(word, '=');

    if (equals == NULL || words->file_count == sizeof(words->files) / sizeof(words->files[0])) {
        return misuse("--image takes NAME=FILE, and not too many of them", word);
    }
    *equals = 0;
    file->name = word;
    if (!blob_read(&file->blob, equals + 1, &error)) {
        return misuse(error.text, NULL);
    }
    words->file_count++;
    return GOOD;
}

static int read_option(struct words *words, int option)
{
    switch (option) {
    case 'l':
        words->lines = optarg;
        return GOOD;
    case 'i':
        return add_image(words, optarg);
    case 'o':
        words->output = optarg;
        return GOOD;
    case 'n':
        words->source = optarg;
        return GOOD;
    case 's':
        words->svg = true;
        return GOOD;
    default:
        return misuse("unknown option, or one that lacks its word", NULL);
    }
}

static int read_words(struct words *words, int argc, char **argv)
{
    static const struct option options[] = {
        {"lines", required_argument, NULL, 'l'},  {"image", required_argument, NULL, 'i'},
        {"output", required_argument, NULL, 'o'}, {"source", required_argument, NULL, 'n'},
        {"svg", no_argument, NULL, 's'},          {NULL, 0, NULL, 0}};
    int status = GOOD;
    int option;

    opterr = 0;
    while (status == GOOD && (option = getopt_long(argc, argv, "o:", options, NULL)) != -1) {
        status = read_option(words, option);
    }
    if (status == GOOD && argc - optind != 1) {
        status = misuse("one file, please", NULL);
    }
    words->tree = argv[optind];
    words->source = words->source == NULL ? words->tree : words->source;
    return status;
}

int main(int argc, char **argv)
{
    static struct words words;
    int status;

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0) {
            print_help();
            return GOOD;
        }
    }
    if (argc < 2 || (strcmp(argv[1], "check") != 0 && strcmp(argv[1], "draw") != 0)) {
        return misuse("say \"check\" or \"draw\"", NULL);
    }
    status = read_words(&words, argc - 1, argv + 1);
    if (status == GOOD) {
        status = run(&words, strcmp(argv[1], "draw") == 0);
    }
    for (size_t i = 0; i < words.file_count; i++) {
        blob_free(&words.files[i].blob);
    }
    return status;
}
