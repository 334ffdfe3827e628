/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Segment contents start at fixed offsets behind the headers, so that a test may claim any offset
 * it likes in a header afterwards.
 */
#include "maker.h"

#include <stdlib.h>
#include <string.h>

#define CONTENTS 0x1000u
#define EACH     0x1000u

void maker_start(struct maker *maker, uint64_t va, uint64_t bss)
{
    const Elf64_Phdr text = {PT_LOAD, PF_R | PF_X, CONTENTS, va, 0, 0x800, 0x800, 4096};
    const Elf64_Phdr constants = {PT_LOAD, PF_R,  CONTENTS + EACH, va + 0x1000,
                                  0,       0x900, 0x900,           4096};
    const Elf64_Phdr data = {PT_LOAD, PF_R | PF_W, CONTENTS + 2 * EACH, va + 0x2010,
                             0,       0x100,       0x100 + bss,         4096};

    memset(maker, 0, sizeof(*maker));
    memcpy(maker->header.e_ident, ELFMAG, SELFMAG);
    maker->header.e_ident[EI_CLASS] = ELFCLASS64;
    maker->header.e_ident[EI_DATA] = ELFDATA2LSB;
    maker->header.e_ident[EI_VERSION] = EV_CURRENT;
    maker->header.e_type = ET_EXEC;
    maker->header.e_machine = EM_X86_64;
    maker->header.e_version = EV_CURRENT;
    maker->header.e_entry = va + 0x10;
    maker->header.e_phoff = sizeof(Elf64_Ehdr);
    maker->header.e_phentsize = sizeof(Elf64_Phdr);
    maker->header.e_phnum = 3;
    maker->program[0] = text;
    maker->program[1] = constants;
    maker->program[2] = data;
}

struct blob maker_finish(const struct maker *maker)
{
    struct blob file = {.size = CONTENTS + 2 * EACH + 0x100};

    file.bytes = calloc(1, file.size);
    if (!file.bytes)
        abort();
    memcpy(file.bytes, maker, sizeof(*maker));
    for (unsigned i = 0; i < 3; i++)
        memset(file.bytes + CONTENTS + i * EACH, (int)i + 1, i < 2 ? EACH : 0x100);
    return file;
}

static void put(uint8_t *at, uint64_t value, size_t size)
{
    memcpy(at, &value, size);
}

void maker_guest(uint8_t *image, size_t size)
{
    memset(image, 0x90, size);
    image[0x1f1] = 1;
    put(image + 0x1fe, 0xaa55, 2);
    memcpy(image + 0x202, "HdrS", 4);
    put(image + 0x206, 0x20f, 2);
    put(image + 0x22c, 0x7fffffff, 4);
    put(image + 0x236, 1, 2);
    put(image + 0x238, 0x7ff, 4);
    put(image + 0x258, MAKER_GUEST_GPA, 8);
    put(image + 0x260, 0x10000, 4);
}
