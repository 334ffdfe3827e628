/* SPDX-License-Identifier: BSD-2-Clause */
/* A thread's registers are its own: across system calls, switches, interrupts; floating point too.
 */
#include "tests.h"

#define ROUNDS 300u

static struct thread pair[2], busy[2];

/* Fills XMM0 to XMM3 and MXCSR with its argument, lets others run, and looks again. */
static void keep_vectors(struct thread *self)
{
    uint64_t value = self->argument, found[4];
    uint32_t control = 0x1f80u | (uint32_t)(value & 1) << 13, control_now;

    __asm__ volatile("ldmxcsr %0" ::"m"(control));
    for (unsigned int i = 0; i < ROUNDS; i++) {
        __asm__ volatile(
            "movq %0, %%xmm0; movq %0, %%xmm1; movq %0, %%xmm2; movq %0, %%xmm3" ::"r"(value + i));
        seL4_Yield();
        __asm__ volatile("movq %%xmm0, %0; movq %%xmm1, %1; movq %%xmm2, %2; movq %%xmm3, %3"
                         : "=r"(found[0]), "=r"(found[1]), "=r"(found[2]), "=r"(found[3]));
        for (unsigned int k = 0; k < 4; k++) {
            self->result += found[k] != value + i;
        }
    }
    __asm__ volatile("stmxcsr %0" : "=m"(control_now));
    self->result += control_now != control;
}

static void test_vectors(void)
{
    for (unsigned int i = 0; i < 2; i++) {
        pair[i].argument = 1000000 * (i + 1) + i;
        thread_make(&pair[i], keep_vectors, i == 0 ? 0 : new_space());
        pair[i].result = 0;
        thread_start(&pair[i], ROOT_PRIORITY, 0, 0); /* so that they take turns */
    }
    for (unsigned int i = 0; i < 2; i++) {
        thread_join(&pair[i]);
        expect_equal(pair[i].result, 0, "vector registers that changed");
    }
}

static uint64_t fs_base(void)
{
    uint64_t base;
    __asm__ volatile("rdfsbase %0" : "=r"(base));
    return base;
}

static uint64_t gs_base(void)
{
    uint64_t base;
    __asm__ volatile("rdgsbase %0" : "=r"(base));
    return base;
}

static void keep_bases(struct thread *self)
{
    for (unsigned int i = 0; i < ROUNDS; i++) {
        self->result += fs_base() != self->argument;
        __asm__ volatile("wrgsbase %0" ::"r"(self->argument + 1));
        seL4_Yield();
        self->result += gs_base() != 0;
    }
}

static void test_bases(void)
{
    for (unsigned int i = 0; i < 2; i++) {
        pair[i].argument = 0x500000 + 0x1000 * i;
        thread_make(&pair[i], keep_bases, 0);
        pair[i].result = 0;
        expect_equal(seL4_TCB_WriteRegisters(pair[i].tcb, SEL4_REGISTER(fs_base) | 1 << 8,
                                             pair[i].argument, 0, 0),
                     seL4_NoError, "FS base");
        thread_start(&pair[i], ROOT_PRIORITY, 0, 0); /* so that they take turns */
    }
    for (unsigned int i = 0; i < 2; i++) {
        thread_join(&pair[i]);
        expect_equal(pair[i].result, 0, "segment bases that were wrong");
    }
}

/* Keeps every general register loaded and compares: only an interrupt can come between. */
static void keep_general(struct thread *self)
{
    uint64_t wrong;

    while (__atomic_load_n(&self->argument, __ATOMIC_RELAXED) == 0) {
        __asm__ volatile(
            "mov $101, %%rbx; mov $102, %%rcx; mov $103, %%rdx; mov $104, %%rsi\n\t"
            "mov $105, %%rdi; mov $106, %%r8; mov $107, %%r9; mov $108, %%r10\n\t"
            "mov $109, %%r11; mov $110, %%r12; mov $111, %%r13; mov $112, %%r14\n\t"
            "mov $113, %%r15; mov $20000, %%eax\n"
            "1:\tdec %%eax; jnz 1b\n\t"
            "add %%rbx, %%rax; add %%rcx, %%rax; add %%rdx, %%rax; add %%rsi, %%rax\n\t"
            "add %%rdi, %%rax; add %%r8, %%rax; add %%r9, %%rax; add %%r10, %%rax\n\t"
            "add %%r11, %%rax; add %%r12, %%rax; add %%r13, %%rax; add %%r14, %%rax\n\t"
            "add %%r15, %%rax; sub $1391, %%rax"
            : "=a"(wrong)::"rbx", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12",
              "r13", "r14", "r15", "cc");
        self->result += wrong != 0;
        __atomic_add_fetch(&self->extra, 1, __ATOMIC_RELAXED); /* rounds, from here on */
    }
}

/* Two threads that never give up the processor share it: the timer takes it from them. */
static void test_preemption(void)
{
    if ((boot_info->features & SVSM_FEATURE_TIMER) == 0) {
        print("test: no timer here, so no preemption to test\n");
        return;
    }
    for (unsigned int i = 0; i < 2; i++) {
        thread_make(&busy[i], keep_general, 0);
        busy[i].argument = 0;
        busy[i].result = 0;
        thread_start(&busy[i], ROOT_PRIORITY, 0, 0);
        busy[i].extra = 0;
    }
    while (__atomic_load_n(&busy[0].extra, __ATOMIC_RELAXED) < 50 ||
           __atomic_load_n(&busy[1].extra, __ATOMIC_RELAXED) < 50) {
        seL4_Yield();
    }
    for (unsigned int i = 0; i < 2; i++) {
        __atomic_store_n(&busy[i].argument, 1, __ATOMIC_RELAXED);
        thread_join(&busy[i]);
        expect_equal(busy[i].result, 0, "registers that an interrupt changed");
    }
}

static void run_once(struct thread *self)
{
    self->result = 1;
}

/* A thread that is raised above its raiser runs at once. */
static void test_priority(void)
{
    thread_make(&pair[0], run_once, 0);
    pair[0].result = 0;
    thread_start(&pair[0], ROOT_PRIORITY - 1, 0, 0);
    seL4_Yield();
    expect_equal(pair[0].result, 0, "a lower priority does not run");
    seL4_TCB_SetPriority(pair[0].tcb, ABOVE_ROOT);
    expect_equal(pair[0].result, 1, "a higher one runs at once");
}

void test_registers(void)
{
    test_priority();
    test_vectors();
    test_bases();
    test_preemption();
}
