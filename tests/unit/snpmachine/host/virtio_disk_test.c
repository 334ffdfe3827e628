/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The block device over memory, driven through its registers by a small driver with one request at
 * a time, which can make each of its words wrong: the bytes that are moved, the status of what
 * cannot be done, and "needs reset", with nothing moved, for rings that make no sense.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fake.h"
#include "host/devices/virtio_disk.h"
#include "host/devices/virtio_mmio.h"

#define TABLE   0x200000ull
#define DRIVER  0x201000ull
#define DEVICE  0x202000ull
#define HEADER  0x203000ull
#define OUTCOME 0x203100ull
#define DATA    0x204000ull /* three pages in a row */
#define PRIVATE 0x208000ull
#define QUEUE   8u
#define SECTORS 16u

#define MORE     1u
#define WRITES   2u
#define INDIRECT 4u

#define STATUS_READY 15u
#define NEEDS_RESET  0x40u
#define UNTOUCHED    0xEEu

enum { READ = 0, WRITE = 1, FLUSH = 4, IDENTIFY = 8 };
enum { DONE = 0, FAILED = 1, UNSUPPORTED = 2 };

static uint8_t bytes[SECTORS * 512];
static struct virtio_disk disk;
static uint16_t available;

static void put(uint64_t offset, uint64_t value)
{
    (void)virtio_disk_write(&disk, offset, value);
}

static uint64_t get(uint64_t offset)
{
    return virtio_disk_read(&disk, offset, 4);
}

static void put_wide(uint64_t offset, uint64_t value)
{
    put(offset, (uint32_t)value);
    put(offset + 4, value >> 32);
}

static void accept_features(uint64_t features)
{
    put(M_STATUS, 0);
    put(M_STATUS, 3);
    put(M_ACCEPTED_SELECT, 0);
    put(M_ACCEPTED, (uint32_t)features);
    put(M_ACCEPTED_SELECT, 1);
    put(M_ACCEPTED, features >> 32);
    put(M_STATUS, 11);
}

static void start_queue(uint32_t size)
{
    put(M_QUEUE_SELECT, 0);
    put(M_QUEUE_SIZE, size);
    put_wide(M_DESCRIPTORS, TABLE);
    put_wide(M_DRIVER_RING, DRIVER);
    put_wide(M_DEVICE_RING, DEVICE);
    put(M_QUEUE_READY, 1);
}

static int setup(void **state)
{
    (void)state;
    fake_reset();
    for (unsigned i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)(i * 7 % 251);
    }
    virtio_disk_init(&disk, (struct memory_range){physical_of(bytes), sizeof bytes, 0});
    available = 0;
    memset(fake_ram(DATA), UNTOUCHED, 3 * PAGE_SIZE);
    *fake_ram(OUTCOME) = UNTOUCHED;
    fake.page[PRIVATE / PAGE_SIZE].assigned = true;
    accept_features(3ull << 32 | 1u << 9);
    start_queue(QUEUE);
    put(M_STATUS, STATUS_READY);
    return 0;
}

static void descriptor(unsigned n, uint64_t gpa, uint32_t size, uint32_t flags_next)
{
    uint64_t words[2] = {gpa, size | (uint64_t)flags_next << 32};
    memcpy(fake_ram(TABLE + 16 * n), words, sizeof words);
}

static void header(uint32_t type, uint64_t sector)
{
    uint64_t words[2] = {type, sector};
    memcpy(fake_ram(HEADER), words, sizeof words);
}

/* Header, "size" bytes at "gpa", status: descriptors 0, 1, 2. */
static void request(uint32_t type, uint64_t sector, uint64_t gpa, uint32_t size)
{
    header(type, sector);
    descriptor(0, HEADER, 16, MORE | 1u << 16);
    descriptor(1, gpa, size, MORE | (type == WRITE ? 0 : WRITES) | 2u << 16);
    descriptor(2, OUTCOME, 1, WRITES);
}

static void submit(uint16_t head)
{
    memcpy(fake_ram(DRIVER + 4 + available % QUEUE * 2), &head, 2);
    available++;
    memcpy(fake_ram(DRIVER + 2), &available, 2);
    put(M_NOTIFY, 0);
}

