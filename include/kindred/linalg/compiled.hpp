// SPDX-License-Identifier: Apache-2.0
/// @file
/// What KINDRED_COMPILED leaves out of `linalg`, emitted once; see kindred/compiled.hpp.
#pragma once

#include <kindred/linalg/cholesky_impl.hpp>
#include <kindred/linalg/generalized_eigen_impl.hpp>
#include <kindred/linalg/inverse_root_impl.hpp>
#include <kindred/linalg/leading_eigen_impl.hpp>
#include <kindred/linalg/svd_impl.hpp>
#include <kindred/linalg/symmetric_eigen_impl.hpp>
