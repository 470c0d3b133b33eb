// SPDX-License-Identifier: Apache-2.0
/// @file
/// All of `model`: docs/guide/model.md.
#pragma once

#include <kindred/model/class_numbers.hpp>
#include <kindred/model/cmpl.hpp>
#include <kindred/model/dcca.hpp>
#include <kindred/model/deep_sm.hpp>
#include <kindred/model/mcsm.hpp>
#include <kindred/model/network_pair.hpp>
#include <kindred/model/sequence_and_row.hpp>
#include <kindred/model/training_options.hpp>
#include <kindred/model/tuned_weight.hpp>
