/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Packs a Linux kernel and an initramfs into an IGVM file that starts it at VMPL0, without an SVSM.
 *
 * Guest memory is laid out by igvm/build/linux; the shim (shim.S, assembled to flat bytes) runs
 * first and makes the rest of the memory valid. Only tests use this: under Drupe the SVSM does the
 * shim's work. Exit status 0 good, 1 a file is wrong, 2 wrong use.
 */
#include "igvm/context.h"
#include "igvm/writer.h"
#include "linux.h"
#include "svsm.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MIB       (UINT64_C(1) << 20)
#define SNP_MASK  1u
#define SHIM      (LINUX_GDT + 0x1000)
#define RANGES    (LINUX_GDT + 0x2000)
#define LOW_END   0xa0000u
#define HIGH      0xc0000u /* Linux looks for tables where ROMs would be */
#define DATA_MAX  (256 * MIB)
#define HEADS_MAX (16 * MIB)
#define SLOTS     (UINT64_C(1) << 17)

static const char usage[] =
    "usage: linux-image --kernel FILE --initrd FILE --shim FILE -o FILE\n"
    "                   [--cmdline TEXT] [--svsm FILE] [--memory MIB] [--cpus N] [--c-bit N]\n"
    "\n"
    "Makes an IGVM file in which the Linux kernel (a bzImage) starts as an SNP guest.\n"
    "  --svsm     a test SVSM, linked to 0x8000000: it runs at VMPL0, the kernel at VMPL2\n"
    "  --memory   RAM of the guest in MiB (default 256)\n"
    "  --cpus     CPUs the ACPI tables name (default 1)\n"
    "  --c-bit    position of the C-bit in the first page tables (default 51)\n";

struct file {
    uint8_t *bytes;
    size_t size;
};

struct request {
    struct linux_wish wish;
    struct file kernel, initrd, shim, svsm;
    const char *output;
};

static void die(int status, const char *what, const char *why)
{
    fprintf(stderr, "linux-image: %s: %s\n", what, why);
    exit(status);
}

static void *room(size_t size)
{
    void *memory = calloc(1, size);
    if (memory == NULL)
        die(1, "memory", "there is not enough");
    return memory;
}

static struct file read_file(const char *path)
{
    struct file file = {room(DATA_MAX), 0};
    FILE *stream = fopen(path, "rb");
    if (stream == NULL)
        die(1, path, "cannot be opened");
    file.size = fread(file.bytes, 1, DATA_MAX, stream);
    if (ferror(stream) || file.size == DATA_MAX)
        die(1, path, "cannot be read, or is larger than 256 MiB");
    fclose(stream);
    return file;
}

static uint64_t number(const char *option, const char *text)
{
    char *end;
    unsigned long long value = strtoull(text, &end, 0);
    if (end == text || *end != '\0')
        die(2, option, "wants a number");
    return value;
}

/* style: one row an option */
static void take_option(struct request *r, int letter)
{
    switch (letter) {
    case 'k':
        r->kernel = read_file(optarg);
        break;
    case 'i':
        r->initrd = read_file(optarg);
        break;
    case 's':
        r->shim = read_file(optarg);
        break;
    case 'v':
        r->svsm = read_file(optarg);
        break;
    case 'l':
        r->wish.cmdline = optarg;
        break;
    case 'm':
        r->wish.memory = number("--memory", optarg) * MIB;
        break;
    case 'c':
        r->wish.machine.cpus = (uint32_t)number("--cpus", optarg);
        break;
    case 'b':
        r->wish.c_bit = (unsigned)number("--c-bit", optarg);
        break;
    case 'o':
        r->output = optarg;
        break;
    case 'h':
        fputs(usage, stdout);
        exit(0);
    default:
        exit(2);
    }
}

