/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * igvm measure: the launch digest, and with --steps how it comes about.
 */
#include "commands.h"
#include "igvm/sha384.h"
#include "input.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

/* As many as KVM gives a virtual machine. */
#define VCPUS_MAX 4096u

struct options {
    struct igvm_launch launch;
    bool tdx;
    bool steps;
    bool help;
};

static const char help[] =
    "usage: igvm measure [OPTION ...] FILE\n"
    "\n"
    "Prints the launch digest that FILE will have, in hexadecimal: what an attestation report\n"
    "calls MEASUREMENT (SEV-SNP) or MRTD (TDX).\n"
    "\n"
    "  --platform snp|tdx     the platform it is launched on (snp)\n"
    "  --order file|qemu      the order in which pages are measured: that of the file, as\n"
    "                         Hyper-V does it, or QEMU's, which holds runs of pages back (file)\n"
    "  --native-zero          pages without data have a type of their own, as on Vanadium\n"
    "  --vcpus N              N VMSAs are measured, as on upstream KVM; those the file does not\n"
    "                         describe are in QEMU's reset state (1)\n"
    "  --vmsa-gpa GPA         the VMSAs lie there (where the file says; in QEMU's order where KVM\n"
    "                         puts them, 0xFFFFFFFFF000)\n"
    "  --cpu-signature N      EAX of CPUID 1, which reset leaves in RDX (0x800F12, EPYC-v4)\n"
    "  --steps                a line for each page: offset of its header, type, address and the\n"
    "                         digest so far\n"
    "  --help                 this text\n"
    "\n"
    "Exit status: 0 good, 1 the file is wrong or not for that platform, 2 wrong use.\n";

static const char *const type_names[] = {
    [IGVM_EVENT_NORMAL] = "normal",   [IGVM_EVENT_VMSA] = "vmsa",
    [IGVM_EVENT_ZERO] = "zero",       [IGVM_EVENT_UNMEASURED] = "unmeasured",
    [IGVM_EVENT_SECRETS] = "secrets", [IGVM_EVENT_CPUID] = "cpuid",
};

static bool set_platform(struct options *options, const char *word)
{
    options->tdx = strcmp(word, "tdx") == 0;
    return options->tdx || strcmp(word, "snp") == 0;
}

static bool set_order(struct options *options, const char *word)
{
    bool qemu = strcmp(word, "qemu") == 0;

    options->launch.order = qemu ? IGVM_ORDER_QEMU : IGVM_ORDER_FILE;
    return qemu || strcmp(word, "file") == 0;
}

static bool set_vcpus(struct options *options, const char *word)
{
    uint64_t count;
    bool good = parse_number(word, VCPUS_MAX, &count) && count != 0;

    options->launch.vcpus = good ? (uint32_t)count : 1;
    return good;
}

static bool set_vmsa_gpa(struct options *options, const char *word)
{
    return parse_number(word, UINT64_MAX, &options->launch.vmsa_gpa) &&
           options->launch.vmsa_gpa % IGVM_PAGE_SIZE == 0;
}

static bool set_signature(struct options *options, const char *word)
{
    uint64_t signature;
    bool good = parse_number(word, UINT32_MAX, &signature);

    options->launch.cpu_signature = good ? (uint32_t)signature : 0;
    return good;
}

static bool set_native_zero(struct options *options, const char *word)
{
    (void)word;
    options->launch.native_zero = true;
    return true;
}

static bool set_steps(struct options *options, const char *word)
{
    (void)word;
    options->steps = true;
    return true;
}

static bool set_help(struct options *options, const char *word)
{
    (void)word;
    options->help = true;
    return true;
}

/* In the order of "words". */
static bool (*const setters[])(struct options *options, const char *word) = {
    set_platform, set_order,     set_native_zero, set_vcpus,
    set_vmsa_gpa, set_signature, set_steps,       set_help};

