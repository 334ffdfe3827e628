# SPDX-License-Identifier: BSD-2-Clause
# The few ways in which anything in this repository is compiled.
#
#   drupe_warnings(TARGET)               the warnings every line of ours is held to
#   drupe_freestanding(TARGET)           no libc, no host headers but the compiler's own
#   drupe_unit_test(NAME SOURCES ... [LIBS ...] [INCLUDES ...] [DEFINES ...] [ARGS ...] [LABELS ...])
#                                        a cmocka program, built with ASan and UBSan from the
#                                        sources it tests, and run by ctest under label "unit"

function(drupe_warnings target)
  target_compile_features(${target} PRIVATE c_std_11)
  target_compile_options(${target} PRIVATE
    $<$<COMPILE_LANGUAGE:C>:-std=c11 -Wall -Wextra -Werror -Wconversion -Wshadow>)
endfunction()

function(drupe_freestanding target)
  drupe_warnings(${target})
  target_compile_options(${target} PRIVATE -ffreestanding -fno-pic -fno-pie -fno-common
    -fno-asynchronous-unwind-tables -ffunction-sections -fdata-sections)
  target_link_options(${target} PRIVATE -nostdlib -static -no-pie -Wl,--build-id=none
    -Wl,--gc-sections -Wl,-z,noexecstack -Wl,--no-warn-rwx-segments)
endfunction()

set(DRUPE_SANITIZERS -fsanitize=address,undefined -fno-sanitize-recover=all
  -fno-omit-frame-pointer)

function(drupe_unit_test name)
  cmake_parse_arguments(T "" "" "SOURCES;LIBS;INCLUDES;DEFINES;ARGS;LABELS" ${ARGN})
  add_executable(${name} ${T_SOURCES})
  drupe_warnings(${name})
  set_target_properties(${name} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  target_compile_options(${name} PRIVATE ${DRUPE_SANITIZERS})
  target_link_options(${name} PRIVATE ${DRUPE_SANITIZERS})
  target_include_directories(${name} PRIVATE ${T_INCLUDES})
  target_compile_definitions(${name} PRIVATE ${T_DEFINES})
  target_link_libraries(${name} PRIVATE ${T_LIBS} cmocka)
  add_test(NAME ${name} COMMAND ${name} ${T_ARGS})
  set_tests_properties(${name} PROPERTIES LABELS "unit;${T_LABELS}" SKIP_RETURN_CODE 77
    TIMEOUT 300)
endfunction()
