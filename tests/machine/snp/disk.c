/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two virtio disks, the first one the SVSM's (the machine's option plane0=1): each is read through
 * its own window, by polling, with rings and buffers in pages that belong to the host. And one of
 * the machine's own disks, which has answered by the time a notification is done.
 */
#include "guest.h"

#define SVSM_WINDOW  0xFEF00000ull
#define SVSM_STEP    0x1000ull
#define GUEST_WINDOW 0xFEB00000ull
#define GUEST_STEP   0x200ull

#define REG_MAGIC       0x000u
#define REG_VERSION     0x004u
#define REG_DEVICE      0x008u
#define REG_FEATURES    0x010u
#define REG_FEATURE_SEL 0x014u
#define REG_ACCEPT      0x020u
#define REG_ACCEPT_SEL  0x024u
#define REG_QUEUE_SEL   0x030u
#define REG_QUEUE_SIZE  0x038u
#define REG_QUEUE_READY 0x044u
#define REG_NOTIFY      0x050u
#define REG_INTERRUPT   0x060u
#define REG_ACKNOWLEDGE 0x064u
#define REG_STATUS      0x070u
#define REG_DESCRIPTORS 0x080u
#define REG_DRIVER      0x090u
#define REG_DEVICE_RING 0x0A0u
#define REG_CAPACITY    0x100u

#define MAGIC            0x74726976u
#define BLOCK            2u
#define STATUS_DRIVER    3u /* acknowledged, driver */
#define STATUS_FEATURES  11u
#define STATUS_OK        15u
#define VERSION_PLATFORM 3u /* features 32 and 33 */
#define QUEUE            8u
#define MORE             1u
#define DEVICE_WRITES    2u
#define SECTOR           512u
#define TURNS            1000000u
#define FAILED           1u
#define UNSUPPORTED      2u
#define WRITTEN          0x6E65747469727721ull
#define UNTOUCHED        0xFFu

enum { READ = 0, WRITE = 1, FLUSH = 4, IDENTIFY = 8 };

/* Two host-owned pages for each disk: rings, then request, data and status. */
#define RINGS(disk)   (OPEN + (8 + 2 * (disk)) * PAGE)
#define AVAILABLE     0x400u
#define USED          0x800u
#define HEADER        PAGE
#define DATA          (PAGE + 0x200)
#define OUTCOME       (PAGE + 0x100)
#define PATTERN(disk) ((disk) ? 0x4747474747474747ull : 0x5353535353535353ull)

static volatile void *shared(uint64_t gpa)
{
    return (volatile void *)(gpa + ALIAS);
}

static void set_address(uint64_t window, unsigned reg, uint64_t gpa)
{
    mmio_write32(window + reg, (uint32_t)gpa);
    mmio_write32(window + reg + 4, (uint32_t)(gpa >> 32));
}

static void start_device(uint64_t window, uint64_t rings)
{
    mmio_write32(window + REG_STATUS, 0);
    mmio_write32(window + REG_STATUS, STATUS_DRIVER);
    mmio_write32(window + REG_FEATURE_SEL, 1);
    expect("modern, behind the platform", mmio_read32(window + REG_FEATURES) & VERSION_PLATFORM,
           VERSION_PLATFORM);
    mmio_write32(window + REG_ACCEPT_SEL, 0);
    mmio_write32(window + REG_ACCEPT, 0);
    mmio_write32(window + REG_ACCEPT_SEL, 1);
    mmio_write32(window + REG_ACCEPT, VERSION_PLATFORM);
    mmio_write32(window + REG_STATUS, STATUS_FEATURES);
    mmio_write32(window + REG_QUEUE_SEL, 0);
    mmio_write32(window + REG_QUEUE_SIZE, QUEUE);
    set_address(window, REG_DESCRIPTORS, rings);
    set_address(window, REG_DRIVER, rings + AVAILABLE);
    set_address(window, REG_DEVICE_RING, rings + USED);
    mmio_write32(window + REG_QUEUE_READY, 1);
    mmio_write32(window + REG_STATUS, STATUS_OK);
    expect("device status", mmio_read32(window + REG_STATUS), STATUS_OK);
}

static void descriptor(uint64_t rings, unsigned n, uint64_t gpa, uint64_t size_flags_next)
{
    volatile uint64_t *table = shared(rings);
    table[2 * n] = gpa;
    table[2 * n + 1] = size_flags_next;
}

/* Asks for a sector, the data between header and status. Returns how many requests were asked for.
 */
