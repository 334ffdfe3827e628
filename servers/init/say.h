/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What init says, on the host's console where the manifest gives init that right, else nowhere.
 *
 * The host reads everything said here: names and sizes of the measured manifest, counters (a
 * server's own among them), numbers of faults, and a server's last words, as printable letters.
 */
#ifndef INIT_SAY_H
#define INIT_SAY_H

#include <sel4/sel4.h>

/* From now on things are said, through this host call and the page at this address. */
void say_start(seL4_CPtr host_call, void *page);

/* A piece of a line; the line is said when a piece ends with a newline. */
void say(const char *text);
void say_number(uint64_t number);
void say_hex(uint64_t number);
/* " name number", the form in which tools/status reads things. */
void say_field(const char *name, uint64_t number);

/* Ends the virtual machine: what is missing or broken is init's, the builder's or the host's. */
_Noreturn void init_fail(const char *what);
_Noreturn void init_fail_at(const char *what, const char *where);

#endif
