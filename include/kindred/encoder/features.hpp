// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <charconv>
#include <kindred/core/array.hpp>
#include <kindred/core/error.hpp>
#include <kindred/encoder/concept.hpp>
#include <kindred/io/forward.hpp>
#include <string>

namespace kindred::encoder {

/// Features that were computed elsewhere: every row is its own vector.
///
/// rows     n x columns, float or double
/// vectors  n x columns, overwritten with the rows; encode(ctx, rows) without it is the rows themselves, not copied
///
/// Complexity   O(n columns) for a copy, nothing without.
/// Determinism  exact.
/// Errors       shape_error for rows of another length and for vectors that do not fit.
struct features {
  static constexpr const char* name = "features";  ///< in the files of an engine

  index_t columns = 0;  ///< numbers in a row; 0: as many as come, for a learner that finds out by itself

  index_t dimension() const { return columns; }

  template <Scalar T, Device D>
  void encode(context<D>& ctx, const_matrix<T, D> rows, matrix_view<T, D> vectors) const {
    check(rows.cols());
    expects(vectors.rows() == rows.rows() && vectors.cols() == rows.cols(),
            "encoder::features: expected vectors of {} x {}, got {} x {}", rows.rows(), rows.cols(), vectors.rows(),
            vectors.cols());
    constexpr auto element = static_cast<index_t>(sizeof(T));
    if (rows.contiguous() && vectors.contiguous()) {
      ctx.copy(vectors.data(), rows.data(), rows.size() * element);
    } else {
      for (index_t r = 0; r < rows.rows(); ++r)
        ctx.copy(vectors.row(r).data(), rows.row(r).data(), rows.cols() * element);
    }
  }
  /// The rows where they lie; the view must not outlive them.
  template <Device D, MatrixArgument<D> M>
  matrix_view<const typename M::value_type, D> encode(context<D>&, const M& rows) const {
    check(as_const(rows).cols());
    return as_const(rows);
  }

  /// Adds the number of columns to a file, under `prefix`.
  template <class Writer>
  void save(Writer& file, const std::string& prefix) const {
    file.metadata(prefix + "columns", std::to_string(columns));
  }
  /// What was saved under `prefix`. Errors: io_error where that is no number of columns.
  template <Device D, class File>
  static features load(context<D>&, const File& file, const std::string& prefix) {
    const std::string& text = file.metadata(prefix + "columns");
    features loaded;
    const char* const end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, loaded.columns);
    expects<io_error>(
        parsed.ec == std::errc() && parsed.ptr == end && loaded.columns >= 0 && loaded.columns <= index_t(1) << 40,
        "{}: metadata {}columns: expected a number of columns, got '{}'", file.name(), prefix, text);
    return loaded;
  }

 private:
  void check(index_t came) const {
    expects(columns == 0 || came == columns, "encoder::features: expected rows of {} values, got {}", columns, came);
  }
};

static_assert(Encoder<features, cpu, matrix_view<const float, cpu>>);

}  // namespace kindred::encoder
