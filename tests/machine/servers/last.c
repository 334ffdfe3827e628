/* SPDX-License-Identifier: BSD-2-Clause */
/* A server the system can not go on without, and which ends. */
int main(void)
{
    __asm__ volatile("ud2");
    return 0;
}
