// SPDX-License-Identifier: Apache-2.0
/// @file
/// What KINDRED_COMPILED leaves out of `projection`, emitted once; see kindred/compiled.hpp.
#pragma once

#include <kindred/projection/kernel_training_impl.hpp>
#include <kindred/projection/training_impl.hpp>
