// SPDX-License-Identifier: Apache-2.0
/// @file
/// All of `optimizer`: docs/guide/optimizer.md.
#pragma once

#include <kindred/optimizer/adadelta.hpp>
#include <kindred/optimizer/adagrad.hpp>
#include <kindred/optimizer/adam.hpp>
#include <kindred/optimizer/average.hpp>
#include <kindred/optimizer/clip.hpp>
#include <kindred/optimizer/concept.hpp>
#include <kindred/optimizer/lbfgs.hpp>
#include <kindred/optimizer/max_norm.hpp>
#include <kindred/optimizer/rate_per_part.hpp>
#include <kindred/optimizer/rmsprop.hpp>
#include <kindred/optimizer/schedule.hpp>
#include <kindred/optimizer/sgd.hpp>
