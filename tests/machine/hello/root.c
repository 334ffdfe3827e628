/* SPDX-License-Identifier: BSD-2-Clause */
/* Stands in for the first server: laid out by the builder and looked at by the payload, never run.
 */
void root_start(void);

void root_start(void)
{
    for (;;)
        ;
}
