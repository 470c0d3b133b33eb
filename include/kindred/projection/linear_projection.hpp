// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/projection/detail/map_pair.hpp>
#include <kindred/projection/linear_map.hpp>

namespace kindred::projection {

/// Two linear maps into one space: what the linear learners give. Satisfies Projection.
///
/// first(x)  = (x - mean_x) W_x        second(y) = (y - mean_y) W_y
template <class T, Device D>
class linear_projection : public detail::map_pair<T, D, linear_map<T, D>> {
  using pair = detail::map_pair<T, D, linear_map<T, D>>;
  using pair::first_, pair::second_;

 public:
  /// `correlations`, one per dimension; `first_rank`, `second_rank`: see effective ranks below.
  /// Errors  shape_error when the parts differ in dimensions.
  linear_projection(linear_map<T, D> first, linear_map<T, D> second, std::vector<double> correlations,
                    index_t first_rank, index_t second_rank)
      : pair(std::move(first), std::move(second)),
        correlations_(std::move(correlations)),
        first_rank_(first_rank),
        second_rank_(second_rank) {
    expects(first_.dimensions() == second_.dimensions() &&
                static_cast<index_t>(correlations_.size()) == first_.dimensions(),
            "linear_projection: {} and {} dimensions, {} correlations", first_.dimensions(), second_.dimensions(),
            correlations_.size());
  }

  /// What ties each pair of coordinates: the covariances of the pairs under the constraint of the learner, which are
  /// canonical correlations for cca and ml_cca without a ridge; descending but for pls.
  const std::vector<double>& correlations() const { return correlations_; }
  /// Directions of the training rows that were told from noise, per view.
  index_t first_rank() const { return first_rank_; }
  index_t second_rank() const { return second_rank_; }

  /// Adds everything to a file under `prefix`. This projection must stay until the file is written.
  template <class Writer>
  void save(Writer& file, const std::string& prefix) const {
    pair::save_maps(file, prefix, file_type);
    file.add(prefix + "correlations", correlations_);
    file.add(prefix + "ranks", std::vector<index_t>{first_rank_, second_rank_});
  }
  /// Writes a file of its own, atomically. Errors: io_error.
  template <class Writer = io::safetensors_writer>
  void save(const std::string& path) const {
    io::save_alone<Writer>(*this, path);
  }
  /// What was saved under `prefix`: it projects to the same bytes where T is the same.
  /// Errors  io_error, naming the file, for another type, a missing tensor or shapes that do not fit.
  template <class File>
  static linear_projection load(context<D>& ctx, const File& file, const std::string& prefix) {
    auto [first, second] = pair::load_maps(ctx, file, prefix, file_type);
    pair::expect_one_space(file, prefix, first, second);
    auto correlations = io::stored_list<double>(ctx, file, prefix + "correlations", first.dimensions());
    const auto ranks = io::stored_list<index_t>(ctx, file, prefix + "ranks", 2);
    io::in_range(file, prefix + "ranks", ranks[0], 0, first.columns());
    io::in_range(file, prefix + "ranks", ranks[1], 0, second.columns());
    return {std::move(first), std::move(second), std::move(correlations), ranks[0], ranks[1]};
  }
  template <class File = io::safetensors>
  static linear_projection load(context<D>& ctx, const std::string& path) {
    return load(ctx, File(path), "");
  }

 private:
  static constexpr const char* file_type = "linear_projection 1";
  std::vector<double> correlations_;
  index_t first_rank_, second_rank_;
};

}  // namespace kindred::projection
