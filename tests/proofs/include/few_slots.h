/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For proofs over a few slots: each is an object of its own, found by cases from its number, for
 * CBMC takes a pointer to a numbered element of an array as one to any byte of it, and what is read
 * through that as any bytes. Included before the sources, of which none may count on slots that lie
 * side by side.
 */
#ifndef FEW_SLOTS_H
#define FEW_SLOTS_H

#define slot_at     slot_at_in_the_window
#define slot_number slot_number_in_the_window
#include "cap.h"
#undef slot_at
#undef slot_number

#include "proof.h"

#define SLOTS 6u /* and number 0 is none */

static struct slot slot_0, slot_1, slot_2, slot_3, slot_4, slot_5;

static struct slot *slot_at(uint32_t number)
{
    if (number == 1)
        return &slot_1;
    if (number == 2)
        return &slot_2;
    if (number == 3)
        return &slot_3;
    if (number == 4)
        return &slot_4;
    if (number == 5)
        return &slot_5;
    ASSERT(number == 0, "a slot there is");
    return &slot_0;
}

static uint32_t slot_number(const struct slot *slot)
{
    uint32_t number = 0;

    while (number < SLOTS && slot_at(number) != slot)
        number++;
    ASSERT(number < SLOTS, "a slot there is");
    return number;
}

static void any_slots(void)
{
    ANYTHING(&slot_1);
    ANYTHING(&slot_2);
    ANYTHING(&slot_3);
    ANYTHING(&slot_4);
    ANYTHING(&slot_5);
}

#endif