static const struct option words[] = {
    {"platform", required_argument, NULL, 0},
    {"order", required_argument, NULL, 1},
    {"native-zero", no_argument, NULL, 2},
    {"vcpus", required_argument, NULL, 3},
    {"vmsa-gpa", required_argument, NULL, 4},
    {"cpu-signature", required_argument, NULL, 5},
    {"steps", no_argument, NULL, 6},
    {"help", no_argument, NULL, 7},
    {NULL, 0, NULL, 0},
};

static int read_options(struct options *options, int argc, char **argv)
{
    int word;

    opterr = 0;
    while ((word = getopt_long(argc, argv, ":", words, NULL)) != -1) {
        if (word == '?' || word == ':') {
            return misuse(argv[0], word == '?' ? "unknown option" : "an option lacks its word",
                          argv[optind - 1]);
        }
        if (!setters[word](options, optarg)) {
            return misuse(argv[0], words[word].name, optarg);
        }
    }
    return IGVM_EXIT_GOOD;
}

static void print_digest(const uint8_t digest[IGVM_DIGEST_SIZE])
{
    for (size_t i = 0; i < IGVM_DIGEST_SIZE; i++) {
        printf("%02x", digest[i]);
    }
    printf("\n");
}

static void print_event(const struct igvm_event *event)
{
    printf("0x%06x %-10s 0x%012llx ", event->offset, type_names[event->type],
           (unsigned long long)event->gpa);
}

static void measure_snp(const struct igvm_file *file, const struct options *options,
                        const struct igvm_hash *hash)
{
    uint8_t digest[IGVM_DIGEST_SIZE] = {0};
    struct igvm_events events;
    struct igvm_event event;

    igvm_events_start(&events, file, &options->launch);
    while (igvm_events_next(&events, &event)) {
        igvm_snp_extend(digest, &event, hash);
        if (options->steps) {
            print_event(&event);
            print_digest(digest);
        }
    }
    if (!options->steps) {
        print_digest(digest);
    }
}

/* An MRTD is one hash; its steps have no digests of their own. */
static void measure_tdx(const struct igvm_file *file, const struct options *options,
                        const struct igvm_hash *hash)
{
    uint8_t digest[IGVM_DIGEST_SIZE];
    struct igvm_events events;
    struct igvm_event event;

    igvm_events_start(&events, file, &options->launch);
    hash->start(hash->context);
    while (igvm_events_next(&events, &event)) {
        igvm_tdx_extend(&event, hash);
        if (options->steps) {
            print_event(&event);
            printf("\n");
        }
    }
    hash->finish(hash->context, digest);
    print_digest(digest);
}

static int measure(struct input *input, struct options *options)
{
    struct igvm_sha384 state;
    struct igvm_hash hash = igvm_sha384_hash(&state);

    options->launch.mask = igvm_platform_mask(&input->file, options->tdx ? IGVM_TDX : IGVM_SEV_SNP);
    if (options->launch.mask == 0) {
        fprintf(stderr, "igvm: %s: offset 0x%x: the file is not for %s\n", input->path,
                input->file.headers_begin, options->tdx ? "TDX" : "SEV-SNP");
        return IGVM_EXIT_WRONG_FILE;
    }
    if (options->tdx) {
        measure_tdx(&input->file, options, &hash);
    } else {
        measure_snp(&input->file, options, &hash);
    }
    return IGVM_EXIT_GOOD;
}

int measure_main(int argc, char **argv)
{
    struct options options = {.launch = {.vcpus = 1, .cpu_signature = IGVM_EPYC_SIGNATURE}};
    struct input input;
    int status = read_options(&options, argc, argv);

    if (status == IGVM_EXIT_GOOD && options.help) {
        fputs(help, stdout);
        return IGVM_EXIT_GOOD;
    }
    if (status == IGVM_EXIT_GOOD && options.tdx &&
        (options.launch.order == IGVM_ORDER_QEMU || options.launch.vcpus != 1)) {
        status = misuse(argv[0], "TDX has no QEMU loader and no VMSAs", NULL);
    }
    if (status == IGVM_EXIT_GOOD) {
        status = input_open(&input, argc, argv, optind);
    }
    if (status == IGVM_EXIT_GOOD) {
        status = measure(&input, &options);
        input_close(&input);
    }
    return status;
}
