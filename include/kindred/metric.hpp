// SPDX-License-Identifier: Apache-2.0
/// @file
/// All of `metric`: docs/guide/metric.md.
#pragma once

#include <kindred/metric/average_precision.hpp>
#include <kindred/metric/concept.hpp>
#include <kindred/metric/expected.hpp>
#include <kindred/metric/ndcg.hpp>
#include <kindred/metric/precision_recall_curve.hpp>
#include <kindred/metric/rank_metrics.hpp>
#include <kindred/metric/tie_order.hpp>
