/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the builder tells the kernel: one page, laid out at build time and measured with the launch.
 *
 * `igvm build` fills it, the kernel finds its address in RDI at its entry, and nobody writes it
 * afterwards. Every address with "pa" in its name is guest-physical, every "va" is in the page
 * tables the builder made; sizes are bytes. What the host supplies (parameters, CPUID, secrets) is
 * not in here: the block only says where those pages are, and they are as hostile as their source.
 * Offsets are fixed by the assertions below; a change of meaning changes BOOT_VERSION.
 */
#ifndef BOOT_BOOT_BLOCK_H
#define BOOT_BOOT_BLOCK_H

#include <stddef.h>
#include <stdint.h>

#define BOOT_MAGIC   UINT64_C(0x314b4c4245505244) /* "DRPEBLK1" in memory order */
#define BOOT_VERSION 1u
#define BOOT_PAGE    4096u

/* Where the kernel and its window live; the top 512 GiB slot (PML4 entry 511) holds both. */
#define BOOT_WINDOW_VA UINT64_C(0xffffff8000000000) /* up to 1 GiB: the region, NX */
#define BOOT_KERNEL_VA UINT64_C(0xffffffff80000000) /* up to 1 GiB: image, guard, stack, guard */

/* The platform in RSI at the kernel's entry, and in EAX at the stub's. */
enum boot_platform {
    BOOT_NATIVE = 0,
    BOOT_SNP = 1,
};

/* Which host the file was laid out for. Only a hint for messages; facts have fields of their own.
 */
enum boot_profile {
    BOOT_PROFILE_QEMU_MAINLINE = 0,
    BOOT_PROFILE_QEMU_SVSM = 1,
    BOOT_PROFILE_HYPERV = 2,
    BOOT_PROFILE_VANADIUM = 3,
    BOOT_PROFILE_SNPMACHINE = 4,
};

/* GHCB termination (MSR value 0x100): the reason set of everything here, and its codes. */
#define BOOT_TERMINATE_SET        0xdu
#define BOOT_TERMINATE_CBIT       1u /* the CPUID page names no usable C-bit */
#define BOOT_TERMINATE_BOOT_BLOCK 2u /* for the kernel: wrong magic, version or size */

/* A range of physical memory; pa 0 and size 0 mean it is not there. */
struct boot_range {
    uint64_t pa;
    uint64_t size;
};

/* One piece of the root server's address space: whole pages, already filled, .bss as zeros. */
#define BOOT_READ     1u
#define BOOT_WRITE    2u
#define BOOT_EXECUTE  4u
#define BOOT_SEGMENTS 12u

struct boot_segment {
    uint64_t va;
    uint64_t pa;
    uint64_t size;
    uint32_t rights; /* BOOT_READ with at most one of BOOT_WRITE and BOOT_EXECUTE */
    uint32_t reserved;
};

struct boot_root {
    uint64_t entry_va;
    uint64_t stack_top_va; /* 16-byte aligned; the stack itself is the last segment */
    uint32_t segment_count;
    uint32_t reserved;
    struct boot_segment segments[BOOT_SEGMENTS];
};

struct boot_kernel {
    uint64_t entry_va;
    uint64_t va; /* first page of the image; (va - pa) is the same for all of it */
    uint64_t pa;
    uint64_t size;
    uint64_t stack_va; /* lowest byte; the pages below it and above its end are not mapped */
    uint64_t stack_pa;
    uint64_t stack_size;
};

/*
 * A Linux guest laid out by the builder: its pages are loaded and measured like the SVSM's own, so
 * they are valid already and only have to be given to the guest's VMPL. Everything else of its
 * memory the kernel makes valid. Its secrets and CPUID pages are zeros for the kernel to fill; its
 * page tables lack the C-bit, which the kernel sets as the stub does for its own. All addresses are
 * guest-physical.
 */
#define BOOT_GUEST_RANGES 16u

#define BOOT_HIGH UINT64_C(0x100000000)

/* What the kernel's table of page states takes of the region for each 2 MiB of addresses. */
#define BOOT_STATES_SIZE 260u

enum boot_guest_kind {
    BOOT_GUEST_NONE = 0,
    BOOT_GUEST_LINUX = 1, /* starts in 64-bit mode at entry with RSI = boot_params */
};

struct boot_guest {
    uint32_t kind;        /* enum boot_guest_kind */
    uint32_t cpus;        /* as its ACPI tables say; APIC ids from 0 on */
    uint64_t memory_end;  /* its memory map: from 0 to here, less the region and the ROMs' hole, */
    uint64_t memory_high; /* and so many bytes from BOOT_HIGH on */
    uint64_t entry;
    uint64_t boot_params;
    uint64_t stack_top;
    uint64_t gdt;             /* code selector 0x10, data selector 0x18, limit 0x1f */
    struct boot_range tables; /* CR3 is its first page */
    uint64_t secrets;
    uint64_t cpuid;
    uint64_t calling_area; /* of the first vCPU */
    uint32_t loaded_count;
    uint32_t reserved;
    struct boot_range loaded[BOOT_GUEST_RANGES]; /* ascending, whole pages */
};

