// SPDX-License-Identifier: Apache-2.0
/// @file
/// All of `check`: docs/guide/check.md.
#pragma once

#include <kindred/check/conformance.hpp>
#include <kindred/check/gradient.hpp>
#include <kindred/check/layer_gradient.hpp>
