/* SPDX-License-Identifier: BSD-2-Clause */
/* Text through a 16550; see console.h. */
#include "console.h"

#include "machine.h"
#include "platform.h"

enum uart {
    UART_DATA = 0,
    UART_INTERRUPTS = 1,
    UART_FIFO = 2,
    UART_LINE = 3,
    UART_MODEM = 4,
    UART_STATUS = 5,
};

#define UART_EMPTY      0x20u
#define UART_8N1        3u
#define UART_FIFOS_ON   7u
#define UART_READY      3u
#define UART_WAIT_TURNS 100000u /* a host that never empties it loses text, not the SVSM */

static uint16_t console_port;
static uint32_t busy;

static void set(enum uart which, uint8_t value)
{
    platform->port_write((uint16_t)(console_port + which), value, 1);
}

void console_start(uint16_t port)
{
    console_port = port;
    if (port == 0) {
        return;
    }
    set(UART_INTERRUPTS, 0);
    set(UART_LINE, UART_8N1);
    set(UART_FIFO, UART_FIFOS_ON);
    set(UART_MODEM, UART_READY);
}

static void put(char c)
{
    uint32_t turns = 0;

    while ((platform->port_read((uint16_t)(console_port + UART_STATUS), 1) & UART_EMPTY) == 0 &&
           turns < UART_WAIT_TURNS) {
        turns++;
    }
    set(UART_DATA, (uint8_t)c);
}

/* Words of two processors do not mix; one that dies while it writes does not stop the others. */
static void lock(void)
{
    for (uint32_t turns = 0;
         turns < UART_WAIT_TURNS && __atomic_exchange_n(&busy, 1, __ATOMIC_ACQUIRE); turns++) {
        machine_pause();
    }
}

void console_bytes(const char *bytes, uint64_t count)
{
    lock();
    for (uint64_t i = 0; console_port != 0 && i < count; i++) {
        if (bytes[i] == '\n') {
            put('\r');
        }
        put(bytes[i]);
    }
    __atomic_store_n(&busy, 0, __ATOMIC_RELEASE);
}

void console_text(const char *text)
{
    uint64_t length = 0;

    while (text[length] != 0) {
        length++;
    }
    console_bytes(text, length);
}

void console_hex(uint64_t value)
{
    char text[18] = "0x";

    for (int i = 0; i < 16; i++) {
        text[2 + i] = "0123456789abcdef"[value >> (60 - 4 * i) & 15];
    }
    console_bytes(text, sizeof(text));
}

void console_number(uint64_t value)
{
    char text[20];
    int start = sizeof(text);

    do {
        text[--start] = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0);
    console_bytes(text + start, (uint64_t)(sizeof(text) - (unsigned int)start));
}