struct boot_block {
    uint64_t magic;
    uint32_t version;
    uint32_t size;    /* of this structure: one page */
    uint32_t profile; /* enum boot_profile */
    uint32_t reserved;
    /* The SVSM's own memory. [region.pa, used_end_pa) is loaded, private and validated at entry;
       the rest, up to the region's end, the kernel validates itself before it touches it. */
    struct boot_range region;
    uint64_t used_end_pa;
    uint64_t region_max;     /* most bytes the region may grow to by the host's or our own choice */
    uint64_t window_va;      /* va of region.pa; readable and, but for the sealed parts, writable */
    uint64_t tables_root_pa; /* CR3 */
    struct boot_range tables;     /* every page-table page, contiguous, root included */
    struct boot_range stub;       /* the page that ran first; the kernel copies it to start APs */
    uint64_t trampoline_pa;       /* where that copy goes: below 1 MiB, identity-mapped, not ours */
    struct boot_range general;    /* struct boot_general */
    struct boot_range memory_map; /* struct boot_map_entry[], ends at page_count 0 or at the size */
    struct boot_range madt;       /* ACPI "APIC" table, or zeros; absent on hosts without it */
    struct boot_range device_tree; /* flattened device tree, or zeros; absent likewise */
    struct boot_range cpuid;       /* struct boot_cpuid_page on SNP, zeros on native */
    struct boot_range secrets;     /* SNP's secrets page, zeros on native */
    struct boot_range archive;     /* see boot/archive.h; absent without files */
    struct boot_range vmsa;        /* inside the region on some hosts: never touch; else absent */
    uint64_t sev_features;         /* as in the boot VMSA; APs get the same */
    uint64_t vtom;                 /* shared addresses start here; 0: the C-bit decides */
    uint32_t console_port;         /* a 16550 for early messages, 0: none */
    uint32_t reserved2;
    struct boot_kernel kernel;
    struct boot_root root;
    struct boot_guest guest;
    uint8_t reserved3[BOOT_PAGE - 0x440];
};

/* What the host says about itself: unmeasured, hostile. */
struct boot_general {
    uint32_t vp_count;
    uint32_t environment; /* bit 0: memory starts shared and needs a page-state change first */
};

struct boot_map_entry {
    uint64_t first_page;
    uint64_t page_count;
    uint16_t type; /* 0 is memory; nothing else is */
    uint16_t flags;
    uint32_t reserved;
};

#define BOOT_MAP_MEMORY  0u
#define BOOT_MAP_HIDDEN  5u
#define BOOT_MAP_ENTRIES (BOOT_PAGE / sizeof(struct boot_map_entry))

#define BOOT_OFFSET(member, offset)                                                                \
    _Static_assert(offsetof(struct boot_block, member) == (offset), #member " has moved")

BOOT_OFFSET(profile, 0x10);
BOOT_OFFSET(region, 0x18);
BOOT_OFFSET(used_end_pa, 0x28);
BOOT_OFFSET(region_max, 0x30);
BOOT_OFFSET(window_va, 0x38);
BOOT_OFFSET(tables_root_pa, 0x40);
BOOT_OFFSET(tables, 0x48);
BOOT_OFFSET(stub, 0x58);
BOOT_OFFSET(trampoline_pa, 0x68);
BOOT_OFFSET(general, 0x70);
BOOT_OFFSET(memory_map, 0x80);
BOOT_OFFSET(madt, 0x90);
BOOT_OFFSET(device_tree, 0xa0);
BOOT_OFFSET(cpuid, 0xb0);
BOOT_OFFSET(secrets, 0xc0);
BOOT_OFFSET(archive, 0xd0);
BOOT_OFFSET(vmsa, 0xe0);
BOOT_OFFSET(sev_features, 0xf0);
BOOT_OFFSET(vtom, 0xf8);
BOOT_OFFSET(console_port, 0x100);
BOOT_OFFSET(kernel, 0x108);
BOOT_OFFSET(root, 0x140);
BOOT_OFFSET(guest, 0x2d8);
BOOT_OFFSET(reserved3, 0x440);
_Static_assert(sizeof(struct boot_segment) == 32, "a segment has 32 bytes");
_Static_assert(sizeof(struct boot_map_entry) == 24, "IGVM's memory map entries have 24 bytes");
_Static_assert(sizeof(struct boot_block) == BOOT_PAGE, "the boot block is one page");

#endif
