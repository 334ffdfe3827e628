/* SPDX-License-Identifier: BSD-2-Clause */
/* Servers as Linux processes: life and death of them; see launcher.h. */
#define _GNU_SOURCE
#include "launcher.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <sel4/types.h>

#include "arrange.h"
#include "port.h"
#include "runtime.h"
#include "wire.h"

#define PATIENCE_SECONDS 60

struct runtime *runtime;
static struct launcher *running;

static bool take_regions(const struct launcher *launcher, uint32_t index)
{
    bool good = true;
    int window = 0;

    for (uint32_t i = 0; i < launcher->region_count; i++) {
        uint32_t rights = launcher->regions[i].rights[index];

        if (rights != 0) {
            bool writes = (rights & seL4_CanWrite) != 0;

            good = good && dup2(launcher->region_memories[i][writes], WIRE_FD_WINDOW + window) >= 0;
            window++;
        }
    }
    return good;
}

/* In the child: its own descriptors at their places, then the program. What else there is closes by
   itself. */
_Noreturn static void become(const struct launcher *launcher, uint32_t index)
{
    const struct launcher_process *process = &launcher->processes[index];
    uint32_t number = 0;
    bool good = prctl(PR_SET_PDEATHSIG, SIGKILL) == 0;

    good = good && dup2(process->start_fd, WIRE_FD_START) >= 0 &&
           dup2(process->block_fd, WIRE_FD_BLOCK) >= 0;
    for (uint32_t i = 0; i < launcher->channel_count; i++) {
        const struct launcher_channel *channel = &launcher->channels[i];
        unsigned side = channel->server.server == index;

        if (channel->client.server != index && channel->server.server != index) {
            continue;
        }
        good = good &&
               dup2(launcher->sockets[i][side], WIRE_CHANNEL_FD(number, WIRE_SOCKET)) >= 0 &&
               dup2(launcher->signals[i][side], WIRE_CHANNEL_FD(number, WIRE_SIGNALLED)) >= 0 &&
               dup2(launcher->signals[i][!side], WIRE_CHANNEL_FD(number, WIRE_SIGNAL)) >= 0 &&
               dup2(launcher->memories[i], WIRE_CHANNEL_FD(number, WIRE_MEMORY)) >= 0;
        number++;
    }
    if (good && take_regions(launcher, index)) {
        execl(launcher->servers[index].program, launcher->servers[index].name, (char *)NULL);
    }
    perror(launcher->servers[index].program);
    _exit(WIRE_EXIT_KIND | SVSM_EXIT_START);
}

static void start_process(struct launcher *launcher, uint32_t index)
{
    struct launcher_process *process = &launcher->processes[index];

    process->start->generation++;
    memset(process->block, 0, 4096);
    process->pid = fork();
    if (process->pid == 0) {
        become(launcher, index);
    }
    if (process->pid < 0) {
        arrange_failed("fork");
    }
}

/* The peers learn that this server is another one, or none, from now on. */
static void tell_generation(struct launcher *launcher, uint32_t index)
{
    uint32_t generation = launcher->processes[index].start->generation + 1;

    for (uint32_t i = 0; i < launcher->channel_count; i++) {
        struct svsm_start_channel *end = arrange_peer(launcher, i, index);

        if (end != NULL) {
            __atomic_store_n(&end->peer_gone, launcher->processes[index].gone, __ATOMIC_RELEASE);
            __atomic_store_n(&end->peer_generation, generation, __ATOMIC_RELEASE);
        }
    }
}

/* What waits for this server gets the kernel's answer. Calls it has taken and not answered, or not
   taken, are all of generations before this. */
static void answer_for(struct launcher *launcher, uint32_t index)
{
    struct wire_message answer = {
        .label = SVSM_LABEL_KERNEL | svsm_PeerRestarted,
        .server_generation = launcher->processes[index].start->generation + 1,
    };

    for (uint32_t i = 0; i < launcher->channel_count; i++) {
        int fd = launcher->sockets[i][1];

        if (launcher->channels[i].server.server == index &&
            send(fd, &answer, sizeof(answer), MSG_NOSIGNAL | MSG_DONTWAIT) < 0) {
            arrange_failed("answering for a dead server");
        }
    }
}

