/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel's tests inside the machine, one after the other. */
#include "tests.h"

struct test {
    const char *name;
    void (*run)(void);
};

static const struct test tests[] = {
    {"ipc", test_ipc},
    {"notifications", test_notifications},
    {"faults", test_faults},
    {"ends", test_ends},
    {"registers", test_registers},
    {"objects", test_objects},
    {"hostcalls", test_hostcalls},
    {"interrupts", test_interrupts},
    {"processors", test_processors},
    {"random", test_random},
};

int root_main(void)
{
    seL4_Word results[seL4_MsgMaxLength];

    for (unsigned int i = 0; i < sizeof(tests) / sizeof(*tests); i++) {
        tests[i].run();
        expect_equal(seL4_System_Check(svsm_CapSystem, results), seL4_NoError, "the self-check");
        print("test: ");
        print(tests[i].name);
        print(" done, capabilities ");
        print_number(results[0]);
        print("\n");
    }
    return 0;
}
