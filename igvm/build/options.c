/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The options as one table: name, kind, place and help. A kind is a function that checks a value
 * and stores it; the command line and the layout file go through the same.
 */
#include "options.h"

#include <boot/boot_block.h>
#include <ctype.h>
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define MIB        (UINT64_C(1) << 20)
#define UNSET      UINT64_C(0xffff0000ffff0000) /* no address, feature set or port */
#define LINE_MOST  4096
#define DEPTH_MOST 4
#define LARGE      (2 * MIB)
#define SIZE_MOST  (1024 * MIB)
#define FOUR_GIB   (4096 * MIB)
#define BASE_LEAST (10 * MIB) /* real mode's first MiB and OVMF's 0x800000 are below */

struct row;
struct source {
    struct build_options *options;
    const char *folder; /* of the layout file, with its slash; "" on the command line */
    unsigned depth;
};
typedef bool setter(const struct source *source, const struct row *row, const char *value,
                    struct build_error *error);

struct row {
    const char *name;
    const char *value; /* NULL: the option takes none */
    setter *set;
    size_t place;
    const char *help;
};

static setter set_path, set_text, set_number, set_file, set_platforms, set_profile, set_flag,
    set_layout;

#define PLACE(member) offsetof(struct build_options, member)

static const struct row rows[] = {
    {"kernel", "ELF", set_path, PLACE(kernel), "the kernel, linked at 0xffffffff80000000 or above"},
    {"root", "ELF", set_path, PLACE(root), "the first server, laid out as pages (static, CPL3)"},
    {"file", "NAME=PATH", set_file, 0, "a file for init: a server, the manifest; any number"},
    {"output", "FILE", set_path, PLACE(output), "the IGVM file to write; -o is the same"},
    {"pvh", "FILE", set_path, PLACE(pvh), "also, or only, a PVH ELF that any QEMU boots"},
    {"layout", "FILE", set_layout, 0, "read options from FILE, one a line, without dashes"},
    {"profile", "NAME", set_profile, 0,
     "qemu-mainline, qemu-svsm, hyperv, vanadium or snpmachine (default)"},
    {"platforms", "LIST", set_platforms, 0, "snp, native or snp,native (default)"},
    {"base", "ADDRESS", set_number, PLACE(base), "first byte of the region (default 0x8000000)"},
    {"size", "BYTES", set_number, PLACE(size),
     "of the region; K, M, G may follow (16M; more for big guests)"},
    {"size-max", "BYTES", set_number, PLACE(size_max), "how far it may grow (default: size)"},
    {"stack", "BYTES", set_number, PLACE(stack), "of the kernel's boot stack (default 32K)"},
    {"root-stack", "BYTES", set_number, PLACE(root_stack), "of the first server (default 64K)"},
    {"policy", "VALUE", set_number, PLACE(policy), "SNP guest policy (default 0x30000)"},
    {"vmsa-gpa", "ADDRESS", set_number, PLACE(vmsa_gpa), "instead of the profile's"},
    {"sev-features", "VALUE", set_number, PLACE(sev_features), "instead of the profile's"},
    {"console", "PORT", set_number, PLACE(console_port), "early messages; 0 for none"},
    {"pretend-snp", "BIT", set_number, PLACE(pretend_snp),
     "for tests: the PVH ELF takes the SNP path, C-bit 52 to 58, or 1 to 31 to be refused"},
    {"guest-kernel", "BZIMAGE", set_path, PLACE(guest_kernel),
     "a Linux guest, laid out and measured"},
    {"guest-initrd", "FILE", set_path, PLACE(guest_initrd), "its initramfs"},
    {"guest-cmdline", "TEXT", set_text, PLACE(guest_cmdline), "its command line (console=ttyS0)"},
    {"guest-memory", "BYTES", set_number, PLACE(guest_memory), "its RAM, from 0 on (256M)"},
    {"guest-high-memory", "BYTES", set_number, PLACE(guest_high_memory), "and from 4 GiB on (0)"},
    {"guest-cpus", "N", set_number, PLACE(guest_cpus), "processors its tables name (1)"},
    {"map", NULL, set_flag, PLACE(map), "print where everything went"},
    {"help", NULL, set_flag, PLACE(help), "this text"},
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

static void *place(const struct source *source, const struct row *row)
{
    return (char *)source->options + row->place;
}

static char *path_join(const struct source *source, const char *path)
{
    const char *folder = path[0] == '/' ? "" : source->folder;
    size_t room = strlen(folder) + strlen(path) + 1;
    char *joined = malloc(room);

    if (joined)
        snprintf(joined, room, "%s%s", folder, path);
    return joined;
}

static bool set_path(const struct source *source, const struct row *row, const char *value,
                     struct build_error *error)
{
    char **path = place(source, row);

    free(*path);
    *path = path_join(source, value);
    return *path || build_fail(error, "no memory");
}

static bool set_text(const struct source *source, const struct row *row, const char *value,
                     struct build_error *error)
{
    char **text = place(source, row);

    free(*text);
    *text = strdup(value);
    return *text || build_fail(error, "no memory");
}

static bool set_number(const struct source *source, const struct row *row, const char *value,
                       struct build_error *error)
{
    uint64_t *number = place(source, row);
    unsigned shift;
    char *end;

    errno = 0;
    *number = strtoull(value, &end, 0);
    shift = *end == 'K' ? 10 : *end == 'M' ? 20 : *end == 'G' ? 30 : 0;
    if (!isdigit((unsigned char)value[0]) || errno || end[shift ? 1 : 0] ||
        *number > UINT64_MAX >> shift)
        return build_fail(error, "%s: \"%s\" is not a number", row->name, value);
    *number <<= shift;
    return true;
}

static bool set_flag(const struct source *source, const struct row *row, const char *value,
                     struct build_error *error)
{
    (void)value;
    (void)error;
    *(bool *)place(source, row) = true;
    return true;
}

static bool name_taken(const struct build_options *options, const char *name)
{
    for (uint32_t i = 0; i < options->file_count; i++) {
        if (strcmp(options->files[i].name, name) == 0)
            return true;
    }
    return false;
}

static bool set_file(const struct source *source, const struct row *row, const char *value,
                     struct build_error *error)
{
    struct build_options *options = source->options;
    const char *equals = strchr(value, '=');
    size_t length = equals ? (size_t)(equals - value) : 0;
    struct build_file *file = &options->files[options->file_count];

    if (length == 0 || length >= sizeof(file->name) || !equals[1])
        return build_fail(error, "%s: \"%s\" is not NAME=PATH with a name of 1 to %zu letters",
                          row->name, value, sizeof(file->name) - 1);
    if (options->file_count == BOOT_ARCHIVE_ENTRIES)
        return build_fail(error, "%s: more than %u files", row->name, BOOT_ARCHIVE_ENTRIES);
    memset(file->name, 0, sizeof(file->name));
    memcpy(file->name, value, length);
    if (name_taken(options, file->name))
        return build_fail(error, "%s: %s is there twice", row->name, file->name);
    file->path = path_join(source, equals + 1);
    if (!file->path)
        return build_fail(error, "no memory");
    options->file_count++;
    return true;
}

static bool set_platforms(const struct source *source, const struct row *row, const char *value,
                          struct build_error *error)
{
    static const struct {
        const char *text;
        uint32_t mask;
    } known[] = {
        {"snp", BUILD_SNP},
        {"native", BUILD_NATIVE},
        {"snp,native", BUILD_SNP | BUILD_NATIVE},
        {"native,snp", BUILD_SNP | BUILD_NATIVE},
    };

    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (strcmp(known[i].text, value) == 0) {
            source->options->platforms = known[i].mask;
            return true;
        }
    }
    return build_fail(error, "%s: \"%s\" is not snp, native or both with a comma", row->name,
                      value);
}

