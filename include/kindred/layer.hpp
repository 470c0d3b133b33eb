// SPDX-License-Identifier: Apache-2.0
/// @file
/// All of `layer`: docs/guide/layer.md.
#pragma once

#include <kindred/layer/activation.hpp>
#include <kindred/layer/attention_pool.hpp>
#include <kindred/layer/batch_norm.hpp>
#include <kindred/layer/block_diagonal.hpp>
#include <kindred/layer/composition.hpp>
#include <kindred/layer/concatenate.hpp>
#include <kindred/layer/concept.hpp>
#include <kindred/layer/conv1d.hpp>
#include <kindred/layer/conv1d_max.hpp>
#include <kindred/layer/conv2d.hpp>
#include <kindred/layer/dropout.hpp>
#include <kindred/layer/embedding.hpp>
#include <kindred/layer/flatten.hpp>
#include <kindred/layer/gru.hpp>
#include <kindred/layer/l2_normalize.hpp>
#include <kindred/layer/last_state.hpp>
#include <kindred/layer/layer_norm.hpp>
#include <kindred/layer/linear.hpp>
#include <kindred/layer/lstm.hpp>
#include <kindred/layer/pointwise.hpp>
#include <kindred/layer/pooling.hpp>
#include <kindred/layer/recurrent.hpp>
#include <kindred/layer/residual.hpp>
#include <kindred/layer/sequential.hpp>
