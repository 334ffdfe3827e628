/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The guest's side of the servers' path: calls of protocols that servers have, what they carry, and
 * what becomes of a call when a server is busy, gone or wrong. The first word of the command line
 * chooses the number of processors.
 */
#include "bare.h"
#include "echo.h"

#define ECHO(n)  CALL(ECHO_PROTOCOL, n)
#define PAGES(n) CALL(PAGE_PROTOCOL, n)
#define LONG     UINT64_C(2000) /* rounds of a server */

static struct svsm_call call(uint64_t rax, uint64_t rcx, uint64_t rdx)
{
    struct svsm_call c = {rax, rcx, rdx, 300, 400};

    expect(svsm_call(&c), "the SVSM executes a call");
    return c;
}

static void test_query(void)
{
    struct svsm_call c = call(CALL(0, 6), CALL(ECHO_PROTOCOL, 1), 0);

    expect_equal(c.rax, 0, "a query's result");
    expect_equal(c.rcx, UINT64_C(1) << 32 | 1, "the echo protocol's versions");
    expect_equal(call(CALL(0, 6), CALL(ECHO_PROTOCOL, 2), 0).rcx, 0, "its version 2");
    expect_equal(call(CALL(0, 6), CALL(1, 1), 0).rcx, 0, "a protocol that was taken away");
    expect_equal(call(CALL(0, 6), CALL(7, 1), 0).rcx, 0, "a protocol nobody has");
    expect_equal(call(CALL(7, 0), 0, 0).rax, SVSM_UNSUPPORTED_PROTOCOL, "protocol 7");
    expect_equal(call(CALL(8, 0), 0, 0).rax, SVSM_UNSUPPORTED_PROTOCOL, "protocol 8");
    expect_equal(call(CALL(0xffffffff, 0), 0, 0).rax, SVSM_UNSUPPORTED_PROTOCOL, "the last one");
    expect_equal(call(CALL(NOBODY, 0), 1, 2).rax, SVSM_BUSY, "an endpoint without a receiver");
}

static void test_registers(void)
{
    struct svsm_call c = call(ECHO(ECHO_ADD), 100, 200);

    expect_equal(c.rax, 0, "an echo");
    expect_equal(c.rcx, 101, "RCX");
    expect_equal(c.rdx, 202, "RDX");
    expect_equal(c.r8, 303, "R8");
    expect_equal(c.r9, 404, "R9");
    c = call(ECHO(ECHO_BADGE), 7, 8);
    expect_equal(c.rcx, ECHO_PROTOCOL << 8 | this_processor(), "the badge");
    expect_equal(c.rdx, 8, "a register the answer does not have");
    expect_equal(c.r9, 400, "another one");
}

static void test_results(void)
{
    expect_equal(call(ECHO(ECHO_RESULT), 0xffffffff, 0).rax, 0xffffffff, "32 bits of a result");
    expect_equal(call(ECHO(ECHO_RESULT), SVSM_INCOMPLETE, 0).rax, SVSM_INCOMPLETE, "incomplete");
    expect_equal(call(ECHO(ECHO_WIDE), 5, 6).rax, SVSM_INVALID_REQUEST, "33 bits");
    expect_equal(call(ECHO(ECHO_WIDE), 5, 6).rcx, 5, "registers after a senseless answer");
    expect_equal(call(ECHO(0xffffffff), 0, 0).rax, SVSM_UNSUPPORTED_CALL, "the last call number");
    expect_equal(call(ECHO(ECHO_RESULT), 0x1234, 0).rax, 0x1234, "a result that is no error");
}

static void test_crash(void)
{
    for (unsigned i = 0; i < 3; i++) {
        struct svsm_call c = call(ECHO(ECHO_CRASH), 1, 2);

        expect_equal(c.rax, SVSM_INVALID_REQUEST, "a call whose server faults");
        expect_equal(c.rcx, 1, "its RCX");
        expect_equal(call(ECHO(ECHO_ADD), 1, 2).rcx, 2, "the server after its restart");
    }
}

static void fill(uint64_t gpa)
{
    for (uint64_t i = 0; i < PAGE; i++)
        ((volatile uint8_t *)gpa)[i] = (uint8_t)(i * 7);
}

/* Whether 4096 bytes are the pattern, inverted or not. */
static bool holds(uint64_t gpa, uint8_t flip)
{
    for (uint64_t i = 0; i < PAGE; i++)
        if (((volatile uint8_t *)gpa)[i] != (uint8_t)((i * 7) ^ flip))
            return false;
    return true;
}