static void bury(struct launcher *launcher, uint32_t index, int status)
{
    struct launcher_process *process = &launcher->processes[index];

    process->pid = 0;
    process->last_status = status;
    process->gone = process->endings >= launcher->servers[index].restarts;
    tell_generation(launcher, index);
    answer_for(launcher, index);
    process->endings++;
    if (!process->gone) {
        start_process(launcher, index);
    }
}

unsigned launcher_attend(struct launcher *launcher)
{
    unsigned died = 0;

    for (uint32_t i = 0; i < launcher->server_count; i++) {
        pid_t pid = launcher->processes[i].pid;
        int status;

        if (pid != 0 && waitpid(pid, &status, WNOHANG) == pid) {
            bury(launcher, i, status);
            died++;
        }
    }
    return died;
}

static void pause_briefly(void)
{
    const struct timespec time = {.tv_nsec = 1000000};

    nanosleep(&time, NULL);
}

bool launcher_wait(struct launcher *launcher, uint32_t server, uint32_t endings)
{
    for (unsigned i = 0; i < PATIENCE_SECONDS * 1000; i++) {
        launcher_attend(launcher);
        if (launcher->processes[server].endings >= endings) {
            return true;
        }
        pause_briefly();
    }
    return false;
}

/* Looks for the answer; false if it is not there yet. */
static bool answered(const struct launcher *launcher, uint32_t channel,
                     const struct wire_message *call, struct wire_message *answer)
{
    while (recv(launcher->sockets[channel][0], answer, sizeof(*answer), MSG_DONTWAIT) ==
           (ssize_t)sizeof(*answer)) {
        if (answer->sequence == call->sequence ||
            (answer->sequence == 0 && answer->server_generation > call->server_generation)) {
            return true;
        }
    }
    return false;
}

/* Calls in the name of the test, attending meanwhile; the answer replaces the message. */
static void converse(struct launcher *launcher, uint32_t channel, uint32_t server_generation,
                     struct message *message)
{
    struct wire_message answer, call = {
                                    .label = message->label,
                                    .sequence = ++launcher->sequence,
                                    .client_generation = 1,
                                    .server_generation = server_generation,
                                    .length = message->length,
                                    .vcpu = message->vcpu,
                                };

    memcpy(call.words, message->words, sizeof(call.words));
    if (send(launcher->sockets[channel][0], &call, sizeof(call), MSG_NOSIGNAL) < 0) {
        arrange_failed("calling");
    }
    while (!answered(launcher, channel, &call, &answer)) {
        launcher_attend(launcher);
        pause_briefly();
    }
    message->label = answer.label;
    message->length = answer.length;
    memcpy(message->words, answer.words, sizeof(message->words));
}

enum svsm_status launcher_call(struct launcher *launcher, uint32_t channel, struct message *message)
{
    const struct launcher_process *server =
        &launcher->processes[launcher->channels[channel].server.server];

    if (server->gone) {
        return SVSM_GONE;
    }
    converse(launcher, channel, server->start->generation, message);
    if ((message->label & SVSM_LABEL_KERNEL) != 0) {
        return SVSM_RESTARTED;
    }
    return (enum svsm_status)message->label;
}

void port_call(const struct channel *channel, struct message *message)
{
    converse(running, running->test.channels[channel->number], channel->generation, message);
}

void port_signal(const struct channel *channel)
{
    const uint64_t one = 1;

    if (write(running->signals[running->test.channels[channel->number]][1], &one, sizeof(one)) <
        0) {
        arrange_failed("signal");
    }
}

void launcher_kill(struct launcher *launcher, uint32_t server)
{
    kill(launcher->processes[server].pid, SIGKILL);
}

void launcher_start(struct launcher *launcher)
{
    static struct runtime test;

    arrange(launcher);
    memset(&test, 0, sizeof(test));
    test.start = &launcher->test.start;
    running = launcher;
    runtime = &test;
    channels_open();
    for (uint32_t i = 0; i < launcher->server_count; i++) {
        start_process(launcher, i);
    }
}

void launcher_end(struct launcher *launcher)
{
    for (uint32_t i = 0; i < launcher->server_count; i++) {
        if (launcher->processes[i].pid != 0) {
            launcher_kill(launcher, i);
            waitpid(launcher->processes[i].pid, NULL, 0);
        }
    }
    arrange_end(launcher);
}
