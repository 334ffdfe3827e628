/* SPDX-License-Identifier: BSD-2-Clause */
/* The things processes are joined by; see arrange.h. */
#define _GNU_SOURCE
#include "arrange.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "wire.h"

_Noreturn void arrange_failed(const char *what)
{
    perror(what);
    exit(1);
}

static int memory_make(const char *name, uint64_t size)
{
    int fd = memfd_create(name, MFD_CLOEXEC);

    if (fd < 0 || ftruncate(fd, (off_t)size) != 0) {
        arrange_failed("memfd");
    }
    return fd;
}

static void *page_map(int fd)
{
    void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

    if (page == MAP_FAILED) {
        arrange_failed("mmap");
    }
    return page;
}

/* A second descriptor of the same memory through which nobody can write. */
static int read_only(int fd)
{
    char path[32];
    int result;

    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    result = open(path, O_RDONLY | O_CLOEXEC);
    if (result < 0) {
        arrange_failed(path);
    }
    return result;
}

static void process_arrange(struct launcher *launcher, uint32_t index)
{
    struct launcher_process *process = &launcher->processes[index];
    const char *name = launcher->servers[index].name;
    int start = memory_make(name, 4096);

    *process = (struct launcher_process){
        .start = page_map(start),
        .start_fd = read_only(start),
        .block_fd = memory_make(name, 4096),
    };
    close(start);
    process->block = page_map(process->block_fd);
    *process->start = (struct svsm_start){
        .magic = SVSM_START_MAGIC,
        .version = SVSM_START_VERSION,
        .size = sizeof(*process->start),
        .block = WIRE_VA_BLOCK,
    };
    snprintf(process->start->name, SVSM_NAME_BYTES, "%s", name);
}

/* A channel's memory in this process, 0 if it has none. */
static uint64_t test_memory(const struct launcher *launcher, uint32_t index, uint64_t size)
{
    void *memory = NULL;

    if (size != 0) {
        memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, launcher->memories[index], 0);
        if (memory == MAP_FAILED) {
            arrange_failed("mmap");
        }
    }
    return (uint64_t)memory;
}

/* The end of a channel as its server's start page has it. */
static void end_arrange(struct launcher *launcher, uint32_t index, unsigned side)
{
    const struct launcher_channel *channel = &launcher->channels[index];
    const struct launcher_end *end = side == 0 ? &channel->client : &channel->server;
    struct svsm_start_channel *row;
    struct svsm_start *start;
    uint32_t number;

    start = end->server == LAUNCHER_TEST ? &launcher->test.start
                                         : launcher->processes[end->server].start;
    number = start->channel_count++;
    row = &start->channels[number];
    *row = (struct svsm_start_channel){
        .role = side == 0 ? SVSM_ROLE_CLIENT : SVSM_ROLE_SERVER,
        .protocol = channel->protocol,
        .message_size = channel->message,
        .ring_in = side == 0 ? channel->ring_to_client : channel->ring_to_server,
        .ring_out = side == 0 ? channel->ring_to_server : channel->ring_to_client,
        .endpoint = side == 0 ? number + 1 : 0,
        .notification = number + 1,
        .peer_generation = 1,
    };
    if (channel->protocol != 0) {
        row->role = SVSM_ROLE_GUEST;
    }
    if (end->server == LAUNCHER_TEST) {
        launcher->test.channels[number] = index;
        row->memory = test_memory(launcher, index, wire_memory_size(row));
    } else if (wire_memory_size(row) != 0) {
        row->memory = WIRE_CHANNEL_VA(number);
    }
    snprintf(row->name, SVSM_NAME_BYTES, "%s", end->name);
}

static void channel_arrange(struct launcher *launcher, uint32_t index)
{
    const struct launcher_channel *channel = &launcher->channels[index];
    const struct svsm_start_channel shape = {
        .message_size = channel->message,
        .ring_in = channel->ring_to_client,
        .ring_out = channel->ring_to_server,
    };

    launcher->memories[index] = memory_make("channel", wire_memory_size(&shape));
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, launcher->sockets[index]) != 0) {
        arrange_failed("socketpair");
    }
    for (unsigned side = 0; side < 2; side++) {
        launcher->signals[index][side] = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        if (launcher->signals[index][side] < 0) {
            arrange_failed("eventfd");
        }
        end_arrange(launcher, index, side);
    }
}

static void region_arrange(struct launcher *launcher, uint32_t index)
{
    const struct launcher_region *region = &launcher->regions[index];

    launcher->region_memories[index][1] = memory_make(region->name, region->size);
    launcher->region_memories[index][0] = read_only(launcher->region_memories[index][1]);
    for (uint32_t i = 0; i < launcher->server_count; i++) {
        struct svsm_start_window *window = launcher->processes[i].start->windows;
        unsigned number = 0;

        if (region->rights[i] == 0) {
            continue;
        }
        while (window[number].size != 0) {
            number++;
        }
        window[number].address = WIRE_WINDOW_VA(number);
        window[number].size = region->size;
        window[number].rights = region->rights[i];
        snprintf(window[number].name, SVSM_NAME_BYTES, "%s", region->name);
    }
}

struct svsm_start_channel *arrange_peer(struct launcher *launcher, uint32_t channel,
                                        uint32_t server)
{
    const struct launcher_channel *row = &launcher->channels[channel];
    uint32_t peer = row->client.server == server ? row->server.server : row->client.server;
    uint32_t number = 0;

    if (row->client.server != server && row->server.server != server) {
        return NULL;
    }
    for (uint32_t i = 0; i < channel; i++) {
        const struct launcher_channel *other = &launcher->channels[i];

        number += other->client.server == peer || other->server.server == peer;
    }
    return peer == LAUNCHER_TEST ? &launcher->test.start.channels[number]
                                 : &launcher->processes[peer].start->channels[number];
}

void arrange(struct launcher *launcher)
{
    launcher->test = (struct launcher_test){.start = {.generation = 1}};
    for (uint32_t i = 0; i < launcher->server_count; i++) {
        process_arrange(launcher, i);
    }
    for (uint32_t i = 0; i < launcher->channel_count; i++) {
        channel_arrange(launcher, i);
    }
    for (uint32_t i = 0; i < launcher->region_count; i++) {
        region_arrange(launcher, i);
    }
}

void arrange_end(struct launcher *launcher)
{
    for (uint32_t i = 0; i < launcher->test.start.channel_count; i++) {
        const struct svsm_start_channel *row = &launcher->test.start.channels[i];

        if (row->memory != 0) {
            munmap((void *)row->memory, wire_memory_size(row));
        }
    }
    for (uint32_t i = 0; i < launcher->server_count; i++) {
        munmap(launcher->processes[i].start, 4096);
        munmap(launcher->processes[i].block, 4096);
        close(launcher->processes[i].start_fd);
        close(launcher->processes[i].block_fd);
    }
    for (uint32_t i = 0; i < launcher->channel_count; i++) {
        for (unsigned side = 0; side < 2; side++) {
            close(launcher->sockets[i][side]);
            close(launcher->signals[i][side]);
        }
        close(launcher->memories[i]);
    }
    for (uint32_t i = 0; i < launcher->region_count; i++) {
        close(launcher->region_memories[i][0]);
        close(launcher->region_memories[i][1]);
    }
}
