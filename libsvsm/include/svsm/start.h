/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a server finds when it starts: the start page, its own page, and where its capabilities are.
 *
 * init lays a server out and enters it with RIP the ELF's entry, RSP and RDI the addresses below,
 * and FS base the server's own page; every other register is 0. Start and restart look the same.
 * The start page is read-only for the server and stays init's: the two fields of a channel that say
 * "live" change while the server runs, and nothing else does. The server's own page is writable by
 * it and readable by init, which must take what stands there as hostile.
 */
#ifndef SVSM_START_H
#define SVSM_START_H

#include <stddef.h>
#include <stdint.h>

#define SVSM_START_MAGIC   UINT64_C(0x315452545356) /* "VSTRT1" in memory order */
#define SVSM_START_VERSION 1u

#define SVSM_NAME_BYTES 32u /* names end with a NUL within them */
#define SVSM_CHANNELS   32u
#define SVSM_HOST_CALLS 8u
#define SVSM_WINDOWS    8u
#define SVSM_LAST_WORDS 256u

/*
 * The server's CNode. A server holds nothing that it does not use: no TCB, CNode, address space or
 * page of its own.
 */
enum svsm_slot {
    SVSM_SLOT_ENDPOINT = 1,     /* where it receives: read only, no badge */
    SVSM_SLOT_REPLY = 2,        /* its reply object */
    SVSM_SLOT_NOTIFICATION = 3, /* bound to its thread: read only */
    SVSM_SLOT_HOST_CALLS = 8,   /* host call n is at 8 + n */
    SVSM_SLOT_IRQS = 16,        /* interrupt handler of window n is at 16 + n */
    SVSM_SLOT_CHANNELS = 32,    /* channel n: endpoint at 32 + 2n, notification at 33 + 2n */
    SVSM_SLOT_FREE = SVSM_SLOT_CHANNELS + 2 * SVSM_CHANNELS, /* what one server alone has */
};
#define SVSM_CNODE_BITS 7u

/*
 * Badges. A call has bit 62: bits 0 to 7 are the number the channel has at the receiver, and, where
 * the guest calls, bits 8 to 31 are its CPU. A signal sets bit n for channel n of the receiver, and
 * bit 32 + n for the interrupt of its window n.
 */
#define SVSM_BADGE_CALL            (UINT64_C(1) << 62)
#define SVSM_BADGE_FROM(channel)   (SVSM_BADGE_CALL | (uint64_t)(channel))
#define SVSM_BADGE_GUEST(ch, vcpu) (SVSM_BADGE_CALL | (uint64_t)(ch) | (uint64_t)(vcpu) << 8)
#define SVSM_BADGE_CHANNEL(badge)  ((uint32_t)((badge)&0xff))
#define SVSM_BADGE_VCPU(badge)     ((uint32_t)((badge) >> 8 & 0xffffff))
#define SVSM_BADGE_SIGNAL(channel) (UINT64_C(1) << (channel))
#define SVSM_BADGE_INTERRUPT(w)    (UINT64_C(1) << (32 + (w)))

/*
 * How a server ends: a system call the kernel does not know, so that it reaches init as an
 * UnknownSyscall fault whose number is SVSM_EXIT(kind, code).
 */
enum svsm_exit {
    SVSM_EXIT_DONE = 0,    /* main returned, or exit(): code is the status */
    SVSM_EXIT_ABORT = 1,   /* abort(), panic, an assertion: the last words say why */
    SVSM_EXIT_STACK = 2,   /* the stack protector found its canary changed */
    SVSM_EXIT_START = 3,   /* the start page is not what this library understands */
    SVSM_EXIT_RECEIVE = 4, /* the kernel refused to let it receive */
};
#define SVSM_EXIT_MARK        UINT64_C(0x5356455800000000)
#define SVSM_EXIT(kind, code) (SVSM_EXIT_MARK | (uint64_t)(kind) << 24 | ((code)&0xffffffu))
#define SVSM_EXIT_IS(number)  (((number) & ~UINT64_C(0xffffffff)) == SVSM_EXIT_MARK)
#define SVSM_EXIT_KIND(n)     ((uint32_t)((n) >> 24 & 0xff))
#define SVSM_EXIT_CODE(n)     ((uint32_t)((n)&0xffffff))

enum svsm_role {
    SVSM_ROLE_NONE = 0,
    SVSM_ROLE_CLIENT = 1, /* calls the peer */
    SVSM_ROLE_SERVER = 2, /* is called by the peer */
    SVSM_ROLE_GUEST = 3,  /* is called by the guest's CPUs: an SVSM protocol, see vcpu.h */
};

