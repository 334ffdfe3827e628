/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * regcomp: alternatives of sequences of repeated atoms, compiled while they are read.
 */
#include "regex.h"
#include "regex_program.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH = 8 };

struct compiler {
    struct regex_program *program;
    const char *at;
    unsigned groups, depth;
    bool bad;
};

static void compile_alternatives(struct compiler *c);

static void emit(struct compiler *c, struct regex_instruction instruction)
{
    if (c->program->count == REGEX_INSTRUCTIONS)
        c->bad = true;
    else
        c->program->code[c->program->count++] = instruction;
}

/* Puts an instruction in front of those from `where` on. */
static void insert(struct compiler *c, unsigned where, struct regex_instruction instruction)
{
    struct regex_instruction *code = c->program->code;

    emit(c, instruction);
    if (c->bad)
        return;
    memmove(code + where + 1, code + where, (c->program->count - 1 - where) * sizeof *code);
    code[where] = instruction;
}

static void set_add(struct regex_set *set, unsigned char letter)
{
    set->letters[letter / 32] |= UINT32_C(1) << letter % 32;
}

static void emit_set(struct compiler *c, const struct regex_set *set)
{
    if (c->program->sets == REGEX_SETS) {
        c->bad = true;
        return;
    }
    c->program->set[c->program->sets] = *set;
    emit(c, (struct regex_instruction){.op = REGEX_SET, .argument = (uint8_t)c->program->sets++});
}

/* "[:space:]" and "[:digit:]", behind the bracket. */
static bool read_class(struct compiler *c, struct regex_set *set)
{
    static const struct {
        const char *name, *letters;
    } classes[] = {{":space:]", " \t\n\v\f\r"}, {":digit:]", "0123456789"}};

    for (unsigned i = 0; i < sizeof classes / sizeof classes[0]; i++) {
        size_t length = strlen(classes[i].name);

        if (strncmp(c->at, classes[i].name, length) != 0)
            continue;
        c->at += length;
        for (const char *l = classes[i].letters; *l != '\0'; l++)
            set_add(set, (unsigned char)*l);
        return true;
    }
    return false;
}

/* One member of a set: a class, a range or a letter. */
static void read_member(struct compiler *c, struct regex_set *set)
{
    unsigned char first = (unsigned char)*c->at++, last = first;

    if (first == '[' && (*c->at == ':' || *c->at == '.' || *c->at == '=')) {
        c->bad = c->bad || !read_class(c, set);
        return;
    }
    if (c->at[0] == '-' && c->at[1] != ']' && c->at[1] != '\0') {
        last = (unsigned char)c->at[1];
        c->at += 2;
    }
    if (last < first)
        c->bad = true;
    for (unsigned letter = first; letter <= last; letter++)
        set_add(set, (unsigned char)letter);
}

/* The rest of a set, behind its bracket. The first member may be the closing bracket itself. */
static void compile_set(struct compiler *c)
{
    struct regex_set set = {{0}};
    bool inverted = *c->at == '^';

    c->at += inverted;
    do {
        if (*c->at == '\0')
            c->bad = true;
        else
            read_member(c, &set);
    } while (!c->bad && *c->at != ']');
    if (c->bad)
        return;
    c->at++;
    for (unsigned i = 0; inverted && i < 8; i++)
        set.letters[i] = ~set.letters[i];
    emit_set(c, &set);
}

static void compile_letter(struct compiler *c, char letter)
{
    struct regex_set set = {{0}};

    set_add(&set, (unsigned char)letter);
    emit_set(c, &set);
}

static void compile_any(struct compiler *c)
{
    struct regex_set set;

    memset(&set, 0xff, sizeof set);
    emit_set(c, &set);
}

static void compile_group(struct compiler *c)
{
    unsigned group = ++c->groups;
    bool noted = group < REGEX_GROUPS;

    if (++c->depth > DEPTH) {
        c->bad = true;
        return;
    }
    if (noted)
        emit(c, (struct regex_instruction){.op = REGEX_SAVE, .argument = (uint8_t)(2 * group)});
    compile_alternatives(c);
    if (noted)
        emit(c, (struct regex_instruction){.op = REGEX_SAVE, .argument = (uint8_t)(2 * group + 1)});
    if (*c->at != ')')
        c->bad = true;
    else
        c->at++;
    c->depth--;
}

static void compile_atom(struct compiler *c)
{
    char letter = *c->at++;

    if (letter == '(')
        compile_group(c);
    else if (letter == '[')
        compile_set(c);
    else if (letter == '.')
        compile_any(c);
    else if (letter == '^')
        emit(c, (struct regex_instruction){.op = REGEX_BEGIN});
    else if (letter == '$')
        emit(c, (struct regex_instruction){.op = REGEX_END});
    else if (letter == '\\' && *c->at != '\0')
        compile_letter(c, *c->at++);
    else if (strchr("*+?{)\\", letter) != NULL)
        c->bad = true;
    else
        compile_letter(c, letter);
}

/* Repeats what was compiled from `where` on. */
static void compile_repetition(struct compiler *c, unsigned where, char kind)
{
    int length = (int)(c->program->count - where);
    struct regex_instruction over = {.op = REGEX_SPLIT, .greedy = 1};
    struct regex_instruction back = {.op = REGEX_JUMP};

    if (kind == '+') {
        over.greedy = 0;
        over.other = (int16_t)-length;
        emit(c, over);
        return;
    }
    over.other = (int16_t)(length + (kind == '*' ? 2 : 1));
    insert(c, where, over);
    back.other = (int16_t) - (length + 1);
    if (kind == '*')
        emit(c, back);
}

static void compile_sequence(struct compiler *c)
{
    while (!c->bad && *c->at != '\0' && *c->at != '|' && !(*c->at == ')' && c->depth > 0)) {
        unsigned where = c->program->count;

        compile_atom(c);
        while (!c->bad && *c->at != '\0' && strchr("*+?", *c->at) != NULL)
            compile_repetition(c, where, *c->at++);
        if (*c->at == '{')
            c->bad = true;
    }
}

static void compile_alternatives(struct compiler *c)
{
    unsigned where = c->program->count;

    compile_sequence(c);
    while (!c->bad && *c->at == '|') {
        int length = (int)(c->program->count - where);
        unsigned jump;

        c->at++;
        insert(c, where,
               (struct regex_instruction){
                   .op = REGEX_SPLIT, .greedy = 1, .other = (int16_t)(length + 2)});
        jump = c->program->count;
        emit(c, (struct regex_instruction){.op = REGEX_JUMP});
        compile_alternatives(c);
        if (!c->bad)
            c->program->code[jump].other = (int16_t)(c->program->count - jump);
    }
}

int regcomp(regex_t *regex, const char *pattern, int flags)
{
    struct compiler c = {.at = pattern};

    (void)flags;
    memset(regex, 0, sizeof *regex);
    c.program = calloc(1, sizeof *c.program);
    if (c.program == NULL)
        return REG_ESPACE;
    emit(&c, (struct regex_instruction){.op = REGEX_SAVE, .argument = 0});
    compile_alternatives(&c);
    emit(&c, (struct regex_instruction){.op = REGEX_SAVE, .argument = 1});
    emit(&c, (struct regex_instruction){.op = REGEX_MATCH});
    if (c.bad || *c.at != '\0') {
        free(c.program);
        return REG_BADPAT;
    }
    regex->program = c.program;
    regex->re_nsub = c.groups;
    return 0;
}

void regfree(regex_t *regex)
{
    free(regex->program);
    regex->program = NULL;
}