static uint16_t ask(uint64_t window, uint64_t rings, uint64_t type, uint64_t sector)
{
    volatile uint64_t *header = shared(rings + HEADER);
    volatile uint16_t *available = shared(rings + AVAILABLE);
    uint64_t flags = type == WRITE ? MORE : MORE | DEVICE_WRITES;
    header[0] = type;
    header[1] = sector;
    *(volatile uint8_t *)shared(rings + OUTCOME) = UNTOUCHED;
    descriptor(rings, 0, rings + HEADER, 16 | (uint64_t)MORE << 32 | 1ull << 48);
    descriptor(rings, 1, rings + DATA, SECTOR | flags << 32 | 2ull << 48);
    descriptor(rings, 2, rings + OUTCOME, 1 | (uint64_t)DEVICE_WRITES << 32);
    uint16_t asked = (uint16_t)(available[1] + 1);
    available[2 + available[1] % QUEUE] = 0; /* the first descriptor */
    available[1] = asked;
    mmio_write32(window + REG_NOTIFY, 0);
    return asked;
}

static uint8_t outcome(uint64_t rings)
{
    return *(volatile uint8_t *)shared(rings + OUTCOME);
}

static void read_first_sector(uint64_t window, uint64_t rings)
{
    volatile uint16_t *used = shared(rings + USED);
    uint16_t asked = ask(window, rings, READ, 0);
    for (unsigned turn = 0; turn < TURNS && used[1] != asked; turn++)
        __asm__ volatile("pause");
    expect("the request is done", used[1], asked);
    expect("well", outcome(rings), 0);
}

static void use_disk(uint64_t window, unsigned disk)
{
    expect("a disk", mmio_read32(window + REG_DEVICE), BLOCK);
    start_device(window, RINGS(disk));
    read_first_sector(window, RINGS(disk));
    expect("its text", *(volatile uint64_t *)shared(RINGS(disk) + DATA), PATTERN(disk));
}

static void expect_empty(uint64_t window)
{
    expect("magic", mmio_read32(window + REG_MAGIC), MAGIC);
    expect("version", mmio_read32(window + REG_VERSION), 2);
    expect("no device", mmio_read32(window + REG_DEVICE), 0);
}

static void case_plane0(void)
{
    use_disk(SVSM_WINDOW, 0);
    use_disk(GUEST_WINDOW, 1);
    expect_empty(SVSM_WINDOW + SVSM_STEP);
    expect_empty(GUEST_WINDOW + GUEST_STEP);
}

/* What a request came to, at once. */
static uint8_t answer(uint64_t type, uint64_t sector)
{
    volatile uint16_t *used = shared(RINGS(1) + USED);
    uint16_t asked = ask(GUEST_WINDOW, RINGS(1), type, sector);
    expect("the request is done when its notification is", used[1], asked);
    expect("interrupt", mmio_read32(GUEST_WINDOW + REG_INTERRUPT), 1);
    mmio_write32(GUEST_WINDOW + REG_ACKNOWLEDGE, 1);
    expect("no interrupt", mmio_read32(GUEST_WINDOW + REG_INTERRUPT), 0);
    return outcome(RINGS(1));
}

static void case_disk(void)
{
    volatile uint64_t *data = shared(RINGS(1) + DATA);
    use_disk(GUEST_WINDOW, 1);
    mmio_write32(GUEST_WINDOW + REG_ACKNOWLEDGE, 1);
    uint64_t sectors = mmio_read32(GUEST_WINDOW + REG_CAPACITY);
    expect("sectors", sectors, 128);
    data[0] = data[63] = WRITTEN;
    expect("write", answer(WRITE, sectors - 1), 0);
    expect("flush", answer(FLUSH, 0), 0);
    expect("read of another", answer(READ, sectors - 2), 0);
    expect("another", data[63], PATTERN(1));
    expect("read again", answer(READ, sectors - 1), 0);
    expect("what was written", data[63], WRITTEN);
    expect("its middle", data[1], PATTERN(1));
    expect("read behind the end", answer(READ, sectors), FAILED);
    expect("write behind the end", answer(WRITE, sectors), FAILED);
    expect("no such request", answer(IDENTIFY, 0), UNSUPPORTED);
    expect("device status", mmio_read32(GUEST_WINDOW + REG_STATUS), STATUS_OK);
    expect_empty(GUEST_WINDOW + GUEST_STEP);
}

const struct test_case disk_cases[] = {{"plane0", case_plane0}, {"disk", case_disk}, {NULL, NULL}};
