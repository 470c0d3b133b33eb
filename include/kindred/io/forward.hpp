// SPDX-License-Identifier: Apache-2.0
/// @file
/// The names of what saves and loads, for headers whose parts can be saved: who does not save them need not compile the
/// format. "Incomplete type" means that the header named here is not included.
#pragma once

#include <kindred/core/config.hpp>

namespace kindred::io {

class safetensors;         // include <kindred/io/safetensors.hpp> to load from a path
class safetensors_writer;  // include <kindred/io/safetensors_writer.hpp> to save to a path

}  // namespace kindred::io