static bool set_profile(const struct source *source, const struct row *row, const char *value,
                        struct build_error *error)
{
    source->options->profile = build_profile_find(value);
    return source->options->profile ||
           build_fail(error, "%s: there is no \"%s\"", row->name, value);
}

static const struct row *row_find(const char *name)
{
    if (strcmp(name, "o") == 0)
        name = "output";
    for (size_t i = 0; i < ROWS; i++) {
        if (strcmp(rows[i].name, name) == 0)
            return &rows[i];
    }
    return NULL;
}

/* One line of a layout file: a name, then the rest as the value; "#" starts a comment. */
static bool take_line(const struct source *source, char *line, struct build_error *error)
{
    const struct row *row;
    char *value, *end;

    line += strspn(line, " \t");
    line[strcspn(line, "#\r\n")] = '\0';
    for (end = line + strlen(line); end > line && isspace((unsigned char)end[-1]); end--)
        end[-1] = '\0';
    if (!*line)
        return true;
    value = line + strcspn(line, " \t");
    if (*value)
        *value++ = '\0';
    value += strspn(value, " \t");
    row = row_find(line);
    if (!row)
        return build_fail(error, "there is no option \"%s\"", line);
    if (row->value && !*value)
        return build_fail(error, "%s needs a value", row->name);
    if (!row->value && *value)
        return build_fail(error, "%s takes no value", row->name);
    return row->set(source, row, value, error);
}

