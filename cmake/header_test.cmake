# SPDX-License-Identifier: Apache-2.0
# kindred_header_test(<test> <proven> <arguments of find_program>): a test that compiles every header of the library alone with
# that compiler, zero warnings allowed, but for the list <proven>. Without the compiler there is no such test, and configuring
# says so.
function(kindred_header_test test proven)
  string(MAKE_C_IDENTIFIER ${test} variable)
  find_program(${variable}_COMPILER ${ARGN})
  mark_as_advanced(${variable}_COMPILER)
  if(NOT ${variable}_COMPILER)
    message(STATUS "${test}: no such compiler, the test is left out")
    return()
  endif()
  get_target_property(places Eigen3::Eigen INTERFACE_INCLUDE_DIRECTORIES)
  add_test(NAME ${test} COMMAND ${Python3_EXECUTABLE} -B ${PROJECT_SOURCE_DIR}/tests/structure/alone.py ${${variable}_COMPILER}
                                "${KINDRED_WARNINGS}" "${places}" "${proven}")
  cmake_host_system_information(RESULT cores QUERY NUMBER_OF_LOGICAL_CORES)
  set_tests_properties(${test} PROPERTIES PROCESSORS ${cores} LABELS structure)
endfunction()
