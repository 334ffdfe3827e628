/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Text to the host's console, when the image has one: messages of boot and of the end.
 *
 * The console is the host's ear: nothing that is secret may be written, and in an image built
 * without a console port nothing is written at all. One writer at a time; a dying processor does
 * not wait for the others.
 */
#ifndef CONSOLE_H
#define CONSOLE_H

#include <stdint.h>

/* A 16550 at `port`; 0: no console. */
void console_start(uint16_t port);
void console_text(const char *text);
void console_bytes(const char *bytes, uint64_t count);
void console_hex(uint64_t value);
void console_number(uint64_t value);

#endif
