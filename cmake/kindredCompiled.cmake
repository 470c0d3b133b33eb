# SPDX-License-Identifier: Apache-2.0
# kindred::compiled: what need not be compiled in every translation unit, built once in the consumer's own tree with the
# consumer's flags, so that -march, sanitizers and link-time optimization always match.

# kindred_add_compiled(<target>): another such library, for a tree that needs one with other flags (a sanitizer, a CBLAS).
function(kindred_add_compiled target)
  # one unit per room, so that they compile side by side
  set(sources)
  foreach(room IN ITEMS backend core io linalg loss op optimizer projection text visual)
    set(source ${CMAKE_CURRENT_BINARY_DIR}/${target}_${room}.cpp)
    file(GENERATE OUTPUT ${source} CONTENT "#include <kindred/${room}/compiled.hpp>\n")
    list(APPEND sources ${source})
  endforeach()
  add_library(${target} STATIC EXCLUDE_FROM_ALL ${sources})
  target_link_libraries(${target} PUBLIC kindred::kindred)
  # Eigen inside stays on one thread even where the consumer compiles with OpenMP: the bytes of a fit must not depend on it
  target_compile_definitions(${target} PUBLIC KINDRED_COMPILED PRIVATE EIGEN_DONT_PARALLELIZE)
endfunction()

if(NOT TARGET kindred::compiled)
  kindred_add_compiled(kindred_compiled)
  add_library(kindred::compiled ALIAS kindred_compiled)
endif()
