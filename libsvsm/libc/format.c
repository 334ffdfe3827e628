/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vsnprintf: one conversion is read into a struct spec, its text is made, and padding goes around.
 *
 * Nothing is written beyond room; the result counts what would have been written without it.
 */
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct output {
    char *out;
    size_t room, length;
};

struct spec {
    bool left, zero, plus, space, alternate;
    int width, precision; /* precision < 0: none given */
    unsigned bytes;       /* of the integer */
    char conversion;
};

struct text {
    const char *prefix, *body;
    size_t prefix_length, zeros, body_length;
};

enum { DIGITS = 24 };

static void put(struct output *o, const char *text, size_t length)
{
    for (; length > 0; length--, text++, o->length++)
        if (o->length + 1 < o->room)
            o->out[o->length] = *text;
}

static void put_many(struct output *o, char letter, size_t count)
{
    for (; count > 0; count--)
        put(o, &letter, 1);
}

static const char *read_flags(const char *f, struct spec *s)
{
    for (;; f++) {
        bool *flag = *f == '-'   ? &s->left
                     : *f == '0' ? &s->zero
                     : *f == '+' ? &s->plus
                     : *f == ' ' ? &s->space
                     : *f == '#' ? &s->alternate
                                 : NULL;

        if (flag == NULL)
            return f;
        *flag = true;
    }
}

static const char *read_count(const char *f, int *count)
{
    *count = 0;
    for (; *f >= '0' && *f <= '9'; f++)
        *count = *count < INT_MAX / 10 - 1 ? *count * 10 + (*f - '0') : *count;
    return f;
}

static const char *read_length(const char *f, struct spec *s)
{
    s->bytes = sizeof(int);
    if (*f == 'l' || *f == 'z' || *f == 'j' || *f == 't') {
        s->bytes = sizeof(long);
        return f[0] == 'l' && f[1] == 'l' ? f + 2 : f + 1;
    }
    if (*f != 'h')
        return f;
    s->bytes = f[1] == 'h' ? 1 : 2;
    return f[1] == 'h' ? f + 2 : f + 1;
}

/* Least significant digit last, at the end of the buffer; nothing for zero. */
static char *make_digits(char buffer[DIGITS], uint64_t value, char conversion)
{
    const char *letters = conversion == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
    unsigned base = conversion == 'o' ? 8 : conversion == 'd' || conversion == 'u' ? 10 : 16;
    char *at = buffer + DIGITS;

    for (; value > 0; value /= base)
        *--at = letters[value % base];
    return at;
}

static const char *prefix_of(const struct spec *s, bool negative, bool is_zero)
{
    if (s->conversion == 'd')
        return negative ? "-" : s->plus ? "+" : s->space ? " " : "";
    if (s->conversion == 'p')
        return "0x";
    if (!s->alternate || is_zero)
        return "";
    return s->conversion == 'x' ? "0x" : s->conversion == 'X' ? "0X" : "";
}

/* Sign, prefix, zeros and padding of a number whose digits are known. */
static void place_number(const struct spec *s, struct text *t, bool is_zero)
{
    size_t least = s->precision >= 0 ? (size_t)s->precision : 1;
    size_t width = (size_t)s->width;

    t->zeros = t->body_length < least ? least - t->body_length : 0;
    if (s->conversion == 'o' && s->alternate && t->zeros == 0 && !(is_zero && least > 0))
        t->zeros = 1;
    if (s->zero && !s->left && s->precision < 0 &&
        t->prefix_length + t->zeros + t->body_length < width)
        t->zeros = width - t->prefix_length - t->body_length;
}

