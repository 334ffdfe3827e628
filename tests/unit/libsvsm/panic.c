/* SPDX-License-Identifier: BSD-2-Clause */
/* A server that finds itself broken at once. */
#include <svsm/channel.h>

int main(void)
{
    svsm_panic("the last words of a server");
}