/*
 * The memory of a channel lies in one piece at both ends, in this order: a page for the rings'
 * positions (if there is a ring), the message, the ring the client reads, the ring the server
 * reads. A guest channel has a message only: the frame into which the kernel copies the guest's
 * page.
 */
struct svsm_start_channel {
    char name[SVSM_NAME_BYTES]; /* this end's name for it; unique in the server */
    uint32_t role;              /* enum svsm_role */
    uint32_t protocol;          /* of a guest channel: the SVSM protocol's number */
    uint64_t memory;            /* 0: none */
    uint32_t message_size;      /* these three are multiples of 4096, or 0 */
    uint32_t ring_in;           /* bytes of the ring this end reads */
    uint32_t ring_out;          /* and of the one it writes */
    uint32_t endpoint;          /* slot to call, client only; 0: none */
    uint32_t notification;      /* slot to signal the peer; 0: none */
    uint32_t peer_generation;   /* live: 1 from the beginning, one more at each end of the peer */
    uint32_t peer_gone;         /* live: not 0 when the peer will not be started again */
    uint32_t reserved;
};

/* Named as the manifest names the pipe or window it is for; "console", "guest-request" else. */
struct svsm_start_host_call {
    char name[SVSM_NAME_BYTES];
    uint32_t class; /* enum svsm_host_class; 0: this entry is empty */
    uint32_t slot;
    uint64_t page;     /* address of the page the host reads and writes; 0: none */
    uint64_t argument; /* as HostControl_Get got it */
};

/* Memory of another kind: device registers, pages the host shares, the manifest's regions. */
struct svsm_start_window {
    char name[SVSM_NAME_BYTES]; /* empty: no such window */
    uint64_t address;
    uint64_t size;
    uint64_t physical; /* where a device finds it; 0 where that means nothing */
    uint32_t irq_slot; /* 0: no interrupt */
    uint32_t rights;   /* seL4_CanRead, seL4_CanWrite */
};

struct svsm_start {
    uint64_t magic;
    uint32_t version;
    uint32_t size; /* of this structure */
    char name[SVSM_NAME_BYTES];
    uint32_t generation; /* 1 the first time this server starts in this boot */
    uint32_t priority;
    uint64_t block; /* struct svsm_block; the FS base */
    uint64_t heap;  /* zeroed, page-aligned; size 0: no heap */
    uint64_t heap_size;
    uint64_t stack; /* lowest byte; RSP starts at stack + stack_size */
    uint64_t stack_size;
    uint64_t tsc_hz;   /* 0: unknown */
    uint64_t features; /* SVSM_FEATURE_*, see sel4/bootinfo.h */
    uint32_t channel_count;
    uint32_t reserved;
    uint64_t reserved2[3];
    struct svsm_start_host_call host_calls[SVSM_HOST_CALLS];
    struct svsm_start_window windows[SVSM_WINDOWS];
    struct svsm_start_channel channels[SVSM_CHANNELS];
};

/*
 * The server's own page, one whole page, zeroed at every start: what must be reached through the FS
 * base, and what init and the status command may read, also of a server that hangs or has died.
 * A server is at work when calls differs from answers; a watchdog is two looks at them. The rest of
 * the page is the library's.
 */
struct svsm_block {
    uint64_t self; /* its own address, where compilers expect it */
    uint64_t reserved[4];
    uint64_t canary;     /* at %fs:0x28 */
    uint64_t calls;      /* received */
    uint64_t answers;    /* given; the counters go round at 2^64 */
    uint64_t signals;    /* received */
    uint64_t refused;    /* of the calls: malformed, unknown or from no channel */
    uint64_t stack_used; /* high-water marks in bytes, as of the last svsm_measure(): */
    uint64_t heap_used;
    uint32_t last_words_length;
    uint32_t reserved2;
    char last_words[SVSM_LAST_WORDS]; /* of a panic; not terminated */
};

#define SVSM_START_OFFSET(structure, member, offset)                                               \
    _Static_assert(offsetof(struct structure, member) == (offset), #member " has moved")

SVSM_START_OFFSET(svsm_start, name, 16);
SVSM_START_OFFSET(svsm_start, block, 56);
SVSM_START_OFFSET(svsm_start, channel_count, 112);
SVSM_START_OFFSET(svsm_start, host_calls, 144);
SVSM_START_OFFSET(svsm_block, canary, 0x28);
_Static_assert(sizeof(struct svsm_start_channel) == 80, "a channel has 80 bytes");
_Static_assert(sizeof(struct svsm_start) <= 4096, "the start page is one page");
_Static_assert(sizeof(struct svsm_block) <= 4096, "the server's own page is one page");
_Static_assert(SVSM_SLOT_FREE <= 1u << SVSM_CNODE_BITS, "the CNode has room");

#endif
