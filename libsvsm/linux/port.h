/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The library in a Linux process: the same operations as libsvsm/kernel/port.h, over sockets.
 */
#ifndef PORT_H
#define PORT_H

#include <svsm/channel.h>

_Noreturn void port_exit(uint64_t number);

uint64_t port_stack_used(void);
uint64_t port_heap_used(void);

void port_call(const struct channel *channel, struct message *message);
uint64_t port_receive(struct message *message);
uint64_t port_answer(struct message *message);
void port_signal(const struct channel *channel);

#endif