static void take_options(struct request *r, int argc, char **argv)
{
    static const struct option options[] = {
        {"kernel", required_argument, NULL, 'k'},
        {"initrd", required_argument, NULL, 'i'},
        {"shim", required_argument, NULL, 's'},
        {"svsm", required_argument, NULL, 'v'},
        {"cmdline", required_argument, NULL, 'l'},
        {"memory", required_argument, NULL, 'm'},
        {"cpus", required_argument, NULL, 'c'},
        {"c-bit", required_argument, NULL, 'b'},
        {"output", required_argument, NULL, 'o'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    int letter;
    while ((letter = getopt_long(argc, argv, "o:h", options, NULL)) != -1)
        take_option(r, letter);
    if (optind != argc || r->kernel.bytes == NULL || r->shim.bytes == NULL || r->output == NULL)
        die(2, "wrong use", "--kernel, --shim and -o are needed; try --help");
    if (r->shim.size > 4096)
        die(1, "shim", "is larger than a page");
    r->wish.hole = SVSM_BASE;
    r->wish.hole_size = r->svsm.bytes != NULL ? SVSM_SIZE : 0;
    r->wish.kernel = r->kernel.bytes;
    r->wish.kernel_size = r->kernel.size;
    r->wish.initrd = r->initrd.bytes;
    r->wish.initrd_size = r->initrd.size;
}

static void add_page(struct igvm_writer *w, uint64_t gpa, enum igvm_data_type type,
                     struct igvm_blob blob)
{
    const struct igvm_page_data page = {.gpa = gpa, .mask = SNP_MASK, .data_type = (uint16_t)type};
    igvm_add_data(w, IGVM_PAGE_DATA, &page, blob);
}

/* Under an SVSM the guest's secrets and CPUID pages are copies that the SVSM makes. */
static void add_piece(struct igvm_writer *w, const struct linux_piece *piece, bool svsm)
{
    if (svsm && piece->kind > LINUX_ZEROS)
        return;
    if (piece->kind == LINUX_IS_SECRETS)
        add_page(w, piece->gpa, IGVM_DATA_SECRETS, (struct igvm_blob){NULL, 0});
    else if (piece->kind == LINUX_IS_CPUID)
        add_page(w, piece->gpa, IGVM_DATA_CPUID, (struct igvm_blob){NULL, 0});
    for (uint64_t at = 0; at < piece->size && piece->kind <= LINUX_ZEROS; at += 4096) {
        uint64_t left = piece->size - at;
        struct igvm_blob blob = {NULL, 0};
        if (piece->kind == LINUX_DATA)
            blob = (struct igvm_blob){piece->bytes + at, left < 4096 ? left : 4096};
        add_page(w, piece->gpa + at, IGVM_DATA_NORMAL, blob);
    }
}

/* The shim and its list of memory, right behind the GDT, so that pages stay in order. */
static void add_shim(struct igvm_writer *w, const struct request *r)
{
    uint64_t ranges[6] = {0, LOW_END, HIGH, r->wish.memory};
    add_page(w, SHIM, IGVM_DATA_NORMAL, (struct igvm_blob){r->shim.bytes, r->shim.size});
    add_page(w, RANGES, IGVM_DATA_NORMAL, (struct igvm_blob){ranges, sizeof ranges});
}

static void add_svsm(struct igvm_writer *w, const struct request *r, uint64_t entry)
{
    const uint64_t start[] = {0,
                              LOW_END,
                              HIGH,
                              r->wish.memory,
                              0,
                              0,
                              UINT64_C(1) << r->wish.c_bit,
                              LINUX_TABLES,
                              LINUX_GDT,
                              LINUX_STACK_TOP,
                              entry,
                              LINUX_BOOT_PARAMS,
                              LINUX_SECRETS,
                              LINUX_CPUID,
                              LINUX_CALLING,
                              r->wish.machine.cpus};
    for (size_t at = 0; at < r->svsm.size; at += 4096) {
        size_t left = r->svsm.size - at;
        add_page(w, SVSM_BASE + at, IGVM_DATA_NORMAL,
                 (struct igvm_blob){r->svsm.bytes + at, left < 4096 ? left : 4096});
    }
    add_page(w, SVSM_CPUID, IGVM_DATA_CPUID, (struct igvm_blob){NULL, 0});
    add_page(w, SVSM_SECRETS, IGVM_DATA_SECRETS, (struct igvm_blob){NULL, 0});
    add_page(w, SVSM_START, IGVM_DATA_NORMAL, (struct igvm_blob){start, sizeof start});
}

static void add_memory(struct igvm_writer *w, uint64_t start, uint64_t end)
{
    const struct igvm_required_memory memory = {
        .gpa = start, .mask = SNP_MASK, .size = (uint32_t)(end - start)};
    igvm_add(w, IGVM_REQUIRED_MEMORY, &memory);
}

static void add_context(struct igvm_writer *w, const struct request *r, uint64_t entry)
{
    const struct igvm_vmsa_segment data = {0x18, 0xc93, UINT32_MAX, 0};
    struct igvm_vmsa vmsa = {
        .es = data,
        .ss = data,
        .ds = data,
        .fs = data,
        .gs = data,
        .cs = {0x10, 0xa9b, UINT32_MAX, 0},
        .tr = {0, 0x8b, 0xffff, 0},
        .ldtr = {0, 0x82, 0xffff, 0},
        .gdtr = {0, 0, 0x1f, LINUX_GDT},
        .efer = 0x1d00,
        .cr0 = 0x80010031,
        .cr4 = 0x60,
        .cr3 = LINUX_TABLES | UINT64_C(1) << r->wish.c_bit,
        .dr6 = 0xffff0ff0,
        .dr7 = 0x400,
        .rflags = 2,
        .rip = r->svsm.bytes != NULL ? SVSM_BASE : SHIM,
        .rsp = LINUX_STACK_TOP,
        .rbx = r->svsm.bytes != NULL ? SVSM_START : RANGES,
        .rsi = LINUX_BOOT_PARAMS,
        .rdi = entry,
        .g_pat = 0x0007040600070406,
        .sev_features = 1,
        .xcr0 = 1,
        .mxcsr = 0x1f80,
        .x87_fcw = 0x37f,
    };
    const struct igvm_vp_context context = {.gpa = IGVM_KVM_VMSA_GPA, .mask = SNP_MASK};
    igvm_add_data(w, IGVM_VP_CONTEXT, &context, (struct igvm_blob){&vmsa, sizeof vmsa});
}

static void add_all(struct igvm_writer *w, const struct request *r, const struct linux_guest *guest)
{
    const struct igvm_platform platform = {
        .mask = SNP_MASK, .platform_type = IGVM_SEV_SNP, .platform_version = 1};
    const struct igvm_policy policy = {.policy = 0x30000, .mask = SNP_MASK};
    igvm_add(w, IGVM_SUPPORTED_PLATFORM, &platform);
    igvm_add(w, IGVM_GUEST_POLICY, &policy);
    add_memory(w, 0, LOW_END);
    add_memory(w, HIGH, r->wish.memory);
    for (size_t i = 0; i < guest->piece_count; i++) {
        if (guest->pieces[i].gpa == LINUX_SECRETS)
            add_shim(w, r);
        add_piece(w, &guest->pieces[i], r->svsm.bytes != NULL);
    }
    if (r->svsm.bytes != NULL)
        add_svsm(w, r, guest->entry);
    add_context(w, r, guest->entry);
}

static void write_file(struct igvm_writer *w, const char *path)
{
    struct igvm_error error;
    size_t size = igvm_writer_size(w);
    uint8_t *bytes = room(size);
    if (!igvm_finish(w, bytes, size, &error))
        die(1, path, error.rule);
    FILE *stream = fopen(path, "wb");
    if (stream == NULL || fwrite(bytes, 1, size, stream) != size || fclose(stream) != 0)
        die(1, path, "cannot be written");
}

int main(int argc, char **argv)
{
    struct request request = {.wish = {.cmdline = "console=ttyS0",
                                       .memory = 256 * MIB,
                                       .c_bit = 51,
                                       .machine = {1, 8, 0xfeb00000, 16}}};
    static struct linux_guest guest;
    take_options(&request, argc, argv);
    const char *wrong = linux_layout(&guest, &request.wish);
    if (wrong != NULL)
        die(1, "layout", wrong);
    const struct igvm_writer_memory memory = {room(HEADS_MAX),
                                              HEADS_MAX,
                                              room(DATA_MAX),
                                              DATA_MAX,
                                              room(SLOTS * sizeof(uint32_t)),
                                              SLOTS};
    struct igvm_writer writer;
    igvm_writer_start(&writer, &memory);
    add_all(&writer, &request, &guest);
    write_file(&writer, request.output);
    return 0;
}