static bool take_lines(const struct source *source, FILE *file, const char *path,
                       struct build_error *error)
{
    char line[LINE_MOST];

    for (unsigned number = 1; fgets(line, sizeof(line), file); number++) {
        struct build_error inner;

        if (!strchr(line, '\n') && !feof(file))
            return build_fail(error, "%s:%u: the line is too long", path, number);
        if (!take_line(source, line, &inner))
            return build_fail(error, "%.200s:%u: %.260s", path, number, inner.text);
    }
    return !ferror(file) || build_fail(error, "%s cannot be read", path);
}

/* The part of a path up to its last slash, "" without one. */
static void cut_to_folder(char *path)
{
    char *slash = strrchr(path, '/');

    path[slash ? slash - path + 1 : 0] = '\0';
}

static bool set_layout(const struct source *source, const struct row *row, const char *value,
                       struct build_error *error)
{
    char *path = path_join(source, value), *folder = path ? strdup(path) : NULL;
    struct source inner = {source->options, folder, source->depth + 1};
    FILE *file = NULL;
    bool good;

    if (!folder)
        good = build_fail(error, "no memory");
    else if (source->depth == DEPTH_MOST)
        good = build_fail(error, "%s: %s: layout files within layout files", row->name, path);
    else if (!(file = fopen(path, "r")))
        good = build_fail(error, "%s: %s: %s", row->name, path, strerror(errno));
    else {
        cut_to_folder(folder);
        good = take_lines(&inner, file, path, error);
        fclose(file);
    }
    free(folder);
    free(path);
    return good;
}

/* "--name", "--name=value" or "-o" to a row; *value is behind the equals sign or NULL. */
static const struct row *row_of_word(const char *word, const char **value)
{
    const char *equals = strchr(word, '=');
    size_t length = equals ? (size_t)(equals - word) : strlen(word);
    char name[32];

    *value = NULL;
    if (strcmp(word, "-o") == 0)
        return row_find("output");
    if (strcmp(word, "-h") == 0)
        return row_find("help");
    if (strncmp(word, "--", 2) != 0 || length - 2 >= sizeof(name))
        return NULL;
    memcpy(name, word + 2, length - 2);
    name[length - 2] = '\0';
    *value = equals ? equals + 1 : NULL;
    return row_find(name);
}

/* Returns how many words were used, 0 on error. */
static int take_word(const struct source *source, char **words, int count,
                     struct build_error *error)
{
    const char *value;
    const struct row *row = row_of_word(words[0], &value);
    int used = 1;

    if (!row || (value && !row->value)) {
        build_fail(error, "there is no option %s", words[0]);
        return 0;
    }
    if (row->value && !value) {
        if (count < 2) {
            build_fail(error, "%s needs a value", words[0]);
            return 0;
        }
        value = words[1];
        used = 2;
    }
    return row->set(source, row, value ? value : "", error) ? used : 0;
}

static bool check_memory(const struct build_options *options, struct build_error *error)
{
    const unsigned long long base = options->base, size = options->size;

    if (base % LARGE || base < BASE_LEAST)
        return build_fail(error, "base %#llx is not a multiple of 2 MiB from %#llx on", base,
                          (unsigned long long)BASE_LEAST);
    if (size % LARGE || size < LARGE || size > SIZE_MOST || base > FOUR_GIB - size)
        return build_fail(error, "size %#llx is not a multiple of 2 MiB, up to 1 GiB, below 4 GiB",
                          size);
    if (options->size_max < size)
        return build_fail(error, "size-max is smaller than size");
    if (!options->stack || options->stack % BOOT_PAGE || options->stack > size)
        return build_fail(error, "stack is not a number of pages within the region");
    if (!options->root_stack || options->root_stack % BOOT_PAGE || options->root_stack > size)
        return build_fail(error, "root-stack is not a number of pages within the region");
    return true;
}

