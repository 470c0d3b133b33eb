// SPDX-License-Identifier: Apache-2.0
/// @file
/// What KINDRED_COMPILED leaves out of `unicode`, emitted once; see kindred/compiled.hpp.
#pragma once

#include <kindred/unicode/detail/normalize_impl.hpp>
