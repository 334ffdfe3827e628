/* SPDX-License-Identifier: BSD-2-Clause */
/* Writes one small image that is in order into the folder given: text, constants, data. */
#include <elf.h>
#include <stdio.h>
#include <string.h>

#define SIZE 0x3000u

static void fill(uint8_t file[SIZE])
{
    const Elf64_Ehdr h = {
        .e_ident = ELFMAG "\2\1\1",
        .e_type = ET_EXEC,
        .e_machine = EM_X86_64,
        .e_version = EV_CURRENT,
        .e_entry = 0x400010,
        .e_phoff = sizeof(h),
        .e_ehsize = sizeof(h),
        .e_phentsize = sizeof(Elf64_Phdr),
        .e_phnum = 4,
    };
    const Elf64_Phdr p[] = {
        {PT_LOAD, PF_R | PF_X, 0x1000, 0x400000, 0, 0x100, 0x100, 0x1000},
        {PT_LOAD, PF_R, 0x2000, 0x401000, 0, 0x80, 0x80, 0x1000},
        {PT_LOAD, PF_R | PF_W, 0x2800, 0x402800, 0, 0x100, 0x3000, 0x1000},
        {PT_GNU_STACK, PF_R | PF_W, 0, 0, 0, 0, 0, 16},
    };

    memset(file, 0, SIZE);
    memcpy(file, &h, sizeof(h));
    memcpy(file + sizeof(h), p, sizeof(p));
}

int main(int argc, char **argv)
{
    static uint8_t file[SIZE];
    char name[4096];
    FILE *out;

    if (argc != 2)
        return 2;
    snprintf(name, sizeof(name), "%s/image", argv[1]);
    out = fopen(name, "wb");
    if (out == NULL)
        return 1;
    fill(file);
    if (fwrite(file, 1, SIZE, out) != SIZE || fclose(out) != 0)
        return 1;
    return 0;
}
