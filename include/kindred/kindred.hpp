// SPDX-License-Identifier: Apache-2.0
/// @file
/// The whole library but for the headers of `interop`, which need other libraries, and those of CUDA (.cuh).
#pragma once

#include <kindred/backend.hpp>
#include <kindred/check.hpp>
#include <kindred/core.hpp>
#include <kindred/data.hpp>
#include <kindred/encoder.hpp>
#include <kindred/generative.hpp>
#include <kindred/index.hpp>
#include <kindred/io.hpp>
#include <kindred/layer.hpp>
#include <kindred/linalg.hpp>
#include <kindred/loss.hpp>
#include <kindred/metric.hpp>
#include <kindred/miner.hpp>
#include <kindred/model.hpp>
#include <kindred/op.hpp>
#include <kindred/optimizer.hpp>
#include <kindred/projection.hpp>
#include <kindred/relation.hpp>
#include <kindred/retrieval.hpp>
#include <kindred/selection.hpp>
#include <kindred/similarity.hpp>
#include <kindred/text.hpp>
#include <kindred/train.hpp>
#include <kindred/unicode.hpp>
#include <kindred/visual.hpp>
#include <kindred/words.hpp>
