// SPDX-License-Identifier: Apache-2.0
/// @file
/// All of `train`: docs/guide/train.md.
#pragma once

#include <kindred/train/attempt.hpp>
#include <kindred/train/checkpoint.hpp>
#include <kindred/train/concept.hpp>
#include <kindred/train/epochs.hpp>
#include <kindred/train/loss_value.hpp>
#include <kindred/train/parts.hpp>
#include <kindred/train/proxy.hpp>
#include <kindred/train/siamese.hpp>
#include <kindred/train/step_options.hpp>
#include <kindred/train/two_tower.hpp>
