/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads an ELF file's program headers with every bound checked before it is used. Section headers,
 * symbols and notes are not looked at. The caller sets image->name first, for the messages.
 */
#include "elf_image.h"

#include <boot/boot_block.h>
#include <elf.h>
#include <string.h>

#define PAGE UINT64_C(4096)

uint64_t elf_segment_start(const struct elf_segment *segment)
{
    return segment->va & ~(PAGE - 1);
}

uint64_t elf_segment_end(const struct elf_segment *segment)
{
    return (segment->va + segment->size + PAGE - 1) & ~(PAGE - 1);
}

static bool check_header(const struct elf_image *image, const Elf64_Ehdr *header,
                         struct build_error *error)
{
    const unsigned char *ident = header->e_ident;

    if (memcmp(ident, ELFMAG, SELFMAG) != 0)
        return build_fail(error, "%s: not an ELF file", image->name);
    if (ident[EI_CLASS] != ELFCLASS64 || ident[EI_DATA] != ELFDATA2LSB ||
        ident[EI_VERSION] != EV_CURRENT || header->e_machine != EM_X86_64)
        return build_fail(error, "%s: not a 64-bit x86 ELF file", image->name);
    if (header->e_type == ET_DYN)
        return build_fail(error, "%s: position-independent; link it with -static -no-pie",
                          image->name);
    if (header->e_type != ET_EXEC)
        return build_fail(error, "%s: ELF type %u is not an executable", image->name,
                          header->e_type);
    if (header->e_phentsize != sizeof(Elf64_Phdr))
        return build_fail(error, "%s: program headers of %u bytes", image->name,
                          header->e_phentsize);
    return true;
}

static uint32_t rights_of(uint32_t flags)
{
    return BOOT_READ | (flags & PF_W ? BOOT_WRITE : 0) | (flags & PF_X ? BOOT_EXECUTE : 0);
}

static bool check_place(const struct elf_image *image, const Elf64_Phdr *header,
                        struct elf_window window, struct build_error *error)
{
    if (header->p_vaddr < window.start || header->p_vaddr >= window.end ||
        header->p_memsz > window.end - header->p_vaddr)
        return build_fail(error, "%s: segment at %#llx of %#llx bytes is outside [%#llx, %#llx)",
                          image->name, (unsigned long long)header->p_vaddr,
                          (unsigned long long)header->p_memsz, (unsigned long long)window.start,
                          (unsigned long long)window.end);
    if (image->count > 0) {
        const struct elf_segment *last = &image->segments[image->count - 1];

        if (header->p_vaddr < elf_segment_end(last))
            return build_fail(error,
                              "%s: segment at %#llx shares a page with the one at %#llx or comes "
                              "before it",
                              image->name, (unsigned long long)header->p_vaddr,
                              (unsigned long long)last->va);
    }
    return true;
}

static bool add_segment(struct elf_image *image, const struct blob *file, const Elf64_Phdr *header,
                        struct build_error *error)
{
    const unsigned long long va = header->p_vaddr;

    if (image->count == ELF_SEGMENTS)
        return build_fail(error, "%s: more than %d loadable segments", image->name, ELF_SEGMENTS);
    if (header->p_filesz > header->p_memsz)
        return build_fail(error, "%s: segment at %#llx is larger in the file than in memory",
                          image->name, va);
    if (header->p_offset > file->size || header->p_filesz > file->size - header->p_offset)
        return build_fail(error, "%s: segment at %#llx lies beyond the end of the file",
                          image->name, va);
    if ((header->p_flags & (PF_W | PF_X)) == (PF_W | PF_X))
        return build_fail(error, "%s: segment at %#llx is writable and executable", image->name,
                          va);
    image->segments[image->count++] = (struct elf_segment){
        .va = header->p_vaddr,
        .size = header->p_memsz,
        .file_size = header->p_filesz,
        .bytes = file->bytes + header->p_offset,
        .rights = rights_of(header->p_flags),
    };
    return true;
}

static bool take_header(struct elf_image *image, const struct blob *file, const Elf64_Phdr *header,
                        struct build_error *error)
{
    if (header->p_type == PT_INTERP || header->p_type == PT_DYNAMIC)
        return build_fail(error, "%s: dynamically linked; link it with -static", image->name);
    if (header->p_type != PT_LOAD || header->p_memsz == 0)
        return true;
    return add_segment(image, file, header, error);
}

static bool check_entry(const struct elf_image *image, struct build_error *error)
{
    for (uint32_t i = 0; i < image->count; i++) {
        const struct elf_segment *segment = &image->segments[i];

        if ((segment->rights & BOOT_EXECUTE) && image->entry >= segment->va &&
            image->entry - segment->va < segment->size)
            return true;
    }
    return build_fail(error, "%s: the entry %#llx is in no executable segment", image->name,
                      (unsigned long long)image->entry);
}

bool elf_image_read(struct elf_image *image, const struct blob *file, struct elf_window window,
                    struct build_error *error)
{
    Elf64_Ehdr header;

    if (file->size < sizeof(header))
        return build_fail(error, "%s: too short for an ELF file", image->name);
    memcpy(&header, file->bytes, sizeof(header));
    if (!check_header(image, &header, error))
        return false;
    if (header.e_phoff > file->size ||
        header.e_phnum > (file->size - header.e_phoff) / sizeof(Elf64_Phdr))
        return build_fail(error, "%s: program headers beyond the end of the file", image->name);
    image->entry = header.e_entry;
    image->count = 0;
    for (unsigned i = 0; i < header.e_phnum; i++) {
        Elf64_Phdr program;

        memcpy(&program, file->bytes + header.e_phoff + i * sizeof(program), sizeof(program));
        if (program.p_type == PT_LOAD && program.p_memsz > 0 &&
            !check_place(image, &program, window, error))
            return false;
        if (!take_header(image, file, &program, error))
            return false;
    }
    return check_entry(image, error);
}
