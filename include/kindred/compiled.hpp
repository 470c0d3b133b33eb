// SPDX-License-Identifier: Apache-2.0
/// @file
/// Emits what KINDRED_COMPILED leaves out. Included by exactly one translation unit of a program; the CMake target
/// kindred::compiled does it in the user's tree with the user's flags, one translation unit per room.
#pragma once

#include <kindred/backend/compiled.hpp>
#include <kindred/core/compiled.hpp>
#include <kindred/io/compiled.hpp>
#include <kindred/linalg/compiled.hpp>
#include <kindred/loss/compiled.hpp>
#include <kindred/op/compiled.hpp>
#include <kindred/optimizer/compiled.hpp>
#include <kindred/projection/compiled.hpp>
#include <kindred/text/compiled.hpp>
#include <kindred/visual/compiled.hpp>
