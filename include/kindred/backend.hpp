// SPDX-License-Identifier: Apache-2.0
/// @file
/// All of `backend`: docs/guide/backend.md.
#pragma once

#include <kindred/backend/convolution.hpp>
#include <kindred/backend/cpu.hpp>
#include <kindred/backend/distance.hpp>
#include <kindred/backend/emu.hpp>
#include <kindred/backend/products.hpp>
#include <kindred/backend/quantized.hpp>
#include <kindred/backend/selection.hpp>
