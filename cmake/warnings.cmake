# SPDX-License-Identifier: Apache-2.0
# The warnings that the library promises not to raise in a user's build, and that its own code is built with.
# tests/run.sh makes them errors; a user's build with a compiler that is not known yet goes on.
option(KINDRED_WARNINGS_AS_ERRORS "Stop at the first warning in this project's own programs" OFF)
set(KINDRED_WARNINGS -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion)

function(kindred_warnings target)
  set(options ${KINDRED_WARNINGS})
  if(KINDRED_WARNINGS_AS_ERRORS)
    list(APPEND options -Werror)
  endif()
  if(CMAKE_CXX_COMPILER_ID MATCHES "GNU|Clang")
    target_compile_options(${target} PRIVATE "$<$<COMPILE_LANGUAGE:CXX>:${options}>")
  endif()
  # nvcc's generated code is beyond -Wpedantic and the conversion warnings
  target_compile_options(${target} PRIVATE "$<$<COMPILE_LANGUAGE:CUDA>:-Xcompiler=-Wall,-Wextra,-Wshadow>")
  if(KINDRED_WARNINGS_AS_ERRORS)
    target_compile_options(${target} PRIVATE "$<$<COMPILE_LANGUAGE:CUDA>:SHELL:-Werror all-warnings>")
  endif()
endfunction()