static uint16_t given(void)
{
    uint16_t index;
    memcpy(&index, fake_ram(DEVICE + 2), 2);
    return index;
}

static void expect_outcome(unsigned outcome)
{
    assert_int_equal(get(M_STATUS), STATUS_READY);
    assert_int_equal(given(), available);
    assert_int_equal(*fake_ram(OUTCOME), outcome);
}

/* Nothing was done, and the device says that it cannot go on. */
static void expect_broken(void)
{
    assert_int_equal(get(M_STATUS), STATUS_READY | NEEDS_RESET);
    assert_int_equal(get(M_INTERRUPT), 2);
    assert_int_equal(given(), 0);
    assert_int_equal(*fake_ram(DATA), UNTOUCHED);
    assert_int_equal(bytes[512], 512 * 7 % 251);
}

static void test_what_it_is(void **state)
{
    (void)state;
    assert_int_equal(get(M_MAGIC), VIRTIO_MAGIC);
    assert_int_equal(get(M_VERSION), 2);
    assert_int_equal(get(M_DEVICE), 2);
    assert_int_equal(get(M_CONFIG), SECTORS);
    assert_int_equal(virtio_disk_read(&disk, M_CONFIG, 8), SECTORS);
    assert_int_equal(virtio_disk_read(&disk, M_CONFIG + 12, 4), VIRTIO_DISK_QUEUE - 2);
    assert_int_equal(virtio_disk_read(&disk, M_CONFIG + 12, 8), 0);
    assert_int_equal(virtio_disk_read(&disk, M_CONFIG + 0xFF, 1), 0);
    put(M_FEATURE_SELECT, 1);
    assert_int_equal(get(M_FEATURES), 3);
    put(M_FEATURE_SELECT, 2);
    assert_int_equal(get(M_FEATURES), 0);
    assert_int_equal(get(M_QUEUE_MAX), VIRTIO_DISK_QUEUE);
    assert_int_equal(get(M_QUEUE_READY), 1);
    put(M_QUEUE_SELECT, 1);
    assert_int_equal(get(M_QUEUE_MAX), 0);
    assert_int_equal(get(M_QUEUE_READY), 0);
}

static void test_features(void **state)
{
    (void)state;
    accept_features(1u << 9); /* a driver of before version 1 */
    assert_int_equal(get(M_STATUS), 3);
    accept_features(3ull << 32 | 1u << 28);
    assert_int_equal(get(M_STATUS), 3);
    accept_features(1ull << 32);
    assert_int_equal(get(M_STATUS), 11);
}

static void test_read(void **state)
{
    (void)state;
    request(READ, 3, DATA, 1024);
    submit(0);
    expect_outcome(DONE);
    assert_memory_equal(fake_ram(DATA), bytes + 3 * 512, 1024);
    assert_int_equal(*fake_ram(DATA + 1024), UNTOUCHED);
    uint32_t used[2];
    memcpy(used, fake_ram(DEVICE + 4), sizeof used);
    assert_int_equal(used[0], 0);
    assert_int_equal(used[1], 1025);
}

static void test_write(void **state)
{
    (void)state;
    request(WRITE, SECTORS - 2, DATA, 1024);
    submit(0);
    expect_outcome(DONE);
    assert_int_equal(bytes[(SECTORS - 2) * 512], UNTOUCHED);
    assert_int_equal(bytes[SECTORS * 512 - 1], UNTOUCHED);
    assert_int_equal(bytes[(SECTORS - 2) * 512 - 1], ((SECTORS - 2) * 512 - 1) * 7 % 251);
}

/* Where descriptors begin and end means nothing: header in two, status behind the data. */
static void test_any_layout(void **state)
{
    (void)state;
    header(READ, 1);
    descriptor(5, HEADER, 10, MORE | 0u << 16);
    descriptor(0, HEADER + 10, 6, MORE | 7u << 16);
    descriptor(7, DATA, 500, MORE | WRITES | 2u << 16);
    descriptor(2, DATA + 500, 13, WRITES);
    submit(5);
    assert_int_equal(given(), 1);
    assert_memory_equal(fake_ram(DATA), bytes + 512, 512);
    assert_int_equal(*fake_ram(DATA + 512), DONE);
}

