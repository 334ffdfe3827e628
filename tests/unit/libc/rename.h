/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Gives every function of libsvsm/libc another name, so that it can be linked into a program of the
 * build machine beside glibc's. Included in front of libsvsm/libc's files, assembler too: macros
 * only. ours.h declares the new names for the tests.
 */
#ifndef LIBC_RENAME_H
#define LIBC_RENAME_H

#define memcpy      our_memcpy
#define memmove     our_memmove
#define memset      our_memset
#define memcmp      our_memcmp
#define memchr      our_memchr
#define strlen      our_strlen
#define strnlen     our_strnlen
#define strcmp      our_strcmp
#define strncmp     our_strncmp
#define strcasecmp  our_strcasecmp
#define strncasecmp our_strncasecmp
#define strchr      our_strchr
#define strrchr     our_strrchr
#define strstr      our_strstr
#define strspn      our_strspn
#define strcspn     our_strcspn
#define index       our_index
#define strdup      our_strdup
#define strndup     our_strndup
#define strerror    our_strerror
#define malloc      our_malloc
#define calloc      our_calloc
#define realloc     our_realloc
#define free        our_free
#define strtoul     our_strtoul
#define strtol      our_strtol
#define abort       our_abort
#define snprintf    our_snprintf
#define vsnprintf   our_vsnprintf
#define setjmp      our_setjmp
#define _setjmp     our__setjmp
#define longjmp     our_longjmp
#define regcomp     our_regcomp
#define regexec     our_regexec
#define regfree     our_regfree

#define __longjmp_chk    our_longjmp_chk
#define __assert_fail    our_assert_fail
#define __memcpy_chk     our_memcpy_chk
#define __memset_chk     our_memset_chk
#define __snprintf_chk   our_snprintf_chk
#define __vsnprintf_chk  our_vsnprintf_chk
#define __asprintf_chk   our_asprintf_chk
#define __vasprintf_chk  our_vasprintf_chk
#define __dprintf_chk    our_dprintf_chk
#define __vdprintf_chk   our_vdprintf_chk
#define __isoc23_strtoul our_isoc23_strtoul
#define __ctype_b_loc    our_ctype_b_loc
#define __errno_location our_errno_location

#endif
