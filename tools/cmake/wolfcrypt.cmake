# SPDX-License-Identifier: BSD-2-Clause
# wolfCrypt, compiled from its pinned source with the settings of whoever uses it.
#
#   drupe_wolfcrypt(NAME SETTINGS DIR FILES sha512.c ... [FREESTANDING] [OPTIONS ...])
#
# DIR holds a user_settings.h; FILES are names below wolfcrypt/src. The result is a static library
# that hands its include paths and settings to whoever links it. Warnings are wolfSSL's business.

drupe_source(wolfssl)

function(drupe_wolfcrypt name)
  cmake_parse_arguments(W "FREESTANDING" "SETTINGS" "FILES;OPTIONS" ${ARGN})
  list(TRANSFORM W_FILES PREPEND ${wolfssl_SOURCE}/wolfcrypt/src/)
  add_library(${name} STATIC ${W_FILES})
  target_include_directories(${name} SYSTEM PUBLIC ${wolfssl_SOURCE})
  target_include_directories(${name} PUBLIC ${W_SETTINGS})
  target_compile_definitions(${name} PUBLIC WOLFSSL_USER_SETTINGS)
  target_compile_options(${name} PRIVATE -w ${W_OPTIONS})
  if(W_FREESTANDING)
    target_compile_options(${name} PRIVATE -ffreestanding -fno-pic -fno-pie -fno-common
      -fno-asynchronous-unwind-tables -ffunction-sections -fdata-sections)
  endif()
endfunction()