/* The ring's end is passed; requests that came together are all done. */
static void test_many(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 3 * QUEUE; i++) {
        request(i % 2 == 0 ? WRITE : READ, i % SECTORS, DATA, 512);
        submit(0);
        expect_outcome(DONE);
    }
    uint16_t heads[QUEUE] = {0};
    request(FLUSH, 0, DATA, 0);
    memcpy(fake_ram(DRIVER + 4), heads, sizeof heads);
    available = (uint16_t)(available + QUEUE);
    memcpy(fake_ram(DRIVER + 2), &available, 2);
    put(M_NOTIFY, 0);
    expect_outcome(DONE);
}

static void test_flush(void **state)
{
    (void)state;
    header(FLUSH, 0);
    descriptor(0, HEADER, 16, MORE | 2u << 16);
    descriptor(2, OUTCOME, 1, WRITES);
    submit(0);
    expect_outcome(DONE);
}

static void expect_failed(uint32_t type, uint64_t sector, uint64_t gpa, uint32_t size)
{
    uint8_t before[sizeof bytes];
    memcpy(before, bytes, sizeof bytes);
    *fake_ram(OUTCOME) = UNTOUCHED;
    request(type, sector, gpa, size);
    submit(0);
    expect_outcome(type == IDENTIFY ? UNSUPPORTED : FAILED);
    assert_memory_equal(before, bytes, sizeof bytes);
    assert_int_equal(*fake_ram(DATA), UNTOUCHED);
}

static void test_what_cannot_be_done(void **state)
{
    (void)state;
    expect_failed(READ, SECTORS, DATA, 512);
    expect_failed(READ, SECTORS - 1, DATA, 1024);
    expect_failed(WRITE, SECTORS - 1, DATA, 1024);
    expect_failed(WRITE, UINT64_MAX, DATA, 512);
    expect_failed(WRITE, 1ull << 55, DATA, 512); /* times 512 it is 0 */
    expect_failed(READ, 0, DATA, 511);
    expect_failed(READ, 0, PRIVATE, 512);
    expect_failed(READ, 0, FAKE_END, 512);
    expect_failed(WRITE, 0, FAKE_END, 512);
    expect_failed(IDENTIFY, 0, DATA, 20);
}

static void test_no_such_descriptor(void **state)
{
    (void)state;
    request(READ, 1, DATA, 512);
    descriptor(QUEUE, HEADER, 16, MORE | 1u << 16);
    submit(QUEUE);
    expect_broken();
}

static void test_endless_chain(void **state)
{
    (void)state;
    request(READ, 1, DATA, 512);
    descriptor(2, OUTCOME, 1, MORE | WRITES | 2u << 16);
    submit(0);
    expect_broken();
}

static void test_chain_leaves_the_table(void **state)
{
    (void)state;
    request(READ, 1, DATA, 512);
    descriptor(1, DATA, 512, MORE | WRITES | QUEUE << 16);
    descriptor(QUEUE, OUTCOME, 1, WRITES);
    submit(0);
    expect_broken();
}

static void test_indirect(void **state)
{
    (void)state;
    request(READ, 1, DATA, 512);
    descriptor(0, HEADER, 16, INDIRECT | MORE | 1u << 16);
    submit(0);
    expect_broken();
}

static void test_read_behind_written(void **state)
{
    (void)state;
    request(READ, 1, DATA, 512);
    descriptor(2, OUTCOME, 1, 0);
    submit(0);
    expect_broken();
}

static void test_no_status(void **state)
{
    (void)state;
    request(WRITE, 1, DATA, 512);
    descriptor(1, DATA, 512, 0);
    submit(0);
    expect_broken();
}

static void test_short_header(void **state)
{
    (void)state;
    request(READ, 1, DATA, 512);
    descriptor(0, HEADER, 15, MORE | 1u << 16);
    submit(0);
    expect_broken();
}

static void test_status_in_private_memory(void **state)
{
    (void)state;
    header(FLUSH, 0);
    descriptor(0, HEADER, 16, MORE | 2u << 16);
    descriptor(2, PRIVATE, 1, WRITES);
    submit(0);
    expect_broken();
}

static void test_around_the_end_of_addresses(void **state)
{
    (void)state;
    request(READ, 1, UINT64_MAX - 100, 512);
    submit(0);
    expect_broken();
}

