/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One loadable segment per run of pages, at its physical address, and the note that makes it PVH.
 * Zeros at a run's end are left to the loader. QEMU reads an eight-byte address from an ELF64 note.
 */
#include "pvh.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

#define NOTE_PHYS32_ENTRY 18
#define RUNS_MOST         16

struct pvh_note {
    uint32_t name_size;
    uint32_t descriptor_size;
    uint32_t type;
    char name[4];
    uint64_t entry;
};
_Static_assert(sizeof(struct pvh_note) == 24, "no padding in the note");

struct pvh_front {
    Elf64_Ehdr elf;
    Elf64_Phdr note_header;
    Elf64_Phdr loads[RUNS_MOST];
    struct pvh_note note;
};

/* The next run of marked pages from pa on; size 0 at the end. */
static Elf64_Phdr next_run(const struct image *image, uint64_t pa)
{
    const uint64_t end = image->base + image->size;
    Elf64_Phdr run = {.p_type = PT_LOAD, .p_flags = PF_R | PF_W | PF_X, .p_align = IMAGE_PAGE};

    while (pa < end && image_kind(image, pa) == IMAGE_NONE)
        pa += IMAGE_PAGE;
    run.p_paddr = run.p_vaddr = pa;
    while (pa < end && image_kind(image, pa) != IMAGE_NONE)
        pa += IMAGE_PAGE;
    run.p_memsz = run.p_filesz = pa - run.p_paddr;
    while (run.p_filesz > 0 && *image_at(image, run.p_paddr + run.p_filesz - 1) == 0)
        run.p_filesz--;
    return run;
}

static bool find_runs(const struct image *image, struct pvh_front *front, struct build_error *error)
{
    uint64_t offset = sizeof(*front);
    Elf64_Phdr run = next_run(image, image->base);

    for (unsigned count = 0; run.p_memsz > 0; count++) {
        if (count == RUNS_MOST)
            return build_fail(error, "more than %d runs of pages in a PVH file", RUNS_MOST);
        offset = (offset + IMAGE_PAGE - 1) & ~(IMAGE_PAGE - 1);
        run.p_offset = offset;
        offset += run.p_filesz;
        front->loads[count] = run;
        front->elf.e_phnum = (Elf64_Half)(count + 2);
        run = next_run(image, run.p_paddr + run.p_memsz);
    }
    return true;
}

static void fill_front(struct pvh_front *front, uint32_t entry)
{
    memcpy(front->elf.e_ident, ELFMAG, SELFMAG);
    front->elf.e_ident[EI_CLASS] = ELFCLASS64;
    front->elf.e_ident[EI_DATA] = ELFDATA2LSB;
    front->elf.e_ident[EI_VERSION] = EV_CURRENT;
    front->elf.e_type = ET_EXEC;
    front->elf.e_machine = EM_X86_64;
    front->elf.e_version = EV_CURRENT;
    front->elf.e_entry = entry;
    front->elf.e_phoff = offsetof(struct pvh_front, note_header);
    front->elf.e_ehsize = sizeof(Elf64_Ehdr);
    front->elf.e_phentsize = sizeof(Elf64_Phdr);
    front->note_header = (Elf64_Phdr){
        .p_type = PT_NOTE,
        .p_flags = PF_R,
        .p_offset = offsetof(struct pvh_front, note),
        .p_filesz = sizeof(struct pvh_note),
        .p_memsz = sizeof(struct pvh_note),
        .p_align = 4,
    };
    front->note = (struct pvh_note){4, 8, NOTE_PHYS32_ENTRY, "Xen", entry};
}

bool pvh_make(struct blob *file, const struct image *image, uint32_t entry,
              struct build_error *error)
{
    struct pvh_front front = {0};
    unsigned loads;

    fill_front(&front, entry);
    if (!find_runs(image, &front, error))
        return false;
    loads = front.elf.e_phnum ? front.elf.e_phnum - 1u : 0;
    file->size = sizeof(front);
    if (loads > 0)
        file->size = front.loads[loads - 1].p_offset + front.loads[loads - 1].p_filesz;
    file->bytes = calloc(1, file->size);
    if (!file->bytes)
        return build_fail(error, "no memory for the PVH file");
    memcpy(file->bytes, &front, sizeof(front));
    for (unsigned i = 0; i < loads; i++) {
        const Elf64_Phdr *load = &front.loads[i];

        if (load->p_filesz)
            memcpy(file->bytes + load->p_offset, image_at(image, load->p_paddr), load->p_filesz);
    }
    return true;
}
