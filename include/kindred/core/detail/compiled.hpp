// SPDX-License-Identifier: Apache-2.0
/// @file
/// What KINDRED_COMPILED leaves out of `core`, emitted once; see kindred/compiled.hpp.
#pragma once

#include <kindred/core/detail/parallel_impl.hpp>
