/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whether this is SNP is asked of the processor, not of the boot block: on a machine that only
 * pretends, the MSR reads 0.
 */
#include "report.h"

#include "port.h"

#include <boot/boot_block.h>

#define SERIAL_PORT 0x3f8
#define LINE_STATUS 5
#define EMPTY       0x20
#define EXIT_PORT   0xf4
#define BAD         3
#define BAD_SNP     100
#define SEV_STATUS  0xc0010131
#define SNP_ACTIVE  4
#define GHCB_MSR    0xc0010130
#define TERMINATE   0x100
#define SET_SHIFT   12
#define CODE_SHIFT  16

static int on_snp;
static uint32_t checks;

void report_start(void)
{
    on_snp = (msr_read(SEV_STATUS) & SNP_ACTIVE) != 0;
}

int report_on_snp(void)
{
    return on_snp;
}

static void put_char(char letter)
{
    while (!(in8(SERIAL_PORT + LINE_STATUS) & EMPTY))
        ;
    out8(SERIAL_PORT, (uint8_t)letter);
}

void report_text(const char *text)
{
    while (!on_snp && *text)
        put_char(*text++);
}

void report_hex(uint64_t value)
{
    char digit[2] = {0};

    report_text("0x");
    for (int shift = 60; shift >= 0; shift -= 4) {
        digit[0] = "0123456789abcdef"[(value >> shift) & 15];
        if (value >> shift || shift == 0)
            report_text(digit);
    }
}

_Noreturn void report_leave(uint32_t code)
{
    if (on_snp)
        msr_write(GHCB_MSR, TERMINATE | BOOT_TERMINATE_SET << SET_SHIFT | code << CODE_SHIFT);
    for (;;) {
        if (on_snp)
            __asm__ volatile("rep; vmmcall");
        else
            out32(EXIT_PORT, code);
    }
}

void report_must(int good, const char *what)
{
    checks++;
    if (good)
        return;
    report_text("bad: ");
    report_text(what);
    report_text("\n");
    report_leave(on_snp ? BAD_SNP + checks : BAD);
}
