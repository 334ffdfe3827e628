/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The fuzzer of what `igvm build` reads: kernels, first servers and Linux guests of any content.
 *
 * The first byte says which. What is refused must have a reason; what is taken is laid out, and
 * then every byte of every segment must be where the page tables or the guest's pieces say it is,
 * with the rights it had and nothing beside them.
 */
#include <boot/boot_block.h>
#include <file.h>
#include <layout.h>
#include <stdlib.h>
#include <string.h>

#define PAGE       UINT64_C(4096)
#define ADDRESS    UINT64_C(0x000ffffffffff000)
#define WRITABLE   UINT64_C(2)
#define NX         (UINT64_C(1) << 63)
#define MIB        (UINT64_C(1) << 20)
#define HOLE       (128 * MIB)
#define HOLE_SIZE  (16 * MIB)
#define MEMORY     (256 * MIB)
#define BYTES_MOST 4096 /* looked at from each segment, from both ends */

enum input { KERNEL, ROOT, GUEST, INPUTS };

#define HEADERS    (1 + 64 + 4 * 56) /* an ELF file's headers; most of a guest's are at 0x1f1 */
#define GUEST_HEAD (1 + 0x1f0)

size_t LLVMFuzzerMutate(uint8_t *bytes, size_t size, size_t room);
size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t size, size_t room, unsigned seed);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* In place of the assembled page. */
extern const uint8_t boot_stub_page[BOOT_PAGE];
const uint8_t boot_stub_page[BOOT_PAGE] = {0};

static void must(bool good)
{
    if (!good)
        abort();
}

static uint8_t file_byte(const struct elf_segment *segment, uint64_t offset)
{
    return offset < segment->file_size ? segment->bytes[offset] : 0;
}

static void check_byte(const struct layout *layout, const struct elf_segment *segment,
                       uint64_t offset)
{
    uint64_t size, va = segment->va + offset, entry = tables_entry(&layout->tables, va, &size);

    must(entry != 0 && size == PAGE);
    must(((entry & WRITABLE) != 0) == ((segment->rights & BOOT_WRITE) != 0));
    must(((entry & NX) == 0) == ((segment->rights & BOOT_EXECUTE) != 0));
    must((entry & (WRITABLE | NX)) != WRITABLE);
    must(*image_at(&layout->image, (entry & ADDRESS) + va % PAGE) == file_byte(segment, offset));
}

static void check_kernel(const struct layout *layout)
{
    const struct elf_image *elf = &layout->inputs->kernel;

    for (uint32_t i = 0; i < elf->count; i++) {
        const struct elf_segment *segment = &elf->segments[i];

        for (uint64_t j = 0; j < segment->size && j < BYTES_MOST; j++) {
            check_byte(layout, segment, j);
            check_byte(layout, segment, segment->size - 1 - j);
        }
    }
}

static void check_root(const struct layout *layout)
{
    const struct elf_image *elf = &layout->inputs->root;
    const struct boot_root *root = &layout->block.root;
    uint64_t end = 0;

    must(root->segment_count == (elf->count ? elf->count + 1 : 0));
    for (uint32_t i = 0; i < elf->count; i++) {
        const struct elf_segment *segment = &elf->segments[i];
        const struct boot_segment *placed = &root->segments[i];

        must(placed->rights == segment->rights && placed->va % PAGE == 0 && placed->va >= end);
        must((placed->rights & (BOOT_WRITE | BOOT_EXECUTE)) != (BOOT_WRITE | BOOT_EXECUTE));
        end = placed->va + placed->size;
        must(segment->va - placed->va < PAGE);
        must(segment->va + segment->size <= placed->va + placed->size);
        for (uint64_t j = 0; j < segment->size && j < BYTES_MOST; j++)
            must(*image_at(&layout->image, placed->pa + (segment->va - placed->va) + j) ==
                 file_byte(segment, j));
    }
}

/* A kernel for when the input is something else: one page, whose first byte is its entry. */
static void plain_kernel(struct elf_image *elf)
{
    static const uint8_t code[1] = {0xf4};

    *elf = (struct elf_image){.name = "plain", .entry = BOOT_KERNEL_VA, .count = 1};
    elf->segments[0] = (struct elf_segment){BOOT_KERNEL_VA, 1, 1, code, BOOT_READ | BOOT_EXECUTE};
}

