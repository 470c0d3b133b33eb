// SPDX-License-Identifier: Apache-2.0
/// @file
/// All of `op`: docs/guide/op.md.
#pragma once

#include <kindred/op/bias.hpp>
#include <kindred/op/column_blocks.hpp>
#include <kindred/op/convolution.hpp>
#include <kindred/op/copy.hpp>
#include <kindred/op/fill.hpp>
#include <kindred/op/finite.hpp>
#include <kindred/op/fixed_product.hpp>
#include <kindred/op/gather.hpp>
#include <kindred/op/im2col.hpp>
#include <kindred/op/map.hpp>
#include <kindred/op/nearest.hpp>
#include <kindred/op/norm.hpp>
#include <kindred/op/pairwise.hpp>
#include <kindred/op/quantized_rows.hpp>
#include <kindred/op/rank.hpp>
#include <kindred/op/rank_hits.hpp>
#include <kindred/op/reduce.hpp>
#include <kindred/op/scores.hpp>
#include <kindred/op/segment.hpp>
#include <kindred/op/select.hpp>
#include <kindred/op/shape_check.hpp>
#include <kindred/op/softmax.hpp>
#include <kindred/op/sort.hpp>
#include <kindred/op/tie.hpp>
#include <kindred/op/top_k.hpp>
#include <kindred/op/transpose.hpp>
