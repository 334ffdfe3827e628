/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A secure processor on the build machine: a chip of the chain that was just built, a processor
 * with made-up CPUID values, noise from a counter. And the guest's side of messages, by OpenSSL.
 */
#ifndef TESTS_UNIT_PSP_FIXTURE_H
#define TESTS_UNIT_PSP_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "message.h"

#define POLICY 0x30000u

struct file {
    uint8_t *bytes;
    size_t size;
};

/* Fails the test when the file is not there; "folder/name". */
struct file file_read(const char *folder, const char *name);

/* NULL, and a line that says so, if the real reports are not on this machine. */
const char *vectors_folder(void);

extern struct psp_guest guest;

/* A fresh guest on the chip of "folder" ("" Milan, "turin/"), reports of that version. */
void guest_fresh(const char *folder, uint32_t report_version);

/* Fresh, Milan, launched with one zero page, running. */
void guest_running(void);

/* CPUID of the made-up processor. */
struct psp_cpuid fixture_cpuid(uint32_t leaf, uint32_t subleaf);

struct letter {
    uint8_t type, version, vmpck;
    uint64_t sequence;
    const void *payload;
    uint16_t size;
};

/* Seals as a guest would, by OpenSSL. After changing the header by hand, seal again. */
void letter_seal(const struct letter *letter, struct message *message);
void message_reseal(struct message *message, const uint8_t key[32], const uint8_t *plain);

/* Opens an answer by OpenSSL; fails the test if the tag is wrong. */
void answer_open(const struct message *message, const uint8_t key[32], void *plain, size_t size);

/* Sends it to the guest's processor. */
uint32_t message_send(const struct message *request, struct message *response);

/* A NIST P-384 key by OpenSSL, in the firmware's form, and a signature with it. */
struct outside_key {
    void *handle;
    struct crypto_public_key public_key;
};
struct outside_key outside_key_make(void);
void outside_key_free(struct outside_key *key);
void outside_sign(const struct outside_key *key, const void *bytes, size_t size,
                  struct crypto_signature *signature);

#endif
