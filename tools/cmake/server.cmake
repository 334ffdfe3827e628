# SPDX-License-Identifier: BSD-2-Clause
# Servers: each from its sources once as an image for CPL3 and once as a Linux program for tests.
#
#   drupe_server(NAME SOURCES ... [INCLUDES ...] [DEFINES ...] [LIBS ...] [LINUX_LIBS ...]
#                [HOOKS] [KERNEL_ONLY] [SIMD])
#
# makes the targets NAME-server (file NAME.elf: static, at CPL3, nothing writable executable, stack
# protector) and NAME-linux (with ASan and UBSan; libsvsm/linux is underneath). main() is the
# server's. LIBS are freestanding libraries for the image, LINUX_LIBS their twins. HOOKS links the
# library that calls svsm_hook() (svsm/hook.h), for tests. KERNEL_ONLY leaves the program out.
# A large frame touches each of its pages in order, so it cannot step over the guard page below the
# stack. Images use general registers only, unless SIMD says otherwise: a server that touches a vector
# register makes the kernel save and load 512 bytes and more at each of its messages.

set(DRUPE_LIBSVSM ${CMAKE_SOURCE_DIR}/libsvsm)

function(drupe_cpl3 target)
  drupe_freestanding(${target})
  target_compile_options(${target} PRIVATE -mno-avx
    $<$<COMPILE_LANGUAGE:C>:-O2 -g -fstack-protector-strong -fstack-clash-protection>)
endfunction()

function(drupe_server name)
  cmake_parse_arguments(S "HOOKS;KERNEL_ONLY;SIMD" "" "SOURCES;INCLUDES;DEFINES;LIBS;LINUX_LIBS" ${ARGN})
  set(hooks "")
  if(S_HOOKS)
    set(hooks _hooks)
    list(APPEND S_DEFINES SVSM_HOOKS)
  endif()

  add_executable(${name}-server ${S_SOURCES})
  drupe_cpl3(${name}-server)
  if(NOT S_SIMD)
    target_compile_options(${name}-server PRIVATE -mgeneral-regs-only)
  endif()
  target_include_directories(${name}-server PRIVATE ${S_INCLUDES})
  target_compile_definitions(${name}-server PRIVATE main=server_main ${S_DEFINES})
  target_link_libraries(${name}-server PRIVATE svsm_kernel${hooks} ${S_LIBS} svsm_libc gcc)
  target_link_options(${name}-server PRIVATE -T ${DRUPE_LIBSVSM}/kernel/server.ld
    -Wl,-z,max-page-size=4096)
  set_target_properties(${name}-server PROPERTIES OUTPUT_NAME ${name}.elf
    RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/servers
    LINK_DEPENDS ${DRUPE_LIBSVSM}/kernel/server.ld)

  if(NOT S_KERNEL_ONLY)
    add_executable(${name}-linux ${S_SOURCES})
    drupe_warnings(${name}-linux)
    target_compile_options(${name}-linux PRIVATE ${DRUPE_SANITIZERS})
    target_link_options(${name}-linux PRIVATE ${DRUPE_SANITIZERS})
    target_include_directories(${name}-linux PRIVATE ${S_INCLUDES})
    target_compile_definitions(${name}-linux PRIVATE main=server_main ${S_DEFINES})
    target_link_libraries(${name}-linux PRIVATE svsm_linux${hooks} ${S_LINUX_LIBS})
    set_target_properties(${name}-linux PROPERTIES
      RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/servers)
  endif()
endfunction()
