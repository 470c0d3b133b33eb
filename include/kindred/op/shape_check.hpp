// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/error.hpp>
#include <kindred/core/view.hpp>

namespace kindred::op {

/// Throws shape_error unless `b` has the shape of `a`.
template <class A, class B>
void expect_equal_shapes(const char* operation, const A& a, const B& b, source where = source::here()) {
  expects(a.rows() == b.rows() && a.cols() == b.cols(), {"{}: {} x {} but {} x {}", where}, operation, a.rows(),
          a.cols(), b.rows(), b.cols());
}

/// Throws shape_error unless `v` has one element for each of `count` `things`.
template <class V>
void expect_size(const char* operation, const V& v, index_t count, const char* things, source where = source::here()) {
  expects(v.size() == count, {"{}: {} {} but {} elements for them", where}, operation, count, things, v.size());
}

/// Throws shape_error unless the host numbers of a batch fit its views.
template <class T, class D>
void expect_batch(const char* operation, const batch_view<T, D>& x, source where = source::here()) {
  if (x.offsets)
    expects(x.offsets.size() == x.items + 1, {"{}: {} items but {} offsets", where}, operation, x.items,
            x.offsets.size());
  else
    expects(x.values.rows() == x.items * x.longest, {"{}: {} items of {} rows but {} rows", where}, operation, x.items,
            x.longest, x.values.rows());
}

}  // namespace kindred::op
