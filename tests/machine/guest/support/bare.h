/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A small SNP guest at VMPL2: what tests of the SVSM's calls stand on.
 *
 * Memory is mapped one to one and private; the same addresses plus SHARED are mapped shared, and
 * the GiB from HIGH on is seen at HIGH_VIEW. Each processor has a GHCB page of its own for the
 * host, and a calling area. Exceptions end the test. Programs define guest_main(); what it returns
 * ends the machine, 0 for success.
 */
#ifndef BARE_H
#define BARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <svsm/result.h>

#define PAGE       UINT64_C(0x1000)
#define LARGE      UINT64_C(0x200000)
#define SHARED     UINT64_C(0x100000000)
#define HIGH       UINT64_C(0x100000000)
#define HIGH_VIEW  UINT64_C(0x200000000)
#define PROCESSORS 8u
#define SPARE      UINT64_C(0x2000000) /* from here on memory is the test's, valid at first */
#define SECRETS    UINT64_C(0x80000)
#define CALL(p, n) ((uint64_t)(p) << 32 | (n))
#define RUN_VMPL0  UINT64_C(0x016)

/* RAX is protocol << 32 | call, and then the result. */
struct svsm_call {
    uint64_t rax, rcx, rdx, r8, r9;
};

/* A secrets page, as far as the SVSM fills it. */
struct secrets {
    uint8_t head[0x20];
    uint8_t keys[4][32];
    uint8_t middle[0x140 - 0xa0];
    uint64_t svsm_base, svsm_size, calling_area;
    uint32_t most_version;
    uint8_t guest_vmpl;
};

/* What PVALIDATE works on; at most 510 entries in a page. */
struct page_list {
    uint16_t count, next;
    uint32_t reserved;
    uint64_t entries[];
};

#define ENTRY_LARGE    UINT64_C(1)
#define ENTRY_VALIDATE UINT64_C(4)
#define ENTRY_AS_IS    UINT64_C(8)

int guest_main(const char *words);

/* The calling area of this processor; the word counts in it are its. */
volatile uint8_t *calling_area(void);
void set_calling_area(uint64_t gpa);
unsigned this_processor(void);

/* Makes the call; false: the SVSM has not executed it. */
bool svsm_call(struct svsm_call *call);
/* The same, asking the host by the GHCB instead of by its MSR: that is one exit less. */
bool svsm_call_by_page(struct svsm_call *call);
/* The same, with the words given and the result returned; it must have been executed. */
uint64_t svsm(uint64_t rax, uint64_t rcx, uint64_t rdx, uint64_t r8);
/* Goes to VMPL0 and comes back, without a request. */
void svsm_visit(struct svsm_call *call);
/* One entry through a list in the calling area. */
uint64_t pvalidate(uint64_t entry);
/* Makes one valid page the host's to see, or private and valid again. */
void share(uint64_t gpa);
void unshare(uint64_t gpa);

/* Fills a VMSA for run(argument) on a processor, at this VMPL. */
void fill_vmsa(void *vmsa, unsigned processor, void (*run)(uint64_t), uint64_t argument);
/* CREATE_VCPU and the host's AP creation, with pages of the support's own; false: refused. */
bool start_processor(unsigned processor, void (*run)(uint64_t), uint64_t argument);
/* Only tells the host. */
bool create_processor(unsigned processor, uint64_t vmsa);
/* It has been deleted: start_processor() has no old state to delete. */
void forget_processor(unsigned processor);
/* The pages start_processor() used last. */
uint64_t processor_vmsa(unsigned processor);
uint64_t processor_area(unsigned processor);
/* Whether run() has returned; it halts then. */
bool processor_is_done(unsigned processor);
void join_processor(unsigned processor);

void print(const char *text);
void print_number(uint64_t number);
void print_hex(uint64_t number);
_Noreturn void guest_end(int failed);
void expect(bool holds, const char *what);
void expect_equal(uint64_t is, uint64_t wanted, const char *what);
/* A mark in the machine's trace. */
void mark(uint32_t number);
bool same_text(const char *a, const char *b);

/* One MSR protocol call to the host, one GHCB call; info1 of the answer, 0 is success. */
uint64_t host_msr(uint64_t request);
uint64_t host_call(uint64_t code, uint64_t info1, uint64_t info2, uint64_t rax);

static inline void relax(void)
{
    __asm__ volatile("pause" ::: "memory");
}

#endif
