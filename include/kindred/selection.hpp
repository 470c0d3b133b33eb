// SPDX-License-Identifier: Apache-2.0
/// @file
/// All of `selection`: docs/guide/selection.md.
#pragma once

#include <kindred/selection/search.hpp>
#include <kindred/selection/space.hpp>