/* At any alignment, within a page or across two, and no byte beside them. */
static void test_pages(uint64_t gpa)
{
    volatile uint8_t *bytes = (volatile uint8_t *)gpa;

    bytes[-1] = 0x5a;
    bytes[PAGE] = 0xa5;
    fill(gpa);
    expect_equal(call(PAGES(PAGE_COMPARE), gpa, 0).rcx, 1, "what the server sees");
    expect_equal(call(PAGES(PAGE_INVERT), gpa, 0).rax, 0, "a page that is inverted");
    expect(holds(gpa, 0xff), "the inverted page");
    expect_equal(call(PAGES(PAGE_INVERT), gpa, 0).rax, 0, "and back");
    expect_equal(call(PAGES(PAGE_REFUSE), gpa, 0).rax, ECHO_REFUSED, "a refusal");
    expect(holds(gpa, 0), "the page after a refusal");
    expect_equal(call(PAGES(PAGE_CRASH), gpa, 0).rax, SVSM_INVALID_REQUEST, "a crash");
    expect(holds(gpa, 0), "the page after a crash");
    expect(bytes[-1] == 0x5a && bytes[PAGE] == 0xa5, "the bytes beside it");
}

static void test_page_addresses(void)
{
    const struct secrets *secrets = (const struct secrets *)SECRETS;
    uint64_t area = (uint64_t)calling_area();
    uint64_t odd = SPARE + 3 * PAGE + 1;

    fill(SPARE);
    expect_equal(call(PAGES(PAGE_INVERT), secrets->svsm_base, 0).rax, SVSM_INVALID_ADDRESS, "SVSM");
    expect_equal(call(PAGES(PAGE_INVERT), secrets->svsm_base - 1, 0).rax, SVSM_INVALID_ADDRESS,
                 "one byte before it");
    expect_equal(call(PAGES(PAGE_INVERT), area, 0).rax, SVSM_INVALID_ADDRESS, "the calling area");
    expect_equal(call(PAGES(PAGE_INVERT), area - 1, 0).rax, SVSM_INVALID_ADDRESS, "up to it");
    expect_equal(call(PAGES(PAGE_INVERT), UINT64_MAX, 0).rax, SVSM_INVALID_ADDRESS, "the end");
    expect_equal(call(PAGES(PAGE_INVERT), UINT64_MAX - PAGE + 1, 0).rax, SVSM_INVALID_ADDRESS,
                 "the last page");
    expect_equal(call(PAGES(PAGE_INVERT), UINT64_C(0xfee00000), 0).rax, SVSM_INVALID_ADDRESS,
                 "a device");
    expect_equal(pvalidate(SPARE + 4 * PAGE), 0, "a page becomes invalid");
    expect_equal(call(PAGES(PAGE_INVERT), SPARE + 4 * PAGE, 0).rax, SVSM_INVALID_ADDRESS,
                 "an invalid page");
    expect_equal(call(PAGES(PAGE_INVERT), odd, 0).rax, SVSM_INVALID_ADDRESS, "half of one");
    expect_equal(pvalidate((SPARE + 4 * PAGE) | ENTRY_VALIDATE), 0, "it becomes valid again");
    expect_equal(call(PAGES(PAGE_INVERT), odd, 0).rax, 0, "both halves");
    expect(holds(SPARE, 0), "a page that was not named");
}

/* While one processor's call keeps the server at work, another's is told so at once. */
static void call_long(uint64_t argument)
{
    (void)argument;
    while (call(ECHO(ECHO_SPIN), LONG, 0).rax == SVSM_BUSY)
        relax();
}

static void test_busy(void)
{
    uint64_t busy = 0, served = 0;

    expect(start_processor(1, call_long, 0), "a second processor");
    while (!processor_is_done(1)) {
        struct svsm_call c = call(ECHO(ECHO_ADD), 100, 200);

        expect(c.rax == SVSM_BUSY ? c.rcx == 100 : c.rcx == 101, "registers of a call");
        busy += c.rax == SVSM_BUSY;
        served += c.rax == SVSM_SUCCESS;
        relax(); /* or nobody else gets on under -icount */
    }
    expect(busy > 0, "a server is found at work");
    expect(served > 0, "and free");
}

static void hammer(uint64_t seed)
{
    uint64_t gpa = SPARE + (this_processor() + 1) * 16 * PAGE + seed * 8;

    fill(gpa);
    for (uint64_t i = 0; i < 200; i++) {
        uint64_t result = call(PAGES(PAGE_INVERT), gpa, 0).rax;

        if (result == SVSM_BUSY)
            continue;
        expect_equal(result, 0, "a page among many");
        expect(holds(gpa, 0xff), "inverted by nobody else");
        fill(gpa);
    }
}

static void test_many(unsigned processors)
{
    for (unsigned i = 1; i < processors; i++)
        expect(start_processor(i, hammer, i), "a processor");
    hammer(0);
    for (unsigned i = 1; i < processors; i++)
        join_processor(i);
}

int guest_main(const char *words)
{
    unsigned processors = (unsigned)(words[0] - '0');

    test_query();
    test_registers();
    test_results();
    test_crash();
    test_pages(SPARE + PAGE);
    test_pages(SPARE + 3 * PAGE + 8);
    test_pages(SPARE + 3 * PAGE + 4091);
    test_page_addresses();
    print("guest: one processor done\n");
    if (processors > 1) {
        test_busy();
        test_many(processors);
    }
    return 0;
}
