# SPDX-License-Identifier: Apache-2.0
# kindred::compiled: what need not be compiled in every translation unit, built once in the consumer's own tree with the
# consumer's flags, so that -march, sanitizers and link-time optimization always match.

# Set before by a project that uses some rooms only: those and the ones of lower levels that they include.
if(NOT KINDRED_COMPILED_ROOMS)
  set(KINDRED_COMPILED_ROOMS backend core io linalg loss op optimizer projection text unicode visual words)
endif()

# kindred_add_compiled(<target>): another such library, for a tree that needs one with other flags (a sanitizer, a CBLAS).
function(kindred_add_compiled target)
  # one unit per room, so that they compile side by side
  set(sources)
  foreach(room IN LISTS KINDRED_COMPILED_ROOMS)
    set(source ${CMAKE_CURRENT_BINARY_DIR}/${target}_${room}.cpp)
    file(GENERATE OUTPUT ${source} CONTENT "#include <kindred/${room}/detail/compiled.hpp>\n")
    list(APPEND sources ${source})
  endforeach()
  add_library(${target} STATIC EXCLUDE_FROM_ALL ${sources})
  target_link_libraries(${target} PUBLIC kindred::kindred)
  # Eigen inside stays on one thread even where the consumer compiles with OpenMP: the bytes of a fit must not depend on it
  target_compile_definitions(${target} PUBLIC KINDRED_COMPILED PRIVATE EIGEN_DONT_PARALLELIZE)
  # so that a shared library can take it in: a plug-in, a module of Python or Node
  set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE ON)
endfunction()

if(NOT TARGET kindred::compiled)
  kindred_add_compiled(kindred_compiled)
  # imported, not an alias: an exported library that links it names it, and does not have to export kindred_compiled
  add_library(kindred::compiled INTERFACE IMPORTED GLOBAL)
  target_link_libraries(kindred::compiled INTERFACE kindred_compiled)
endif()
