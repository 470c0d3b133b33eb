// SPDX-License-Identifier: Apache-2.0
/// @file
/// All of `linalg`: docs/guide/linalg.md.
#pragma once

#include <kindred/linalg/cholesky.hpp>
#include <kindred/linalg/column_moments.hpp>
#include <kindred/linalg/conjugate_gradient.hpp>
#include <kindred/linalg/covariance.hpp>
#include <kindred/linalg/covariance_accumulator.hpp>
#include <kindred/linalg/generalized_eigen.hpp>
#include <kindred/linalg/inverse_root.hpp>
#include <kindred/linalg/joint_moments.hpp>
#include <kindred/linalg/leading_eigen.hpp>
#include <kindred/linalg/sparse_matrix.hpp>
#include <kindred/linalg/svd.hpp>
#include <kindred/linalg/symmetric_eigen.hpp>
