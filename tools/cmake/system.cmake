# SPDX-License-Identifier: BSD-2-Clause
# A whole system from its manifest: servers, kernel and manifest in one file, all of it measured.
#
#   drupe_manifest(OUTPUT FILE.dtb SOURCE FILE.dts [INCLUDES FILE.dts ...] [IMAGES NAME=ELF ...]
#                  [DEPENDS ...])
#       compiles a manifest and checks it, against the images too if there are any; a mistake ends
#       the build with its line and reason
#
#   drupe_system(NAME MANIFEST FILE.dts INIT TARGET [KERNEL TARGET] SERVERS IMAGE=TARGET ...
#                [INCLUDES FILE.dts ...] [OPTIONS WORD ...])
#       makes NAME.igvm (native and SNP) and NAME.elf (PVH) in the current build folder, and the
#       target NAME, which makes both; NAME.layout is the same for "igvm build --layout", to which
#       others add a guest. INIT, KERNEL (the target "kernel" by default) and the servers
#       are executable targets; IMAGE is the name the manifest has for a server's file, which goes
#       in without its symbols. OPTIONS go to "igvm build" (--guest-kernel and the like). The manifest
#       is the archive's file "manifest".

find_program(DRUPE_DTC dtc REQUIRED)

function(drupe_manifest)
  cmake_parse_arguments(M "" "OUTPUT;SOURCE" "INCLUDES;IMAGES;DEPENDS" ${ARGN})
  cmake_path(ABSOLUTE_PATH M_SOURCE NORMALIZE)
  set(images)
  foreach(image ${M_IMAGES})
    list(APPEND images --image ${image})
  endforeach()
  cmake_path(GET M_SOURCE FILENAME name)
  add_custom_command(OUTPUT ${M_OUTPUT} ${M_OUTPUT}.lines
    DEPENDS ${M_SOURCE} ${M_INCLUDES} ${M_DEPENDS} manifest_program
    COMMAND ${DRUPE_DTC} -q -I dts -O dtb -o ${M_OUTPUT}.unchecked ${M_SOURCE}
    COMMAND ${DRUPE_DTC} -q -q -T -T -I dts -O dts -o ${M_OUTPUT}.lines ${M_SOURCE}
    COMMAND manifest_program check --source ${M_SOURCE} --lines ${M_OUTPUT}.lines ${images} ${M_OUTPUT}.unchecked
    COMMAND ${CMAKE_COMMAND} -E copy ${M_OUTPUT}.unchecked ${M_OUTPUT}
    COMMENT "Checking the manifest ${name}" VERBATIM)
endfunction()

function(drupe_system name)
  cmake_parse_arguments(S "" "MANIFEST;INIT;KERNEL" "SERVERS;INCLUDES;OPTIONS" ${ARGN})
  if(NOT S_KERNEL)
    set(S_KERNEL kernel)
  endif()
  set(tree ${CMAKE_CURRENT_BINARY_DIR}/${name}.dtb)
  set(files --file manifest=${tree})
  set(layout "file manifest=${tree}\n")
  set(images)
  set(stripped)
  set(targets ${S_KERNEL} ${S_INIT})
  foreach(server ${S_SERVERS})
    string(REGEX MATCH "^([^=]+)=(.+)$" found ${server})
    if(NOT found)
      message(FATAL_ERROR "drupe_system(${name}): SERVERS takes IMAGE=TARGET, not ${server}")
    endif()
    set(image ${CMAKE_MATCH_1})
    set(target ${CMAKE_MATCH_2})
    set(file ${CMAKE_CURRENT_BINARY_DIR}/${name}.${image})
    add_custom_command(OUTPUT ${file} DEPENDS ${target}
      COMMAND ${CMAKE_OBJCOPY} --strip-all $<TARGET_FILE:${target}> ${file} VERBATIM)
    list(APPEND images ${image}=${file})
    list(APPEND files --file ${image}=${file})
    list(APPEND stripped ${file})
    string(APPEND layout "file ${image}=${file}\n")
  endforeach()
  drupe_manifest(OUTPUT ${tree} SOURCE ${S_MANIFEST} INCLUDES ${S_INCLUDES} IMAGES ${images}
    DEPENDS ${stripped})
  file(GENERATE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/${name}.layout CONTENT
    "kernel $<TARGET_FILE:${S_KERNEL}>\nroot $<TARGET_FILE:${S_INIT}>\n${layout}")
  set(igvm ${CMAKE_CURRENT_BINARY_DIR}/${name}.igvm)
  set(elf ${CMAKE_CURRENT_BINARY_DIR}/${name}.elf)
  add_custom_command(OUTPUT ${igvm} ${elf} DEPENDS igvm_program ${targets} ${stripped} ${tree}
    COMMAND igvm_program build --kernel $<TARGET_FILE:${S_KERNEL}>
      --root $<TARGET_FILE:${S_INIT}> ${files} -o ${igvm} --pvh ${elf} ${S_OPTIONS}
    COMMENT "Packing the system ${name}" VERBATIM)
  add_custom_target(${name} ALL DEPENDS ${igvm} ${elf})
endfunction()
