/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The builder's options: the command line and the layout file mean the same, what does not fit is
 * refused with its reason.
 */
#include <boot/boot_block.h>
#include <options.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define WORDS 12

static bool read_words(struct build_options *options, const char *const *words,
                       struct build_error *error)
{
    int count = 0;

    error->text[0] = '\0';
    while (count < WORDS && words[count])
        count++;
    return build_options_read(options, count, (char **)(uintptr_t)words, error);
}

static void test_defaults(void **state)
{
    static const char *const words[WORDS] = {"--kernel", "k.elf", "-o", "x.igvm"};
    struct build_options options;
    struct build_error error;

    (void)state;
    assert_true(read_words(&options, words, &error));
    assert_string_equal(options.kernel, "k.elf");
    assert_string_equal(options.output, "x.igvm");
    assert_string_equal(options.profile->name, "snpmachine");
    assert_int_equal(options.base, 0x8000000);
    assert_int_equal(options.size, 16 << 20);
    assert_int_equal(options.size_max, 16 << 20);
    assert_int_equal(options.platforms, BUILD_SNP | BUILD_NATIVE);
    assert_int_equal(options.vmsa_gpa, VMSA_KVM);
    assert_int_equal(options.sev_features, 1);
    assert_int_equal(options.console_port, 0x3f8);
    build_options_free(&options);
}

static void test_given(void **state)
{
    static const char *const words[WORDS] = {
        "--kernel=k",  "--pvh",  "x.elf",  "--profile",          "hyperv",     "--size=1G",
        "--platforms", "native", "--file", "manifest=a/m=n.dtb", "--console=0"};
    struct build_options options;
    struct build_error error;

    (void)state;
    assert_true(read_words(&options, words, &error));
    assert_int_equal(options.size, 1 << 30);
    assert_int_equal(options.vmsa_gpa, 0x48000000 - 4096);
    assert_int_equal(options.sev_features, 0xb);
    assert_int_equal(options.console_port, 0);
    assert_int_equal(options.platforms, BUILD_NATIVE);
    assert_int_equal(options.file_count, 1);
    assert_string_equal(options.files[0].name, "manifest");
    assert_string_equal(options.files[0].path, "a/m=n.dtb");
    build_options_free(&options);
}

#define LONG_NAME "a-name-that-has-forty-eight-letters-in-it-really"

static const struct {
    const char *because;
    const char *words[WORDS];
} refusals[] = {
    {"no --kernel", {"-o", "x"}},
    {"nothing to write", {"--kernel", "k"}},
    {"no option --kernels", {"--kernels", "k"}},
    {"no option k", {"k"}},
    {"no option -", {"-"}},
    {"no option --", {"--"}},
    {"no option --map=1", {"--map=1"}},
    {"--kernel needs a value", {"--kernel"}},
    {"is not a number", {"--base", "x"}},
    {"is not a number", {"--base", "-1"}},
    {"is not a number", {"--base", ""}},
    {"is not a number", {"--base", "12Q"}},
    {"is not a number", {"--base", "1MM"}},
    {"is not a number", {"--base", "99999999999999999999"}},
    {"is not a number", {"--size", "99999999999999G"}},
    {"is not a multiple of 2 MiB", {"--kernel", "k", "-o", "x", "--base", "0x8001000"}},
    {"is not a multiple of 2 MiB", {"--kernel", "k", "-o", "x", "--base", "0x800000"}},
    {"is not a multiple of 2 MiB", {"--kernel", "k", "-o", "x", "--size", "3M"}},
    {"is not a multiple of 2 MiB", {"--kernel", "k", "-o", "x", "--size", "0"}},
    {"below 4 GiB", {"--kernel", "k", "-o", "x", "--base", "0xffe00000"}},
    {"below 4 GiB", {"--kernel", "k", "-o", "x", "--base", "0xffffffffffe00000"}},
    {"size-max", {"--kernel", "k", "-o", "x", "--size-max", "2M"}},
    {"stack", {"--kernel", "k", "-o", "x", "--stack", "100"}},
    {"stack", {"--kernel", "k", "-o", "x", "--stack", "0"}},
    {"root-stack", {"--kernel", "k", "-o", "x", "--root-stack", "1G"}},
    {"vmsa-gpa", {"--kernel", "k", "-o", "x", "--vmsa-gpa", "0x8200000"}},
    {"vmsa-gpa", {"--kernel", "k", "-o", "x", "--vmsa-gpa", "0x8200001"}},
    {"console", {"--kernel", "k", "-o", "x", "--console", "0x10000"}},
    {"pretend-snp", {"--kernel", "k", "-o", "x", "--pretend-snp", "52"}},
    {"pretend-snp", {"--kernel", "k", "--pvh", "x", "--pretend-snp", "47"}},
    {"there is no \"xen\"", {"--profile", "xen"}},
    {"snp, native or both", {"--platforms", "tdx"}},
    {"NAME=PATH", {"--file", "a"}},
    {"NAME=PATH", {"--file", "=a"}},
    {"NAME=PATH", {"--file", "a="}},
    {"NAME=PATH", {"--file", LONG_NAME "=a"}},
    {"is there twice", {"--file", "a=b", "--file", "a=c"}},
    {"layout: /nowhere", {"--layout", "/nowhere"}},
};