static void try_elf(enum input kind, const struct blob *file)
{
    static char *words[] = {"--kernel=k", "--output=x", "--size=4M"};
    static struct layout_inputs inputs;
    static struct layout layout;
    struct build_options options;
    struct build_error error = {{0}};
    struct elf_image *elf = kind == KERNEL ? &inputs.kernel : &inputs.root;
    const struct elf_window window = kind == KERNEL ? layout_kernel_window() : layout_root_window();
    struct blob igvm;

    inputs = (struct layout_inputs){0};
    plain_kernel(&inputs.kernel);
    elf->name = "input";
    if (!elf_image_read(elf, file, window, &error)) {
        must(error.text[0] != '\0');
        return;
    }
    must(build_options_read(&options, 3, words, &error));
    layout = (struct layout){.options = &options, .inputs = &inputs};
    if (layout_make(&layout, &error)) {
        check_kernel(&layout);
        check_root(&layout);
        must(file_make(&igvm, &layout, &error));
        blob_free(&igvm);
    } else {
        must(error.text[0] != '\0');
    }
    layout_free(&layout);
    build_options_free(&options);
}

static int by_address(const void *a, const void *b)
{
    const struct linux_piece *one = a, *two = b;

    return one->gpa < two->gpa ? -1 : one->gpa > two->gpa;
}

/* Reads all of a piece, so that ASan sees one that is not inside the input. */
static void read_all(const struct linux_piece *piece)
{
    static uint8_t sink[MEMORY];

    if (piece->kind == LINUX_DATA)
        memcpy(sink, piece->bytes, piece->size);
}

static void try_guest(const struct blob *file)
{
    static struct linux_guest linux_guest;
    const struct linux_wish wish = {
        .kernel = file->bytes,
        .kernel_size = file->size,
        .initrd = file->bytes,
        .initrd_size = file->size / 2,
        .cmdline = "console=ttyS0",
        .memory = MEMORY,
        .hole = HOLE,
        .hole_size = HOLE_SIZE,
        .machine = {1, 8, 0xfeb00000, 16},
    };
    uint64_t end = 0;

    if (linux_layout(&linux_guest, &wish))
        return;
    qsort(linux_guest.pieces, linux_guest.piece_count, sizeof(linux_guest.pieces[0]), by_address);
    for (size_t i = 0; i < linux_guest.piece_count; i++) {
        const struct linux_piece *piece = &linux_guest.pieces[i];

        must(piece->gpa % PAGE == 0 && piece->gpa >= end && piece->size <= MEMORY);
        end = piece->gpa + piece->size;
        must(end <= MEMORY && (end <= HOLE || piece->gpa >= HOLE + HOLE_SIZE));
        read_all(piece);
    }
}

/* Three in four changes are small ones to one field of a header, where the decisions are. */
size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t size, size_t room, unsigned seed)
{
    static const uint64_t steps[] = {1, 2, 4, 0x10, 0x1000, 0x1fffff, UINT64_C(1) << 40, 0};
    size_t start = size > 0 && bytes[0] % INPUTS == GUEST ? GUEST_HEAD : 1;
    uint64_t field;

    if (size < HEADERS + GUEST_HEAD || seed % 4 == 0)
        return LLVMFuzzerMutate(bytes, size, room);
    start += seed / 4 % HEADERS;
    memcpy(&field, bytes + start, sizeof(field));
    switch (seed / 2048 % 4) {
    case 0:
        field += steps[seed / 8192 % 8];
        break;
    case 1:
        field -= steps[seed / 8192 % 8];
        break;
    case 2:
        field ^= steps[seed / 8192 % 8];
        break;
    default:
        field = steps[seed / 8192 % 8] - 1;
    }
    memcpy(bytes + start, &field, sizeof(field));
    return size;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    enum input kind;
    struct blob file;

    if (size == 0)
        return 0;
    kind = (enum input)(bytes[0] % INPUTS);
    file = (struct blob){malloc(size > 1 ? size - 1 : 1), size - 1}; /* its own, for ASan */
    must(file.bytes != NULL);
    memcpy(file.bytes, bytes + 1, size - 1);
    if (kind == GUEST)
        try_guest(&file);
    else
        try_elf(kind, &file);
    blob_free(&file);
    return 0;
}
