/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A printf of the conversions that the machine uses: d u x s c p and %, with zero padding, width
 * and the lengths l, ll and z. Anything else is printed as it stands.
 */
#include "cpu.h"

struct sink {
    char *out;
    size_t size, length;
};

struct conversion {
    bool zeros, wide;
    unsigned width;
    char kind;
};

static void sink_put(struct sink *sink, char c)
{
    if (sink->length + 1 < sink->size)
        sink->out[sink->length] = c;
    sink->length++;
}

static void put_number(struct sink *sink, uint64_t value, unsigned base, const struct conversion *c)
{
    char digits[24];
    unsigned count = 0;
    do {
        digits[count++] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value);
    for (unsigned pad = count; pad < c->width; pad++)
        sink_put(sink, c->zeros ? '0' : ' ');
    while (count)
        sink_put(sink, digits[--count]);
}

static void put_signed(struct sink *sink, int64_t value, const struct conversion *c)
{
    if (value < 0) {
        sink_put(sink, '-');
        put_number(sink, -(uint64_t)value, 10, c);
    } else {
        put_number(sink, (uint64_t)value, 10, c);
    }
}

static void put_text(struct sink *sink, const char *text, const struct conversion *c)
{
    size_t length = strlen(text);
    for (size_t i = 0; i < length; i++)
        sink_put(sink, text[i]);
    for (size_t i = length; i < c->width; i++)
        sink_put(sink, ' ');
}

/* Reads what stands between % and the letter; returns the place of the letter. */
static const char *parse(const char *format, struct conversion *c)
{
    *c = (struct conversion){0};
    if (*format == '0') {
        c->zeros = true;
        format++;
    }
    while (*format >= '0' && *format <= '9')
        c->width = c->width * 10 + (unsigned)(*format++ - '0');
    while (*format == 'l' || *format == 'z') {
        c->wide = true;
        format++;
    }
    c->kind = *format;
    return format;
}

size_t format_arguments(char *out, size_t size, const char *format, va_list arguments)
{
    struct sink sink = {out, size, 0};
    struct conversion c;
    for (; *format; format++) {
        if (*format != '%') {
            sink_put(&sink, *format);
            continue;
        }
        format = parse(format + 1, &c);
        if (c.kind == 'd')
            put_signed(&sink, c.wide ? va_arg(arguments, int64_t) : va_arg(arguments, int), &c);
        else if (c.kind == 'u' || c.kind == 'x')
            put_number(&sink, c.wide ? va_arg(arguments, uint64_t) : va_arg(arguments, unsigned),
                       c.kind == 'u' ? 10 : 16, &c);
        else if (c.kind == 'p')
            put_number(&sink, (uint64_t)(uintptr_t)va_arg(arguments, void *), 16, &c);
        else if (c.kind == 's')
            put_text(&sink, va_arg(arguments, const char *), &c);
        else if (c.kind == 'c')
            sink_put(&sink, (char)va_arg(arguments, int));
        else
            sink_put(&sink, c.kind);
    }
    if (size)
        out[sink.length < size ? sink.length : size - 1] = 0;
    return sink.length;
}

size_t format_text(char *out, size_t size, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    size_t length = format_arguments(out, size, format, arguments);
    va_end(arguments);
    return length;
}
