/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A system of servers as Linux processes, for tests: one process a server, joined by channels.
 *
 * The launcher is kernel and init in one: it makes the channels, starts the processes, notices that
 * one has died, tells its peers (their generations, an answer to who waits), and starts it again.
 * An end of a channel that belongs to no server is the test's own: launcher_call() calls through
 * it. One launcher a test at a time; nothing is left behind after launcher_end().
 */
#ifndef LAUNCHER_H
#define LAUNCHER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include <svsm/channel.h>

#define LAUNCHER_SERVERS  8u
#define LAUNCHER_CHANNELS 16u
#define LAUNCHER_REGIONS  4u
#define LAUNCHER_TEST     UINT32_MAX /* in the place of a client: the test itself */

struct launcher_server {
    const char *name;
    const char *program;
    uint32_t restarts; /* how often it is started again; then it is gone */
};

struct launcher_end {
    uint32_t server; /* index, or LAUNCHER_TEST */
    const char *name;
};

struct launcher_channel {
    struct launcher_end client, server;
    uint32_t message; /* bytes, whole pages, like both rings */
    uint32_t ring_to_client;
    uint32_t ring_to_server;
    uint32_t protocol; /* not 0: the client is the guest */
};

/* Memory that several servers see. */
struct launcher_region {
    const char *name;
    uint32_t size;                     /* bytes, whole pages */
    uint32_t rights[LAUNCHER_SERVERS]; /* by server: 0, seL4_CanRead, or seL4_ReadWrite */
};

struct launcher_process {
    pid_t pid; /* 0: not running */
    uint32_t endings;
    bool gone;
    int last_status;          /* as waitpid() gave it */
    struct svsm_start *start; /* writable here */
    struct svsm_block *block;
    int start_fd, block_fd;
};

/* The test as a client. */
struct launcher_test {
    struct svsm_start start;
    uint32_t channels[LAUNCHER_CHANNELS]; /* the launcher's number of each of its channels */
};

struct launcher {
    const struct launcher_server *servers;
    const struct launcher_channel *channels;
    const struct launcher_region *regions;
    uint32_t server_count, channel_count, region_count;
    struct launcher_process processes[LAUNCHER_SERVERS];
    int sockets[LAUNCHER_CHANNELS][2]; /* client's, server's */
    int signals[LAUNCHER_CHANNELS][2]; /* what reaches the client, the server */
    int memories[LAUNCHER_CHANNELS];
    int region_memories[LAUNCHER_REGIONS][2]; /* to read only, to write too */
    uint64_t sequence;
    struct launcher_test test;
};

/* Makes all and starts all, in order. Ends the test program with a message if it cannot. */
void launcher_start(struct launcher *launcher);

/* Sees to who has died; returns how many have. Never waits. */
unsigned launcher_attend(struct launcher *launcher);

/* Attends until this server has ended so often in all; false after a minute. */
bool launcher_wait(struct launcher *launcher, uint32_t server, uint32_t endings);

/* Sends a message as it is through a channel of the test's own, attending meanwhile. */
enum svsm_status launcher_call(struct launcher *launcher, uint32_t channel,
                               struct message *message);

void launcher_kill(struct launcher *launcher, uint32_t server);
void launcher_end(struct launcher *launcher);

#endif
