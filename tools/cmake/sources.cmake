# SPDX-License-Identifier: BSD-2-Clause
# Third-party sources, by name: drupe_source(wolfssl) sets wolfssl_SOURCE to the unpacked tree.
# tools/sources knows where they come from and which hash they must have.

function(drupe_source name)
  execute_process(COMMAND ${CMAKE_SOURCE_DIR}/tools/sources --path ${name}
    OUTPUT_VARIABLE path OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE status)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "the source of ${name} is missing; tools/sources says why, above.")
  endif()
  set(${name}_SOURCE ${path} PARENT_SCOPE)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
    ${CMAKE_SOURCE_DIR}/tools/sources.pins)
endfunction()
