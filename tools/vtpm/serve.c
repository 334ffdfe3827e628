/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vtpm-serve: the vTPM on a TCP port of this machine, for unmodified tpm2-tools.
 *
 * Speaks the protocol of the TCG's simulator ("mssim"): commands on PORT, platform signals on
 * PORT + 1. A command at locality 0 takes the guest's way, through SVSM protocol 2. One thread; a
 * client is served until it closes. For tests: it trusts whoever reaches the port.
 */
#define _GNU_SOURCE
#include "host.h"

#include "memory_store.h"
#include "protocol.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CLIENTS = 8, LISTENERS = 2 };

/* Operations of the simulator's protocol. */
enum operation {
    OP_POWER_ON = 1,
    OP_POWER_OFF = 2,
    OP_SEND_COMMAND = 8,
    OP_RESET = 17,
    OP_SESSION_END = 20,
    OP_STOP = 21,
};

static struct {
    struct pollfd fd[LISTENERS + CLIENTS];
    bool platform[LISTENERS + CLIENTS];
    nfds_t count;
    struct vtpm_config config;
    bool suspends;
} server;

static volatile sig_atomic_t stopping;

static void on_signal(int number)
{
    (void)number;
    stopping = 1;
}

static void log_line(const char *text)
{
    fprintf(stderr, "vtpm: %s\n", text);
}

/* The client sends a request in pieces and waits for each to be acknowledged. */
static bool read_all(int fd, void *data, size_t length)
{
    uint8_t *at = data;
    int one = 1;

    while (length > 0) {
        setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &one, sizeof one);
        ssize_t n = read(fd, at, length);

        if (n <= 0)
            return false;
        at += n;
        length -= (size_t)n;
    }
    return true;
}

static bool write_all(int fd, const void *data, size_t length)
{
    const uint8_t *at = data;

    while (length > 0) {
        ssize_t n = write(fd, at, length);

        if (n <= 0)
            return false;
        at += n;
        length -= (size_t)n;
    }
    return true;
}

static bool read_u32(int fd, uint32_t *value)
{
    if (!read_all(fd, value, sizeof *value))
        return false;
    *value = ntohl(*value);
    return true;
}

static bool write_u32(int fd, uint32_t value)
{
    value = htonl(value);
    return write_all(fd, &value, sizeof value);
}

static void put_le32(uint8_t *p, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        p[i] = (uint8_t)(value >> 8 * i);
}

static bool answer(int fd, const uint8_t *response, uint32_t length)
{
    return write_u32(fd, length) && write_all(fd, response, length) && write_u32(fd, 0);
}

/* The guest's way: a platform command in a message of one page. */
static bool through_protocol(int fd, const uint8_t *command, uint32_t length)
{
    uint8_t message[PROTOCOL_MESSAGE_BYTES] = {PLATFORM_SEND_COMMAND};

    if (length > sizeof message - PROTOCOL_COMMAND_HEADER)
        return false;
    put_le32(message + 5, length);
    memcpy(message + PROTOCOL_COMMAND_HEADER, command, length);
    if (protocol_command(message) != SVSM_SUCCESS)
        return false;
    length = message[0] | (uint32_t)message[1] << 8;
    return answer(fd, message + PROTOCOL_RESPONSE_HEADER, length);
}

static bool run_command(int fd)
{
    uint8_t locality, command[PROTOCOL_MESSAGE_BYTES], out[VTPM_BUFFER_BYTES];
    uint32_t length;

    if (!read_all(fd, &locality, 1) || !read_u32(fd, &length) || length > sizeof command ||
        !read_all(fd, command, length))
        return false;
    if (locality == 0)
        return through_protocol(fd, command, length);
    struct vtpm_bytes in = {command, length}, response = {out, sizeof out};

    return vtpm_execute(locality, &in, &response) &&
           answer(fd, response.data, (uint32_t)response.length);
}

/* Power off and on again; the state is there by now. */
static void power_cycle(void)
{
    server.config.origin = VTPM_POWER_ON;
    vtpm_start(&server.config);
}

