/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Host calls: the right to ask the host for one kind of thing.
 *
 * HostControl_Get makes a HostCall capability of one class, with one page the host can read where
 * the class uses one, and one argument that bounds it. HostCall_Invoke passes four words and gets
 * four back; all are checked against the argument before the host sees anything.
 */
#ifndef SVSM_HOSTCALL_H
#define SVSM_HOSTCALL_H

enum svsm_host_class {
    /* Writes bytes of the page to the console: words {offset, length}. */
    SVSM_HOST_CONSOLE = 1,
    /* A message to the security processor, already encrypted: request in the first half of the
       page, answer in the second: words {0}; results {0, the host's status}: 0, or the firmware's
       error in the low half and the host's in the high one; 2 << 32 means to send the same again.
     */
    SVSM_HOST_GUEST_REQUEST = 2,
    /* One access to device registers. Argument: the first byte's physical address, 4 KiB long.
       Words {offset, width in bytes, 1 to write, value}; results {value}. */
    SVSM_HOST_MMIO = 3,
    /* One access to a port. Argument: first port | count << 16. Words as for MMIO. */
    SVSM_HOST_PORT = 4,
    SVSM_HOST_CLASSES,
};

#endif
