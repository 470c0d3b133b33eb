# SPDX-License-Identifier: Apache-2.0
# kindred::cuda: what a .cu file that includes <kindred/backend/cuda.cuh> needs. Its options touch the CUDA language only.
# No architecture is set: that is CMAKE_CUDA_ARCHITECTURES of the consumer. The CUDA runtime is the one CMake links.
if(NOT TARGET kindred::cuda)
  add_library(kindred_cuda INTERFACE)
  add_library(kindred::cuda INTERFACE IMPORTED GLOBAL)  # see kindredCompiled.cmake
  target_link_libraries(kindred::cuda INTERFACE kindred_cuda)
  target_link_libraries(kindred_cuda INTERFACE kindred::kindred CUDA::cublas)
  # Without it Eigen drops to one SIMD lane in .cu files yet keeps its mangled names, and slows down the .cpp files too.
  target_compile_definitions(kindred_cuda INTERFACE $<$<COMPILE_LANGUAGE:CUDA>:EIGEN_NO_CUDA>)
  if("cuda_std_20" IN_LIST CMAKE_CUDA_COMPILE_FEATURES)
    target_compile_features(kindred_cuda INTERFACE cuda_std_20)
  else()
    # CMake 3.25 does not know that nvcc 12 and later speak C++20
    target_compile_options(kindred_cuda INTERFACE $<$<COMPILE_LANGUAGE:CUDA>:-std=c++20>)
  endif()
endif()
