// SPDX-License-Identifier: Apache-2.0
/// @file
/// What KINDRED_COMPILED leaves out of `optimizer`, emitted once; see kindred/compiled.hpp.
#pragma once

#include <kindred/optimizer/detail/lbfgs_impl.hpp>
