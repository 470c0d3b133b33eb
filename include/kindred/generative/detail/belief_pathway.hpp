// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/generative/detail/column_scaling.hpp>
#include <kindred/generative/rbm.hpp>

namespace kindred::generative::detail {

/// Two Boltzmann machines on top of each other: the part of a deep belief network that reads one side.
///
/// encode(x) = P(h2 | P(h1 | z))        decode(h2) = E[z | E[h1 | h2]]
///
/// z    x as it came, or standardized as rows to learn from asked for it; decode gives numbers like x again
///
/// Complexity   two products of the machines either way; scratch for a row of z and one of h1 for each row.
/// Determinism  on cpu a row's bits do not depend on the rows around it.
/// Errors       shape_error where the machines do not fit each other, or rows do not fit them.
template <Scalar T, Device D>
class belief_pathway {
 public:
  using machine = rbm<T, D>;

  /// Takes rows as they come.
  belief_pathway(context<D>& ctx, machine lower, machine upper)
      : scaling_(ctx, lower.visible_units()), lower_(std::move(lower)), upper_(std::move(upper)) {
    check();
  }
  /// Standardizes them first.
  belief_pathway(column_scaling<T, D> scaling, machine lower, machine upper)
      : scaling_(std::move(scaling)), lower_(std::move(lower)), upper_(std::move(upper)) {
    check();
  }

  /// Numbers in a row, and hidden units at the top.
  index_t columns() const { return lower_.visible_units(); }
  index_t dimension() const { return upper_.dimension(); }
  const machine& lower() const { return lower_; }
  const machine& upper() const { return upper_; }

  /// out: rows(x) x dimension(), overwritten.
  void encode(context<D>& ctx, const_matrix<T, D> x, matrix_view<T, D> out) const {
    expects(x.cols() == columns(), "generative::multimodal_dbn_model: expected rows of {} values, got {}", columns(),
            x.cols());
    const scratch_scope scope(ctx);
    const auto rows = scratch_matrix<T>(ctx, x.rows(), columns());
    const auto hidden = scratch_matrix<T>(ctx, x.rows(), lower_.dimension());
    scaling_.apply(ctx, x, rows);
    lower_.encode(ctx, rows, hidden);
    upper_.encode(ctx, hidden, out);
  }
  /// out: rows(h) x columns(), overwritten. Of counts of words the shares, as of a document of length 1.
  void decode(context<D>& ctx, const_matrix<T, D> h, matrix_view<T, D> out) const {
    const scratch_scope scope(ctx);
    const auto hidden = scratch_matrix<T>(ctx, h.rows(), lower_.dimension());
    upper_.decode(ctx, h, hidden);
    lower_.decode(ctx, hidden, out);
    scaling_.undo(ctx, out);
  }

  /// Adds everything to a file under `prefix`. This pathway must stay until the file is written.
  template <class Writer>
  void save(Writer& file, const std::string& prefix) const {
    scaling_.save(file, prefix);
    lower_.save(file, prefix + "lower.");
    upper_.save(file, prefix + "upper.");
  }
  /// What was saved under `prefix`. Errors: io_error, naming the file, for missing or misshapen tensors.
  template <class File>
  static belief_pathway load(context<D>& ctx, const File& file, const std::string& prefix) {
    auto lower = machine::load(ctx, file, prefix + "lower."), upper = machine::load(ctx, file, prefix + "upper.");
    expects<io_error>(upper.visible_units() == lower.dimension(), "{}: {}upper has {} visible units over {}",
                      file.name(), prefix, upper.visible_units(), lower.dimension());
    auto scaling = column_scaling<T, D>::load(ctx, file, prefix, lower.visible_units());
    return {std::move(scaling), std::move(lower), std::move(upper)};
  }

 private:
  void check() const {
    expects(upper_.visible_units() == lower_.dimension() && scaling_.columns() == lower_.visible_units(),
            "generative::multimodal_dbn_model: {} columns, a machine of {} visible and {} hidden units below one of {}",
            scaling_.columns(), lower_.visible_units(), lower_.dimension(), upper_.visible_units());
  }
  column_scaling<T, D> scaling_;
  machine lower_, upper_;
};

}  // namespace kindred::generative::detail
