/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * launch MANIFEST FOLDER [SERVER]: the servers of a compiled manifest as Linux processes.
 *
 * Server images are the programs FOLDER/IMAGE-linux. Restart policies hold, without their delays.
 * Ends with the status of SERVER when that one has ended for good, without SERVER when all have.
 * init is this program itself: channels to it, devices and host calls do not exist here, and a
 * server that wants one finds none.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include <manifest.h>
#include <sel4/types.h>

#include "arrange.h"

#define PATH_BYTES 512u

static struct manifest manifest;
static struct launcher_server servers[LAUNCHER_SERVERS];
static struct launcher_channel channels[LAUNCHER_CHANNELS];
static struct launcher_region regions[LAUNCHER_REGIONS];
static char programs[LAUNCHER_SERVERS][PATH_BYTES];
static uint32_t numbers[MANIFEST_SERVERS]; /* of the manifest's servers among the launcher's */

_Noreturn static void refuse(const char *what)
{
    fprintf(stderr, "launch: %s\n", what);
    exit(2);
}

static void manifest_load(const char *path)
{
    static _Alignas(8) char bytes[MANIFEST_BYTES];
    struct manifest_error error;
    FILE *file = fopen(path, "rb");
    size_t size;

    if (file == NULL) {
        refuse("cannot open the manifest");
    }
    size = fread(bytes, 1, sizeof(bytes), file);
    fclose(file);
    if (!manifest_parse(bytes, size, &manifest, &error)) {
        fprintf(stderr, "%s: %s: %s\n", path, error.node, error.reason);
        exit(2);
    }
}

static uint32_t restarts_of(const struct manifest_server *server)
{
    if (server->restart != MANIFEST_RESTART_ALWAYS) {
        return 0;
    }
    return server->restart_limit == 0 ? UINT32_MAX : server->restart_limit;
}

static void servers_take(struct launcher *launcher, const char *folder)
{
    for (uint32_t i = 0; i < manifest.server_count; i++) {
        const struct manifest_server *server = &manifest.servers[i];
        uint32_t number = launcher->server_count;

        numbers[i] = LAUNCHER_TEST;
        if (i == manifest.init) {
            continue;
        }
        if (number == LAUNCHER_SERVERS) {
            refuse("too many servers");
        }
        snprintf(programs[number], PATH_BYTES, "%s/%s-linux", folder, server->image);
        servers[number] = (struct launcher_server){
            .name = server->name, .program = programs[number], .restarts = restarts_of(server)};
        numbers[i] = number;
        launcher->server_count++;
    }
}

static void channels_take(struct launcher *launcher)
{
    for (uint32_t i = 0; i < manifest.channel_count; i++) {
        const struct manifest_channel *channel = &manifest.channels[i];
        const struct manifest_end *caller = &channel->ends[MANIFEST_CALLER];
        const struct manifest_end *callee = &channel->ends[MANIFEST_CALLEE];

        if (numbers[caller->server] == LAUNCHER_TEST || numbers[callee->server] == LAUNCHER_TEST) {
            continue;
        }
        if (launcher->channel_count == LAUNCHER_CHANNELS) {
            refuse("too many channels");
        }
        channels[launcher->channel_count++] = (struct launcher_channel){
            .client = {numbers[caller->server], caller->name},
            .server = {numbers[callee->server], callee->name},
            .message = channel->message,
            .ring_to_client = channel->rings[MANIFEST_CALLER],
            .ring_to_server = channel->rings[MANIFEST_CALLEE],
        };
    }
}

static void regions_take(struct launcher *launcher)
{
    for (uint32_t i = 0; i < manifest.region_count; i++) {
        const struct manifest_region *region = &manifest.regions[i];

        if (i == LAUNCHER_REGIONS) {
            refuse("too many regions");
        }
        regions[i].name = region->name;
        regions[i].size = region->size;
        for (uint32_t k = 0; k < region->user_count; k++) {
            uint32_t number = numbers[region->users[k].server];

            if (number != LAUNCHER_TEST) {
                regions[i].rights[number] =
                    (region->users[k].rights & MANIFEST_WRITE) != 0 ? seL4_ReadWrite : seL4_CanRead;
            }
        }
        launcher->region_count++;
    }
}

/* Whether any server, or the one of this name, has not ended for good. */
static bool any_left(const struct launcher *launcher, const char *name, int *status)
{
    bool any = false;

    for (uint32_t i = 0; i < launcher->server_count; i++) {
        if (name == NULL || strcmp(servers[i].name, name) == 0) {
            any = any || !launcher->processes[i].gone;
            *status = launcher->processes[i].last_status;
        }
    }
    return any;
}

int main(int count, char **words)
{
    static struct launcher launcher = {
        .servers = servers, .channels = channels, .regions = regions};
    const struct timespec moment = {.tv_nsec = 1000000};
    const char *name = count > 3 ? words[3] : NULL;
    int status = 0;

    if (count < 3 || count > 4) {
        refuse("usage: launch MANIFEST FOLDER [SERVER]");
    }
    manifest_load(words[1]);
    if (name != NULL && manifest_find_server(&manifest, name) < 0) {
        refuse("no server of that name");
    }
    servers_take(&launcher, words[2]);
    channels_take(&launcher);
    regions_take(&launcher);
    launcher_start(&launcher);
    while (any_left(&launcher, name, &status)) {
        launcher_attend(&launcher);
        nanosleep(&moment, NULL);
    }
    launcher_end(&launcher);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
