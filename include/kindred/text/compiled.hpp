// SPDX-License-Identifier: Apache-2.0
/// @file
/// What KINDRED_COMPILED leaves out of `text`, emitted once; see kindred/compiled.hpp.
#pragma once

#include <kindred/text/normalize_impl.hpp>