/* False when the client is to go. */
static bool serve_client(int fd, bool platform)
{
    uint32_t operation;

    if (!read_u32(fd, &operation) || operation == OP_SESSION_END || operation == OP_STOP)
        return false;
    if (!platform && operation == OP_SEND_COMMAND)
        return run_command(fd);
    if (platform && operation == OP_RESET)
        power_cycle();
    return write_u32(fd, 0);
}

static void accept_client(nfds_t listener)
{
    int one = 1, fd = accept(server.fd[listener].fd, NULL, NULL);

    if (fd < 0)
        return;
    if (server.count == LISTENERS + CLIENTS) {
        close(fd);
        return;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    server.platform[server.count] = listener == 1;
    server.fd[server.count++] = (struct pollfd){.fd = fd, .events = POLLIN};
}

static void drop_client(nfds_t i)
{
    close(server.fd[i].fd);
    server.count--;
    server.fd[i] = server.fd[server.count];
    server.platform[i] = server.platform[server.count];
}

static void serve(void)
{
    while (!stopping) {
        if (poll(server.fd, server.count, -1) < 0)
            continue;
        for (nfds_t i = server.count; i-- > 0;) {
            if ((server.fd[i].revents & (POLLIN | POLLHUP | POLLERR)) == 0)
                continue;
            if (i < LISTENERS)
                accept_client(i);
            else if (!serve_client(server.fd[i].fd, server.platform[i]))
                drop_client(i);
        }
    }
}

static bool listen_on(uint16_t port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    int one = 1, fd = socket(AF_INET, SOCK_STREAM, 0);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) != 0 || listen(fd, CLIENTS) != 0)
        return false;
    server.fd[server.count++] = (struct pollfd){.fd = fd, .events = POLLIN};
    return true;
}

static int usage(FILE *out)
{
    fputs(
        "usage: vtpm-serve [--state DIR] [--start manufacture|power-on|resume] PORT\n\n"
        "Serves the vTPM on PORT and PORT + 1 of this machine (tpm2-tools: -T mssim:port=PORT).\n"
        "Without --state it lives in memory. On SIGTERM the volatile state is saved in DIR, for\n"
        "a later --start resume. Where the state a start needs is missing, the TPM is in failure\n"
        "mode and says so.\n",
        out);
    return out == stdout ? 0 : 2;
}

static bool read_option(const char *name, const char *value, struct host_store *files)
{
    static const char *const origins[] = {"manufacture", "power-on", "resume"};

    if (strcmp(name, "--state") == 0) {
        host_store_open(files, value);
        server.config.store = &files->store;
        server.suspends = true;
        return true;
    }
    for (unsigned i = 0; strcmp(name, "--start") == 0 && i < 3; i++)
        if (strcmp(value, origins[i]) == 0) {
            server.config.origin = (enum vtpm_origin)i;
            return true;
        }
    return false;
}

int main(int argc, char **argv)
{
    static struct memory_store memory;
    static struct host_store files;
    struct sigaction action = {.sa_handler = on_signal};
    long port;
    int i = 1;

    memory_store_open(&memory);
    server.config.store = &memory.store;
    server.config.log = log_line;
    host_configure(&server.config);
    if (argc == 2 && strcmp(argv[1], "--help") == 0)
        return usage(stdout);
    for (; i + 1 < argc; i += 2)
        if (!read_option(argv[i], argv[i + 1], &files))
            return usage(stderr);
    port = i + 1 == argc ? strtol(argv[i], NULL, 10) : 0;
    if (port < 1 || port > 65534)
        return usage(stderr);
    vtpm_start(&server.config);
    if (!listen_on((uint16_t)port) || !listen_on((uint16_t)(port + 1))) {
        perror("vtpm-serve");
        return 1;
    }
    sigaction(SIGTERM, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
    fprintf(stderr, "vtpm: ready\n");
    serve();
    if (server.suspends && vtpm_is_working() && !vtpm_suspend())
        return 1;
    vtpm_stop();
    return 0;
}
