/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * regexec: all threads of the program step through the text together, in order of priority; of
 * several at the same instruction the first stays. So time is bounded by text times program.
 */
#include "regex.h"
#include "regex_program.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct positions {
    int at[2 * REGEX_GROUPS];
};

struct thread {
    unsigned where;
    struct positions positions;
};

struct threads {
    unsigned count;
    struct thread thread[REGEX_INSTRUCTIONS];
};

struct machine {
    const struct regex_program *program;
    const char *text;
    int at;
    bool seen[REGEX_INSTRUCTIONS]; /* at this position */
    struct threads *now, *next, lists[2];
    struct threads pending; /* while the way to letters is followed: a stack */
    struct positions best;
    bool matched;
};

static bool condition_holds(const struct machine *m, enum regex_op op)
{
    return op == REGEX_BEGIN ? m->at == 0 : m->text[m->at] == '\0';
}

static void push(struct machine *m, unsigned where, const struct positions *positions)
{
    if (m->seen[where] || m->pending.count == REGEX_INSTRUCTIONS)
        return;
    m->pending.thread[m->pending.count++] = (struct thread){where, *positions};
}

static void push_split(struct machine *m, const struct thread *t)
{
    const struct regex_instruction *i = &m->program->code[t->where];
    unsigned other = (unsigned)((int)t->where + i->other);

    push(m, i->greedy ? other : t->where + 1, &t->positions);
    push(m, i->greedy ? t->where + 1 : other, &t->positions);
}

/* One instruction that takes no letter; those that do wait in the list. */
static void follow_one(struct machine *m, struct threads *list, struct thread *t)
{
    const struct regex_instruction *i = &m->program->code[t->where];

    switch ((enum regex_op)i->op) {
    case REGEX_SET:
    case REGEX_MATCH:
        list->thread[list->count++] = *t;
        break;
    case REGEX_SPLIT:
        push_split(m, t);
        break;
    case REGEX_JUMP:
        push(m, (unsigned)((int)t->where + i->other), &t->positions);
        break;
    case REGEX_SAVE:
        t->positions.at[i->argument] = m->at;
        push(m, t->where + 1, &t->positions);
        break;
    case REGEX_BEGIN:
    case REGEX_END:
        if (condition_holds(m, i->op))
            push(m, t->where + 1, &t->positions);
        break;
    }
}

/* Adds to the list where a thread stands once it needs a letter, in order of priority. */
static void follow(struct machine *m, struct threads *list, const struct thread *start)
{
    m->pending.count = 0;
    push(m, start->where, &start->positions);
    while (m->pending.count > 0) {
        struct thread t = m->pending.thread[--m->pending.count];

        if (m->seen[t.where])
            continue;
        m->seen[t.where] = true;
        follow_one(m, list, &t);
    }
}

static bool takes(const struct regex_program *p, const struct regex_instruction *i, char letter)
{
    unsigned char l = (unsigned char)letter;

    return p->set[i->argument].letters[l / 32] >> l % 32 & 1;
}

/* Hands the letter to every thread. A match ends the threads of lower priority. */
static void step(struct machine *m)
{
    char letter = m->text[m->at++];

    memset(m->seen, 0, sizeof m->seen);
    m->next->count = 0;
    for (unsigned n = 0; n < m->now->count; n++) {
        struct thread *t = &m->now->thread[n];
        const struct regex_instruction *i = &m->program->code[t->where];

        if (i->op == REGEX_MATCH) {
            m->best = t->positions;
            m->matched = true;
            break;
        }
        if (letter != '\0' && takes(m->program, i, letter)) {
            struct thread on = {t->where + 1, t->positions};

            follow(m, m->next, &on);
        }
    }
}

/* A match may begin anywhere: a new thread at each position, behind the older ones. */
static void run(struct machine *m)
{
    struct thread fresh = {.where = 0};
    struct threads *swap;
    bool ended = false;

    m->now = &m->lists[0];
    m->next = &m->lists[1];
    memset(&fresh.positions, 0xff, sizeof fresh.positions);
    while (!ended) {
        if (!m->matched)
            follow(m, m->now, &fresh);
        ended = m->text[m->at] == '\0';
        step(m);
        swap = m->now;
        m->now = m->next;
        m->next = swap;
        ended = ended || (m->matched && m->now->count == 0);
    }
}

/* style: the parameters are POSIX's */
int regexec(const regex_t *regex, const char *text, size_t count, regmatch_t match[], int flags)
{
    struct machine *m = calloc(1, sizeof *m);
    int result;

    (void)flags;
    if (m == NULL)
        return REG_ESPACE;
    m->program = regex->program;
    m->text = text;
    run(m);
    for (size_t i = 0; m->matched && i < count; i++) {
        bool noted = i < REGEX_GROUPS;

        match[i].rm_so = noted ? m->best.at[2 * i] : -1;
        match[i].rm_eo = noted ? m->best.at[2 * i + 1] : -1;
    }
    result = m->matched ? 0 : REG_NOMATCH;
    free(m);
    return result;
}
