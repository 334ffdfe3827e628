/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the kernel asks of the machine below it: one table of operations, chosen once at the start.
 *
 * A platform is a kind of virtual machine (SNP, native), not a processor: what depends on the
 * processor alone is in machine.h. Operations that can fail return 0 or a platform_error. Only the
 * kernel calls these; servers see none of it. Nothing here may be called before platform_start().
 */
#ifndef PLATFORM_H
#define PLATFORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <boot/boot_block.h>

struct cpu;
struct frame;

/* Why a virtual machine ended; the host sees the number. */
enum end_reason {
    END_DONE = 1, /* wanted: the first thread said so */
    END_TEST_FAILED = 2,
    END_BOOT_BLOCK = 3,    /* the builder and the kernel do not understand each other */
    END_FEATURES = 4,      /* the processor or the host lacks something needed */
    END_MEMORY = 5,        /* the region is too small, or its pages cannot be validated */
    END_EXCEPTION = 6,     /* an exception in the kernel itself */
    END_INVARIANT = 7,     /* the kernel found its own state broken */
    END_HOST = 8,          /* the host gave an answer that no honest host gives */
    END_STACK = 9,         /* a double fault: most likely a kernel stack's guard page */
    END_UNSUPERVISED = 10, /* the first thread has faulted, and nobody is above it */
    END_SYSTEM = 11,       /* the first thread says that the system can not be, or not go on */
};

enum platform_error {
    PLATFORM_OK = 0,
    PLATFORM_UNSUPPORTED = 1,
    PLATFORM_REFUSED = 2, /* by the host */
    PLATFORM_BAD_ANSWER = 3,
};

struct cpuid_result {
    uint32_t eax, ebx, ecx, edx;
};

/* A host call on its way: svsm/hostcall.h says what the words mean. */
struct host_call {
    uint32_t class;    /* enum svsm_host_class */
    uint64_t argument; /* of the capability: what bounds the call */
    uint64_t page;     /* physical address of the shared page; 0: none */
    uint64_t words[4]; /* in, and the results out */
};

/* Where a page of the guest appears, on the processor that maps it, until the same window is used
   for another: one access at a time, nothing of the guest is mapped for good. */
enum guest_window {
    GUEST_WINDOW_PAGE,  /* 4 KiB, for whatever comes */
    GUEST_WINDOW_LIST,  /* 4 KiB, for the list of the call in hand */
    GUEST_WINDOW_LARGE, /* 2 MiB */
};

/* What RMPADJUST takes in RDX, for the guest's VMPL, 2. */
#define GUEST_RIGHTS_NONE UINT64_C(0x00002)
#define GUEST_RIGHTS_ALL  UINT64_C(0x00f02)
#define GUEST_RIGHTS_VMSA UINT64_C(0x10102) /* it is the saved state of a vCPU; reading only */

struct guest_call;

/*
 * The guest below: its pages, and its vCPU on the calling processor. Addresses have been checked: a
 * page that is not as the table of page states says is the host's doing and ends the machine.
 */
struct platform_guest {
    void *(*map)(enum guest_window window, uint64_t gpa);
    /* Of a mapped page: PVALIDATE's EAX and CF; RMPADJUST's EAX. */
    uint32_t (*validate)(void *va, bool large, bool valid, bool *unchanged);
    uint32_t (*set_rights)(void *va, bool large, uint64_t rights);

    /* Fills what the first vCPU starts with: its saved state in a page of ours, the guest's CPUID
       page and its copy of the secrets page, without the keys of the VMPLs above it. */
    void (*fill_vmsa)(void *vmsa, const struct boot_guest *guest);
    void (*fill_cpuid)(void *page);
    void (*fill_secrets)(void *page, const struct boot_guest *guest);
    /* Whether the state a guest wrote may be run at its VMPL. */
    bool (*vmsa_is_sound)(const void *vmsa);
    /* Lets the host know of the first vCPU's state. */
    enum platform_error (*announce)(uint64_t vmsa_gpa);

    /* Saved state and calling area of the vCPU that runs on this processor from now on. */
    void (*attach)(uint64_t vmsa_gpa, uint64_t area_gpa);
    /* True: it has made a call, taken exactly once; it cannot run from here to answer(). Without a
       call it is not touched: the host may be starting it just now. */
    bool (*take)(struct guest_call *call);
    /* The call's result into the registers; it can run again. */
    void (*answer)(const struct guest_call *call);
    /* Lets it run until the host enters this level again. False: the host knows of nothing to run.
     */
    bool (*run)(void);

