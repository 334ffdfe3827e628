/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The system as its manifest describes it: servers, channels between them, memory they share.
 *
 * manifest_parse reads a flattened device tree (servers/README.md has the schema) into these plain
 * structs and refuses everything it does not know, so what it accepts needs no further check: every
 * index is in range, every name is unique and NUL-terminated, every call goes towards a strictly
 * higher priority, nothing is granted twice, and the sums fit the memory the manifest claims.
 * init uses it inside the SVSM; the build's checker and `igvm lint` use the same source. It keeps
 * no state, allocates nothing and needs memcmp, memcpy, memset, memmove, memchr, strlen, strnlen
 * and strrchr. The tree is read only and may be hostile; it must not change meanwhile.
 */
#ifndef MANIFEST_H
#define MANIFEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MANIFEST_COMPATIBLE "drupe,manifest-1"

#define MANIFEST_BYTES        65536u /* the largest tree that is looked at */
#define MANIFEST_PAGE         4096u
#define MANIFEST_NAME         32u /* bytes of any name, NUL included; [a-z][a-z0-9.-]* */
#define MANIFEST_SERVERS      16u
#define MANIFEST_CHANNELS     32u
#define MANIFEST_REGIONS      16u
#define MANIFEST_USERS        8u /* of one region */
#define MANIFEST_WINDOWS      4u /* each of one server, as are the next three */
#define MANIFEST_PIPES        4u
#define MANIFEST_INTERRUPTS   4u
#define MANIFEST_PROTOCOLS    4u
#define MANIFEST_OVERHEAD     9u  /* pages of a server: thread, CNode, page tables, start page... */
#define MANIFEST_HOST_RIGHTS  8u  /* of one server: pages of windows, pipes and host_calls */
#define MANIFEST_PLACES       8u  /* windows, interrupts, regions and (as one) shared pages */
#define MANIFEST_LINKS        32u /* ends of channels and protocols, together */
#define MANIFEST_PRIORITY_MAX 63u /* init's, and nobody else's */

/* What happens when a server faults, overruns its watchdog or exits. */
enum manifest_restart {
    MANIFEST_RESTART_ALWAYS = 1, /* started again, after restart_delay_ms; each time twice as long,
                                    at most restart_delay_max_ms, at most restart_limit times
                                    (0: no limit); then as MANIFEST_RESTART_NEVER, fail-closed */
    MANIFEST_RESTART_NEVER = 2,  /* stays down; without fail_closed the whole VM ends */
    MANIFEST_RESTART_ONCE = 3,   /* may exit, which is no failure; a fault is as with NEVER */
};

/* Rights to call the host, beyond those that windows and pipes imply: bits of host_calls. */
#define MANIFEST_HOST_CONSOLE       1u
#define MANIFEST_HOST_GUEST_REQUEST 2u

/* Registers of a device: whole pages of guest-physical addresses. */
struct manifest_window {
    char name[MANIFEST_NAME];
    uint64_t address;
    uint64_t size;
};

/* A byte pipe to the host behind I/O ports (a 16550 has eight). */
struct manifest_pipe {
    char name[MANIFEST_NAME];
    uint16_t first_port;
    uint16_t ports;
};

struct manifest_interrupt {
    char name[MANIFEST_NAME];
    uint32_t line;
};

/* An SVSM protocol the server answers the guest on. */
struct manifest_protocol {
    char name[MANIFEST_NAME];
    uint32_t number;     /* never 0, the kernel's own */
    uint64_t page_calls; /* bit n: call n carries a guest page, copied into the message frame */
};

