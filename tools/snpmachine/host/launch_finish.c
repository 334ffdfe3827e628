/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The end of a launch: the file's SNP_ID_BLOCK, which has a layout of its own, put into the two
 * structures the firmware takes, as QEMU does it.
 */
#include "host/launch.h"
#include "psp/psp.h"

#define ID_BLOCK_SIZE 96u
#define ID_AUTH_SIZE  4096u
#define KEY_SIZE      0x404u
#define SIGNATURE     512u

struct id_block {
    uint8_t ld[48], family_id[16], image_id[16];
    uint32_t version, guest_svn;
    uint64_t policy;
};
_Static_assert(sizeof(struct id_block) == ID_BLOCK_SIZE, "ID block");

struct key {
    uint32_t curve;
    uint8_t qx[72], qy[72], zero[KEY_SIZE - 148];
};

struct id_auth {
    uint32_t id_key_algorithm, author_key_algorithm;
    uint8_t reserved[0x38];
    uint8_t block_signature[SIGNATURE];
    struct key id_key;
    uint8_t reserved2[0x3C];
    uint8_t key_signature[SIGNATURE];
    struct key author_key;
    uint8_t reserved3[ID_AUTH_SIZE - 0xC84];
};
_Static_assert(sizeof(struct key) == KEY_SIZE, "public key");
_Static_assert(offsetof(struct id_auth, block_signature) == 0x40 &&
                   offsetof(struct id_auth, id_key) == 0x240 &&
                   offsetof(struct id_auth, key_signature) == 0x680 &&
                   offsetof(struct id_auth, author_key) == 0x880 &&
                   sizeof(struct id_auth) == ID_AUTH_SIZE,
               "ID authentication");

static struct id_block id_block;
static struct id_auth id_auth;

static void copy_key(struct key *to, const struct igvm_public_key *from)
{
    to->curve = from->curve;
    memcpy(to->qx, from->qx, sizeof to->qx);
    memcpy(to->qy, from->qy, sizeof to->qy);
}

static void convert(const struct igvm_id_block *from, uint64_t policy)
{
    memcpy(id_block.ld, from->ld, sizeof id_block.ld);
    memcpy(id_block.family_id, from->family_id, sizeof id_block.family_id);
    memcpy(id_block.image_id, from->image_id, sizeof id_block.image_id);
    id_block.version = from->version;
    id_block.guest_svn = from->guest_svn;
    id_block.policy = policy;
    id_auth.id_key_algorithm = from->id_key_algorithm;
    id_auth.author_key_algorithm = from->author_key_algorithm;
    memcpy(id_auth.block_signature, &from->id_signature, sizeof from->id_signature);
    memcpy(id_auth.key_signature, &from->author_signature, sizeof from->author_signature);
    copy_key(&id_auth.id_key, &from->id_key);
    copy_key(&id_auth.author_key, &from->author_key);
}

void launch_finish(const struct igvm_id_block *block, uint64_t policy)
{
    struct psp_launch_finish finish = {0};
    if (block != NULL) {
        convert(block, policy);
        finish.id_block = (const uint8_t *)&id_block;
        finish.id_auth = (const uint8_t *)&id_auth;
        finish.author_key = block->author_key_enabled != 0;
    }
    uint32_t status = psp_launch_finish(&finish);
    if (status != PSP_OK) {
        machine_stop(MACHINE_MISUSE, "IGVM file: the firmware refuses to finish the launch: %s",
                     psp_status_name(status));
    }
}