static bool check_guest(const struct build_options *options, struct build_error *error)
{
    if (!options->guest_kernel && (options->guest_initrd || options->guest_cmdline))
        return build_fail(error, "there is no --guest-kernel");
    if (options->guest_kernel && !(options->platforms & BUILD_SNP && options->output))
        return build_fail(error, "a guest needs platform snp and --output");
    return options->guest_cpus <= UINT32_MAX || build_fail(error, "guest-cpus is too large");
}

static bool check_rest(struct build_options *options, struct build_error *error)
{
    const struct build_profile *profile = options->profile;
    const uint64_t bit = options->pretend_snp;

    if (!options->kernel)
        return build_fail(error, "there is no --kernel");
    if (!options->output && !options->pvh)
        return build_fail(error, "nothing to write: neither --output nor --pvh");
    if (options->vmsa_gpa == UNSET)
        options->vmsa_gpa = profile->vmsa_gpa;
    if (options->vmsa_gpa == VMSA_IN_LAST)
        options->vmsa_gpa = options->base + options->size - BOOT_PAGE;
    if (options->vmsa_gpa % BOOT_PAGE || options->vmsa_gpa % LARGE == 0)
        return build_fail(error, "vmsa-gpa %#llx is not a page, or starts 2 MiB",
                          (unsigned long long)options->vmsa_gpa);
    if (options->sev_features == UNSET)
        options->sev_features = profile->sev_features;
    if (options->console_port == UNSET)
        options->console_port = profile->console_port;
    if (options->console_port > UINT16_MAX)
        return build_fail(error, "console is not an I/O port");
    if (bit && ((bit > 31 && bit < 52) || bit > 58 || !options->pvh))
        return build_fail(error, "pretend-snp is for --pvh and takes 52 to 58, or 1 to 31");
    return true;
}

uint64_t build_states_size(const struct build_options *options)
{
    const uint64_t high = options->guest_high_memory;

    if (!options->guest_kernel)
        return 0;
    return (high ? BOOT_HIGH + high : options->guest_memory) / LARGE * BOOT_STATES_SIZE;
}

/* The page states of 8 GiB have room in 16 MiB; those of more come on top. */
static uint64_t usual_size(const struct build_options *options)
{
    uint64_t states = build_states_size(options);

    return 16 * MIB + (states > MIB ? (states - MIB + LARGE - 1) / LARGE * LARGE : 0);
}

static void set_defaults(struct build_options *options)
{
    *options = (struct build_options){
        .platforms = BUILD_SNP | BUILD_NATIVE,
        .profile = build_profile_find("snpmachine"),
        .base = 0x8000000,
        .size = UNSET,
        .stack = 32 << 10,
        .root_stack = 64 << 10,
        .policy = 0x30000,
        .guest_memory = 256 * MIB,
        .guest_cpus = 1,
        .vmsa_gpa = UNSET,
        .sev_features = UNSET,
        .console_port = UNSET,
    };
}

bool build_options_read(struct build_options *options, int count, char **words,
                        struct build_error *error)
{
    struct source source = {options, "", 0};

    set_defaults(options);
    while (count > 0) {
        int used = take_word(&source, words, count, error);

        if (used == 0)
            return false;
        words += used;
        count -= used;
    }
    if (options->help)
        return true;
    if (options->size == UNSET)
        options->size = usual_size(options);
    if (options->size_max == 0)
        options->size_max = options->size;
    return check_memory(options, error) && check_guest(options, error) &&
           check_rest(options, error);
}

void build_options_free(struct build_options *options)
{
    for (uint32_t i = 0; i < options->file_count; i++)
        free(options->files[i].path);
    free(options->kernel);
    free(options->root);
    free(options->output);
    free(options->pvh);
    free(options->guest_kernel);
    free(options->guest_initrd);
    free(options->guest_cmdline);
    *options = (struct build_options){0};
}

void build_options_help(FILE *file)
{
    fprintf(file,
            "usage: igvm build --kernel ELF [--root ELF] [--file NAME=PATH ...] -o FILE\n"
            "       igvm build --layout FILE [option ...]\n\n"
            "Lays out a kernel, its page tables, stack and servers in memory and writes them\n"
            "as an IGVM file, or as a PVH ELF for a plain virtual machine.\n\n");
    for (size_t i = 0; i < ROWS; i++) {
        char left[40];

        snprintf(left, sizeof(left), "--%s %s", rows[i].name, rows[i].value ? rows[i].value : "");
        fprintf(file, "  %-22s %s\n", left, rows[i].help);
    }
    fprintf(file,
            "\nExit status: 0 written, 1 an input is wrong or writing failed, 2 wrong use.\n");
}
