// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <kindred/core/config.hpp>

namespace kindred {

/// The host's processor. Context in kindred/backend/cpu.hpp.
struct cpu {
  static constexpr bool host_memory = true;
  static constexpr const char* name = "cpu";
};

/// The host pretending to be a GPU: kernel bodies run on an emulated warp, for tests. Context in
/// kindred/backend/emu.hpp.
struct emu {
  static constexpr bool host_memory = true;
  static constexpr const char* name = "emu";
};

/// An NVIDIA GPU. Context in kindred/backend/cuda.cuh, which needs nvcc.
struct cuda {
  static constexpr bool host_memory = false;
  static constexpr const char* name = "cuda";
};

/// A place where data lies and work runs: the one template argument that moves a pipeline to another machine.
template <class D>
concept Device = requires {
  { D::host_memory } -> std::convertible_to<bool>;
  { D::name } -> std::convertible_to<const char*>;
};

/// A device whose memory the host can read directly.
template <class D>
concept HostDevice = Device<D> && D::host_memory;

/// The number types that arithmetic runs in.
template <class T>
concept Scalar = std::same_as<T, float> || std::same_as<T, double>;

}  // namespace kindred
