# SPDX-License-Identifier: BSD-2-Clause
# Fuzzers: libFuzzer with ASan and UBSan, which only clang has, whatever compiles the rest.
#
#   drupe_fuzzer(NAME SOURCES ... [INCLUDES ...] [DEFINES ...] [SEEDER TARGET] [RUNS N] [MAX N]
#                [LIBS ...])
#
# Builds build/fuzz/NAME/fuzzer and adds the test fuzz-NAME: N runs (20000) from a fixed seed over
# inputs of at most MAX bytes (65536). SEEDER is a program that writes first inputs into the folder
# that is its only argument. LIBS are linked as they are: library targets, archives, linker flags. tools/fuzz NAME runs the same for as long as one likes.

find_program(DRUPE_CLANG NAMES clang-14 clang)

set(DRUPE_FUZZ_FLAGS -std=c11 -g -O1 -Wall -Wextra -Werror -fno-omit-frame-pointer
  -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all)

function(drupe_fuzzer name)
  cmake_parse_arguments(F "" "SEEDER;RUNS;MAX" "SOURCES;INCLUDES;DEFINES;LIBS" ${ARGN})
  if(NOT F_RUNS)
    set(F_RUNS 20000)
  endif()
  if(NOT F_MAX)
    set(F_MAX 65536)
  endif()
  if(NOT DRUPE_CLANG)
    add_test(NAME fuzz-${name} COMMAND sh -c "echo 'skipped: clang is not installed'; exit 77")
    set_tests_properties(fuzz-${name} PROPERTIES LABELS fuzz SKIP_RETURN_CODE 77 TIMEOUT 60)
    return()
  endif()

  set(folder ${CMAKE_BINARY_DIR}/fuzz/${name})
  list(TRANSFORM F_INCLUDES PREPEND -I)
  list(TRANSFORM F_DEFINES PREPEND -D)
  set(objects)
  foreach(source ${F_SOURCES})
    cmake_path(ABSOLUTE_PATH source NORMALIZE)
    string(SHA256 hash ${source})
    string(SUBSTRING ${hash} 0 8 hash)
    cmake_path(GET source STEM stem)
    set(object ${folder}/objects/${stem}-${hash}.o)
    add_custom_command(OUTPUT ${object} DEPENDS ${source} DEPFILE ${object}.d
      COMMAND ${CMAKE_COMMAND} -E make_directory ${folder}/objects
      COMMAND ${DRUPE_CLANG} ${DRUPE_FUZZ_FLAGS} ${F_INCLUDES} ${F_DEFINES}
        -MD -MF ${object}.d -c ${source} -o ${object}
      COMMENT "Compiling ${stem}.c for the fuzzer ${name}" VERBATIM)
    list(APPEND objects ${object})
  endforeach()
  set(libraries)
  set(built)
  foreach(library ${F_LIBS})
    if(TARGET ${library})
      list(APPEND built ${library})
      list(APPEND libraries $<TARGET_FILE:${library}>)
    else()
      list(APPEND libraries ${library})
      if(IS_ABSOLUTE ${library})
        list(APPEND built ${library})
      endif()
    endif()
  endforeach()
  add_custom_command(OUTPUT ${folder}/fuzzer DEPENDS ${objects} ${built}
    COMMAND ${DRUPE_CLANG} ${DRUPE_FUZZ_FLAGS} ${objects} ${libraries} -o ${folder}/fuzzer
    COMMENT "Linking the fuzzer ${name}" VERBATIM)
  add_custom_target(fuzz-${name} ALL DEPENDS ${folder}/fuzzer)

  file(MAKE_DIRECTORY ${folder}/seeds)
  if(F_SEEDER)
    add_custom_command(OUTPUT ${folder}/seeded DEPENDS ${F_SEEDER}
      COMMAND ${F_SEEDER} ${folder}/seeds
      COMMAND ${CMAKE_COMMAND} -E touch ${folder}/seeded VERBATIM)
    add_custom_target(fuzz-${name}-seeds ALL DEPENDS ${folder}/seeded)
  endif()
  file(WRITE ${folder}/max ${F_MAX}\n)
  add_test(NAME fuzz-${name} COMMAND ${CMAKE_SOURCE_DIR}/tests/fuzz/run ${folder} ${F_RUNS})
  set_tests_properties(fuzz-${name} PROPERTIES LABELS fuzz SKIP_RETURN_CODE 77 TIMEOUT 300)
endfunction()
