// SPDX-License-Identifier: Apache-2.0
/// @file
/// All of `core`: docs/guide/core.md.
#pragma once

#include <kindred/core/array.hpp>
#include <kindred/core/atomic_ref.hpp>
#include <kindred/core/carver.hpp>
#include <kindred/core/config.hpp>
#include <kindred/core/context.hpp>
#include <kindred/core/device.hpp>
#include <kindred/core/error.hpp>
#include <kindred/core/group.hpp>
#include <kindred/core/kept_object.hpp>
#include <kindred/core/limits.hpp>
#include <kindred/core/math.hpp>
#include <kindred/core/option.hpp>
#include <kindred/core/parallel.hpp>
#include <kindred/core/patch_grid.hpp>
#include <kindred/core/permutation.hpp>
#include <kindred/core/random.hpp>
#include <kindred/core/scratch.hpp>
#include <kindred/core/shape.hpp>
#include <kindred/core/shared_object.hpp>
#include <kindred/core/size.hpp>
#include <kindred/core/types.hpp>
#include <kindred/core/utf8.hpp>
#include <kindred/core/view.hpp>
