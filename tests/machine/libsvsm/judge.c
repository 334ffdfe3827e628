/* SPDX-License-Identifier: BSD-2-Clause */
/* Sends the edge over it in every way, and sees what is left; see edge.h. */
#include "edge.h"
#include "test.h"

#define EDGE 1u /* its place in the manifest */

static struct channel *edge;

/* Calls until the edge is there again; how often it said that it had been restarted. */
static unsigned settle(void)
{
    struct edge_canary_out out;
    unsigned restarted = 0;
    enum svsm_status status;

    while ((status = edge_canary(edge, NULL, &out)) != SVSM_OK) {
        test_expect(status == SVSM_RESTARTED || status == SVSM_AWAY, "restarted or away");
        restarted += status == SVSM_RESTARTED;
    }
    return restarted;
}

static void ends(void)
{
    for (uint8_t way = EDGE_EXIT; way < EDGE_WAYS; way++) {
        struct test_look before = test_look(EDGE), after;

        test_equal(edge_end(edge, &(struct edge_end_in){way}, NULL), SVSM_RESTARTED,
                   "the answer of a server that ends");
        settle();
        after = test_look(EDGE);
        test_equal(after.ends, before.ends + 1, "ends");
        test_equal(after.generation, before.generation + 1, "the generation");
    }
    test_say("libsvsm: ends done\n");
}

static uint64_t canary_now(void)
{
    struct edge_canary_out out = {0};

    test_equal(edge_canary(edge, NULL, &out), SVSM_OK, "canary");
    return out.canary;
}

/* Each life has another one, none of them easy to write over. */
static void canaries(void)
{
    uint64_t first = canary_now(), second;

    test_kill(EDGE);
    settle();
    second = canary_now();
    test_expect(first != second && first != 0 && second != 0, "canaries differ");
    test_expect((first & 0xff) == 0 && (second & 0xff) == 0, "and end strings");
}

static struct edge_use_out use(uint32_t stack, uint32_t heap)
{
    struct edge_use_out out = {0};

    test_equal(edge_use(edge, &(struct edge_use_in){stack, heap}, &out), SVSM_OK, "use");
    return out;
}

/* High-water marks: they rise with what is used, and never fall. */
static void marks(void)
{
    struct edge_use_out little = use(16, 16), much = use(3000, 2000), again = use(16, 16);

    test_expect(little.stack > 0 && little.stack < 2000, "a little of the stack");
    test_expect(much.stack >= little.stack + 2700 && much.stack < little.stack + 3100,
                "as much more as was used");
    test_expect(little.heap >= 16 && little.heap < 1000, "a little of the heap");
    test_expect(much.heap >= 2000 && much.heap < 3000, "as much as was used");
    test_expect(again.stack == much.stack && again.heap == much.heap, "they stay");
    test_equal(edge_use(edge, &(struct edge_use_in){16, 1u << 20}, &again), SVSM_NO_MEMORY,
               "a heap ends");
    test_say("libsvsm: stack");
    test_number("little", little.stack);
    test_number("much", much.stack);
    test_say("\n");
}

int main(void)
{
    edge = channel_find("edge");
    test_expect(edge != NULL, "a channel to the edge");
    settle();
    ends();
    canaries();
    marks();
    test_end(true);
}
