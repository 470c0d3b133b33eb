// SPDX-License-Identifier: Apache-2.0
/// @file
/// All of `projection`: docs/guide/projection.md.
#pragma once

#include <kindred/projection/cca.hpp>
#include <kindred/projection/cfa.hpp>
#include <kindred/projection/class_projection.hpp>
#include <kindred/projection/concept.hpp>
#include <kindred/projection/jgrhml.hpp>
#include <kindred/projection/jrl.hpp>
#include <kindred/projection/kcca.hpp>
#include <kindred/projection/kernel.hpp>
#include <kindred/projection/kernel_map.hpp>
#include <kindred/projection/kernel_projection.hpp>
#include <kindred/projection/label_similarity.hpp>
#include <kindred/projection/linear_map.hpp>
#include <kindred/projection/linear_projection.hpp>
#include <kindred/projection/logistic_regression.hpp>
#include <kindred/projection/ml_cca.hpp>
#include <kindred/projection/multiview_cca.hpp>
#include <kindred/projection/pca.hpp>
#include <kindred/projection/pls.hpp>
#include <kindred/projection/posterior_map.hpp>
#include <kindred/projection/ridge.hpp>
#include <kindred/projection/s2upg.hpp>
#include <kindred/projection/semantic.hpp>