static void make_number(struct text *t, const struct spec *s, uint64_t value, char buffer[DIGITS])
{
    unsigned unused = 64 - 8 * s->bytes;
    bool negative = false;

    value = value << unused >> unused;
    if (s->conversion == 'd') {
        negative = value >> (8 * s->bytes - 1) != 0;
        value = negative ? (0 - value) << unused >> unused : value;
    }
    t->body = make_digits(buffer, value, s->conversion);
    t->body_length = (size_t)(buffer + DIGITS - t->body);
    t->prefix = prefix_of(s, negative, value == 0);
    t->prefix_length = strlen(t->prefix);
    place_number(s, t, value == 0);
}

static void put_text(struct output *o, const struct spec *s, const struct text *t)
{
    size_t length = t->prefix_length + t->zeros + t->body_length;
    size_t padding = (size_t)s->width > length ? (size_t)s->width - length : 0;

    if (!s->left)
        put_many(o, ' ', padding);
    put(o, t->prefix, t->prefix_length);
    put_many(o, '0', t->zeros);
    put(o, t->body, t->body_length);
    if (s->left)
        put_many(o, ' ', padding);
}

/* Makes the text of one conversion; false for one that does not exist. */
static bool convert(struct output *o, struct spec *s, va_list *arguments)
{
    char buffer[DIGITS];
    struct text t = {.prefix = ""};

    switch (s->conversion) {
    case 'd':
    case 'u':
    case 'x':
    case 'X':
    case 'o':
        make_number(&t, s,
                    s->bytes == 8 ? va_arg(*arguments, uint64_t) : va_arg(*arguments, unsigned),
                    buffer);
        break;
    case 'p':
        s->bytes = sizeof(void *);
        make_number(&t, s, (uintptr_t)va_arg(*arguments, void *), buffer);
        break;
    case 'c':
        buffer[0] = (char)va_arg(*arguments, int);
        t.body = buffer;
        t.body_length = 1;
        break;
    case 's':
        t.body = va_arg(*arguments, const char *);
        t.body = t.body != NULL ? t.body : "(null)";
        t.body_length = strnlen(t.body, s->precision >= 0 ? (size_t)s->precision : SIZE_MAX);
        break;
    default:
        return false;
    }
    put_text(o, s, &t);
    return true;
}

static const char *read_width(const char *f, struct spec *s, va_list *arguments)
{
    if (*f != '*')
        return read_count(f, &s->width);
    s->width = va_arg(*arguments, int);
    s->left = s->left || s->width < 0;
    s->width = s->width == INT_MIN ? INT_MAX : s->width < 0 ? -s->width : s->width;
    return f + 1;
}

static const char *read_precision(const char *f, struct spec *s, va_list *arguments)
{
    s->precision = -1;
    if (*f != '.')
        return f;
    if (f[1] != '*')
        return read_count(f + 1, &s->precision);
    s->precision = va_arg(*arguments, int);
    return f + 2;
}

/* Reads and carries out the conversion behind a '%'; NULL ends the output. */
static const char *one_conversion(struct output *o, const char *f, va_list *arguments)
{
    struct spec s = {.left = false};

    if (*f == '%') {
        put(o, f, 1);
        return f + 1;
    }
    f = read_flags(f, &s);
    f = read_width(f, &s, arguments);
    f = read_precision(f, &s, arguments);
    f = read_length(f, &s);
    s.conversion = *f == 'i' ? 'd' : *f;
    return convert(o, &s, arguments) ? f + 1 : NULL;
}

int vsnprintf(char *out, size_t room, const char *format, va_list arguments)
{
    struct output o = {out, room, 0};
    va_list rest;

    va_copy(rest, arguments);
    while (format != NULL && *format != '\0') {
        size_t plain = strcspn(format, "%");

        put(&o, format, plain);
        format += plain;
        if (*format == '%')
            format = one_conversion(&o, format + 1, &rest);
    }
    va_end(rest);
    if (room > 0)
        out[o.length < room ? o.length : room - 1] = '\0';
    return o.length > INT_MAX ? -1 : (int)o.length;
}

int snprintf(char *out, size_t room, const char *format, ...)
{
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = vsnprintf(out, room, format, arguments);
    va_end(arguments);
    return length;
}