struct manifest_server {
    char name[MANIFEST_NAME];
    char image[MANIFEST_NAME]; /* its file in the archive; init's is the root server instead */
    uint32_t stack;            /* bytes, whole pages; a guard page below comes on top */
    uint32_t heap;             /* bytes, whole pages; may be 0 */
    uint32_t shared_pages;     /* pages the host can read and write, for its devices' DMA */
    uint8_t priority;          /* 1 to MANIFEST_PRIORITY_MAX */
    uint8_t restart;           /* enum manifest_restart */
    bool fail_closed;          /* down for good: callers get an error for ever, and nobody else is
                                  hurt */
    uint8_t host_calls;        /* MANIFEST_HOST_* */
    uint32_t restart_delay_ms;
    uint32_t restart_delay_max_ms;
    uint32_t restart_limit;
    uint32_t watchdog_ms; /* longest a call may take where there is a timer; 0: any time */
    uint32_t window_count;
    uint32_t pipe_count;
    uint32_t interrupt_count;
    uint32_t protocol_count;
    struct manifest_window windows[MANIFEST_WINDOWS];
    struct manifest_pipe pipes[MANIFEST_PIPES];
    struct manifest_interrupt interrupts[MANIFEST_INTERRUPTS];
    struct manifest_protocol protocols[MANIFEST_PROTOCOLS];
};

enum manifest_role { MANIFEST_CALLER = 0, MANIFEST_CALLEE = 1, MANIFEST_ENDS = 2 };

/* One end of a channel: the server it belongs to and what that server calls it. */
struct manifest_end {
    char name[MANIFEST_NAME]; /* unique among the ends, regions, windows... of its server */
    uint32_t server;          /* index into servers */
    bool notified;            /* the other end may signal this one's notification */
};

struct manifest_channel {
    char name[MANIFEST_NAME];
    uint32_t message;                        /* bytes of shared message memory, whole pages, or 0 */
    uint32_t rings[MANIFEST_ENDS];           /* bytes of the ring this role reads from: a power of
                                                two of whole pages, or 0 */
    struct manifest_end ends[MANIFEST_ENDS]; /* by enum manifest_role */
};

#define MANIFEST_READ    1u
#define MANIFEST_WRITE   2u
#define MANIFEST_EXECUTE 4u

struct manifest_user {
    uint32_t server;
    uint32_t rights; /* MANIFEST_READ, alone or with one of the others */
};

/* Memory that several servers see. */
struct manifest_region {
    char name[MANIFEST_NAME];
    uint32_t size; /* bytes, whole pages */
    uint32_t user_count;
    struct manifest_user users[MANIFEST_USERS];
};

struct manifest {
    uint64_t memory; /* bytes all servers' images and everything below may take together */
    uint32_t server_count;
    uint32_t channel_count;
    uint32_t region_count;
    uint32_t init; /* index of the server named "init" */
    struct manifest_server servers[MANIFEST_SERVERS];
    struct manifest_channel channels[MANIFEST_CHANNELS];
    struct manifest_region regions[MANIFEST_REGIONS];
};

/* Where and why a manifest was refused; both are sentences' parts in plain ASCII. */
struct manifest_error {
    char node[128];               /* the path of the node, "/" for the whole */
    char property[MANIFEST_NAME]; /* of that node, or empty */
    char reason[160];
};

/* True: "out" is the system. False: "error" says why not and "out" is not to be used. Both are
 * large; neither belongs on a small stack. "dtb" is 8-byte aligned. */
bool manifest_parse(const void *dtb, size_t size, struct manifest *out,
                    struct manifest_error *error);

/* Bytes of memory a channel takes: a page of positions if there is a ring, message, rings. */
uint64_t manifest_channel_bytes(const struct manifest_channel *channel);

/* Bytes of memory a server takes by itself, MANIFEST_OVERHEAD included, its image and its share of
 * channels not counted. */
uint64_t manifest_server_bytes(const struct manifest_server *server);

/* All of the above and the regions: what the manifest's "memory" must hold besides the images. */
uint64_t manifest_bytes(const struct manifest *manifest);

/* The index of the server of this name, or -1. */
int manifest_find_server(const struct manifest *manifest, const char *name);

#endif