    /* Before a thread runs where the guest ran: an exit of the thread's own asks the host for
       nothing that was asked before. */
    void (*settle)(void);

    /* Another processor's vCPU, by its saved state's page, mapped: it cannot run any more... */
    void (*disable)(void *vmsa);
    /* ...or can. */
    void (*enable)(void *vmsa);
};

struct platform {
    const char *name;
    enum boot_platform kind;
    uint32_t irq_count; /* interrupts of devices, numbered from 0 */
    bool interrupts;    /* a timer and interrupts between processors exist at our level */

    /* On the boot processor, before anything else; no console yet. */
    void (*start)(const struct boot_block *block, uint64_t private_mask);
    /* On the boot processor for each processor there is, when memory and mappings work. */
    void (*prepare)(struct cpu *cpu);
    /* On every processor once it has its own descriptors and struct cpu. */
    void (*cpu_start)(struct cpu *cpu);

    bool (*cpuid)(uint32_t leaf, uint32_t subleaf, struct cpuid_result *result);
    /* One access of 1, 2 or 4 bytes. */
    uint32_t (*port_read)(uint16_t port, unsigned int width);
    void (*port_write)(uint16_t port, uint32_t value, unsigned int width);

    /* One access of 1, 2, 4 or 8 bytes to device registers, in no memory of ours. */
    enum platform_error (*mmio_read)(uint64_t pa, unsigned int width, uint64_t *value);
    enum platform_error (*mmio_write)(uint64_t pa, unsigned int width, uint64_t value);
    /* A thread's #VC: true when it was dealt with and the thread goes on. May be NULL. */
    bool (*user_trap)(struct frame *frame);
    /* Makes [pa, pa + size), mapped at va, ours and usable; whole pages. */
    enum platform_error (*validate)(uint64_t pa, void *va, uint64_t size);

    /* Lets processor `cpu` begin at machine_cpu_entry; returns when it may be waited for. */
    enum platform_error (*processor_begin)(struct cpu *cpu);
    void (*interrupt_processor)(const struct cpu *cpu);
    /* An interrupt is taken: others may come, a device's that is still raised not before irq_ack.
     */
    void (*interrupt_done)(uint64_t vector);
    void (*timer_arm)(uint32_t microseconds);
    /* Waits for something to happen; returns at once when something may have. */
    void (*idle)(struct cpu *cpu);

    /* A private page becomes one the host can read and write, zeroed, and back; its content is
       lost. What was shared becomes private again or the virtual machine ends. */
    enum platform_error (*share)(uint64_t pa, void *va);
    void (*unshare)(uint64_t pa, void *va);
    /* A device's interrupt, below irq_count, may come, or come again; and it comes no more.
       Configuration lock held. NULL where irq_count is 0. */
    void (*irq_ack)(uint32_t irq);
    void (*irq_mask)(uint32_t irq);
    /* The classes that differ: see platform_host_call(). May be NULL. */
    enum platform_error (*host_call)(struct host_call *call);

    /* Leaves a word in the host's record of events, where there is one; tracing builds only. May be
       NULL. */
    void (*mark)(uint32_t word);

    __attribute__((noreturn)) void (*end)(enum end_reason reason);

    const struct platform_guest *guest; /* NULL: no guest below */
};

/* What page-table entries need beside the address, for our own pages and for those the host may
   see; start() sets them and they never change. */
extern uint64_t platform_private_mask;
extern uint64_t platform_shared_mask;

/* The one in use. platform_start() chooses it from what the stub said. */
extern const struct platform *platform;

/* Where the kernel sees a page that was shared; the window does not show it. */
void *platform_shared_at(uint64_t pa);

/* The reason set of our terminations, for a host that distinguishes them; the stub has its own. */
#define PLATFORM_TERMINATE_SET 0xcu

/* Ticks of the time-stamp counter in a second; 0: unknown. May take a twentieth of one. */
uint64_t platform_counter_hz(void);
/* SVSM_FEATURE_* of sel4/bootinfo.h. */
uint64_t platform_features(void);

/* Any processor, without the configuration lock. The words have been checked, see hostcall.h. */
enum platform_error platform_host_call(struct host_call *call);

void platform_start(const struct boot_block *block, uint64_t kind, uint64_t private_mask);

#endif