static void test_more_than_the_ring(void **state)
{
    (void)state;
    request(READ, 1, DATA, 512);
    available = QUEUE;
    submit(0);
    expect_broken();
}

static void test_rings_nowhere(void **state)
{
    (void)state;
    put(M_QUEUE_READY, 0);
    put_wide(M_DRIVER_RING, FAKE_END);
    put(M_QUEUE_READY, 1);
    put(M_NOTIFY, 0);
    expect_broken();
}

/* Broken, it does nothing more until the driver starts anew. */
static void test_reset(void **state)
{
    (void)state;
    request(READ, 1, DATA, 512);
    submit(QUEUE);
    submit(0);
    expect_broken();
    put(M_STATUS, STATUS_READY);
    assert_int_equal(get(M_STATUS), STATUS_READY | NEEDS_RESET);
    put(M_STATUS, 0);
    assert_int_equal(get(M_STATUS), 0);
    assert_int_equal(get(M_INTERRUPT), 0);
    assert_int_equal(get(M_QUEUE_READY), 0);
    available = 0;
    accept_features(1ull << 32);
    start_queue(QUEUE);
    put(M_STATUS, STATUS_READY);
    submit(0);
    expect_outcome(DONE);
    assert_memory_equal(fake_ram(DATA), bytes + 512, 512);
}

static void test_queue_that_cannot_be(void **state)
{
    static const uint32_t sizes[] = {0, 3, 2 * VIRTIO_DISK_QUEUE};
    (void)state;
    for (unsigned i = 0; i < 3; i++) {
        put(M_QUEUE_READY, 0);
        start_queue(sizes[i]);
        assert_int_equal(get(M_QUEUE_READY), 0);
    }
    start_queue(VIRTIO_DISK_QUEUE);
    assert_int_equal(get(M_QUEUE_READY), 1);
    put(M_QUEUE_READY, 0);
    put_wide(M_DEVICE_RING, DEVICE + 2);
    put(M_QUEUE_READY, 1);
    assert_int_equal(get(M_QUEUE_READY), 0);
}

/* A queue in use keeps its size and places. */
static void test_queue_in_use(void **state)
{
    (void)state;
    put(M_QUEUE_SIZE, 0);
    put_wide(M_DEVICE_RING, FAKE_END);
    request(READ, 1, DATA, 512);
    submit(0);
    expect_outcome(DONE);
}

static void test_not_started(void **state)
{
    (void)state;
    request(READ, 1, DATA, 512);
    put(M_NOTIFY, 1); /* another queue */
    put(M_STATUS, 11);
    submit(0);
    assert_int_equal(given(), 0);
    assert_int_equal(get(M_INTERRUPT), 0);
    put(M_STATUS, STATUS_READY);
    put(M_NOTIFY, 0);
    expect_outcome(DONE);
}

static void test_interrupt(void **state)
{
    (void)state;
    request(READ, 1, DATA, 512);
    submit(0);
    assert_true(virtio_disk_line(&disk));
    assert_int_equal(get(M_INTERRUPT), 1);
    put(M_ACKNOWLEDGE, 1);
    assert_false(virtio_disk_line(&disk));
    put(M_NOTIFY, 0); /* nothing new */
    assert_false(virtio_disk_line(&disk));
    *fake_ram(DRIVER) = 1;
    submit(0);
    expect_outcome(DONE);
    assert_false(virtio_disk_line(&disk));
}

#define CASE(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_what_it_is),
        CASE(test_features),
        CASE(test_read),
        CASE(test_write),
        CASE(test_any_layout),
        CASE(test_many),
        CASE(test_flush),
        CASE(test_what_cannot_be_done),
        CASE(test_no_such_descriptor),
        CASE(test_endless_chain),
        CASE(test_chain_leaves_the_table),
        CASE(test_indirect),
        CASE(test_read_behind_written),
        CASE(test_no_status),
        CASE(test_short_header),
        CASE(test_status_in_private_memory),
        CASE(test_around_the_end_of_addresses),
        CASE(test_more_than_the_ring),
        CASE(test_rings_nowhere),
        CASE(test_reset),
        CASE(test_queue_that_cannot_be),
        CASE(test_queue_in_use),
        CASE(test_not_started),
        CASE(test_interrupt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
