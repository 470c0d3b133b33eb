// SPDX-License-Identifier: Apache-2.0
/// @file
/// All of `index`: docs/guide/index.md.
#pragma once

#include <kindred/index/concept.hpp>
#include <kindred/index/flat.hpp>
#include <kindred/index/range_hits.hpp>
