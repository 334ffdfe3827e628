/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A client that is ended in the middle of a call, during which the server hears of its successor;
 * the service must be told of that one all the same. The exit status says whether it was.
 */
#include "bell.h"

int main(void)
{
    struct channel *bell = channel_find("bell");
    struct bell_look_out out = {0};

    if (server_start()->generation == 1) {
        bell_linger(bell, NULL, NULL);
        return 1;
    }
    return bell_look(bell, NULL, &out) == SVSM_OK && out.restarts == 1 ? 0 : 2;
}