static void test_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
        struct build_options options;
        struct build_error error;

        assert_false(read_words(&options, refusals[i].words, &error));
        if (!strstr(error.text, refusals[i].because))
            fail_msg("%zu: \"%s\" does not say \"%s\"", i, error.text, refusals[i].because);
        build_options_free(&options);
    }
}

static bool read_layout(struct build_options *options, const char *text, struct build_error *error)
{
    char path[] = "/tmp/builder-layout-XXXXXX";
    const char *words[WORDS] = {"--layout", path};
    int descriptor = mkstemp(path);
    bool good;

    assert_true(descriptor >= 0);
    assert_int_equal(write(descriptor, text, strlen(text)), strlen(text));
    close(descriptor);
    good = read_words(options, words, error);
    unlink(path);
    return good;
}

static void test_layout_file(void **state)
{
    struct build_options options;
    struct build_error error;

    (void)state;
    assert_true(read_layout(&options,
                            "# all of it\n\n  kernel\tsub/k.elf  \r\n"
                            "file m=/abs/m.dtb # the manifest\noutput x\nmap\nbase 256M",
                            &error));
    assert_string_equal(options.kernel, "/tmp/sub/k.elf");
    assert_string_equal(options.files[0].path, "/abs/m.dtb");
    assert_int_equal(options.base, 256 << 20);
    assert_true(options.map);
    build_options_free(&options);
}

static void test_layout_wrong(void **state)
{
    static const struct {
        const char *because;
        const char *text;
    } wrong[] = {
        {":2: there is no option \"kernal\"", "map\nkernal x\n"},
        {":1: base needs a value", "base\n"},
        {":1: map takes no value", "map 1\n"},
        {":3: base: \"q\" is not a number", "\n\nbase q"},
    };
    struct build_options options;
    struct build_error error;

    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        assert_false(read_layout(&options, wrong[i].text, &error));
        if (!strstr(error.text, wrong[i].because))
            fail_msg("%zu: \"%s\" does not say \"%s\"", i, error.text, wrong[i].because);
        build_options_free(&options);
    }
}

/* A file that names itself ends at the depth that is allowed. */
static void test_layout_loop(void **state)
{
    char path[] = "/tmp/builder-layout-XXXXXX", line[64];
    const char *words[WORDS] = {"--layout", path};
    struct build_options options;
    struct build_error error;
    int descriptor = mkstemp(path);

    (void)state;
    assert_true(descriptor >= 0);
    snprintf(line, sizeof(line), "layout %s\n", path);
    assert_int_equal(write(descriptor, line, strlen(line)), strlen(line));
    close(descriptor);
    assert_false(read_words(&options, words, &error));
    assert_non_null(strstr(error.text, "layout files within layout files"));
    build_options_free(&options);
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults),     cmocka_unit_test(test_given),
        cmocka_unit_test(test_refused),      cmocka_unit_test(test_layout_file),
        cmocka_unit_test(test_layout_wrong), cmocka_unit_test(test_layout_loop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
