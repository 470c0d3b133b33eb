// SPDX-License-Identifier: Apache-2.0
/// @file
/// Emits what KINDRED_COMPILED leaves out. Included by exactly one translation unit of a program; the CMake target
/// kindred::compiled does it in the user's tree with the user's flags, one translation unit per room.
#pragma once

#include <kindred/backend/detail/compiled.hpp>
#include <kindred/core/detail/compiled.hpp>
#include <kindred/io/detail/compiled.hpp>
#include <kindred/linalg/detail/compiled.hpp>
#include <kindred/loss/detail/compiled.hpp>
#include <kindred/op/detail/compiled.hpp>
#include <kindred/optimizer/detail/compiled.hpp>
#include <kindred/projection/detail/compiled.hpp>
#include <kindred/text/detail/compiled.hpp>
#include <kindred/unicode/detail/compiled.hpp>
#include <kindred/visual/detail/compiled.hpp>
#include <kindred/words/detail/compiled.hpp>
