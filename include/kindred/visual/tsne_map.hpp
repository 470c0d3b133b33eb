// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <kindred/backend/cpu.hpp>
#include <kindred/core/array.hpp>
#include <kindred/io/stored.hpp>
#include <string>
#include <vector>

namespace kindred::visual {

/// How the repulsion between all points of a map is computed.
enum class tsne_method {
  automatic,     ///< exact up to 600 rows, Barnes-Hut up to 200,000, interpolation beyond
  exact,         ///< all pairs, in P too: n^2 numbers of memory
  barnes_hut,    ///< cells of a quadtree for points far away
  interpolation  ///< on a grid, summed by Fourier transforms
};

/// How tsne_map::transform places new rows.
struct tsne_transform {
  double perplexity = 5;      ///< of a new row among the rows of the map; 3 perplexity <= n
  double exaggeration = 1.5;  ///< factor of its affinities
  index_t iterations = 250;
  double rate = 0.1;
  double longest_gradient = 0.25;  ///< a longer gradient of a point is cut to that
};

/// What tsne::fit gives: a place in the plane for each row.
template <Scalar T>
class tsne_map {
 public:
  /// What a fit hands over; `rows` is empty where the map was made from distances.
  struct parts {
    tsne_method method = tsne_method::exact;
    double angle = 0;
    index_t iterations = 0;
    double kl_divergence = 0;
    std::vector<T> coordinates;  // n x 2
    index_t columns = 0;
    double scale = 1;  // rows = (x - means) scale
    std::vector<double> means;
    std::vector<T> rows;  // n x columns
  };
  explicit tsne_map(parts p) : parts_(std::move(p)) {}

  index_t size() const { return static_cast<index_t>(parts_.coordinates.size() / 2); }
  /// n x 2, centred; lives as long as the map.
  matrix_view<const T, cpu> coordinates() const { return {parts_.coordinates.data(), size(), 2}; }
  /// sum of p_ij log(p_ij / q_ij) over the pairs with p_ij > 0; the norm of q is that of the method, so an estimate
  /// where the method is not exact.
  double kl_divergence() const { return parts_.kl_divergence; }
  index_t iterations() const { return parts_.iterations; }
  /// The method that was used; never `automatic`.
  tsne_method method() const { return parts_.method; }

  /// Places for new rows among those of the map, which stay where they are.
  ///
  /// Each new row starts at the mean of its nearest rows, weighted by p_j|i, and descends on its own
  ///
  ///   KL(p_.|i || q_.|i),  gradient 2 sum over j of (exaggeration p_j|i - q_j|i) (y_i - y_j) / (1 + |y_i - y_j|^2)
  ///
  /// over the rows j of the map, so its place does not depend on the other new rows.
  ///
  /// x        m x columns of the training rows
  /// returns  m x 2, owned by `ctx`
  ///
  /// Complexity   the search of neighbours m n d; per new row and iteration about log n (all rows where the map is
  ///              exact).
  /// Determinism  the same bytes for any number of threads.
  /// Errors       shape_error for another number of columns; argument_error for NaN or infinity (row and column are
  ///              named), options out of range, and a map made from distances.
  /// Reference    Policar, Strazar and Zupan 2023 (openTSNE), whose defaults these are; here the start is the weighted
  ///              mean of the floor(3 perplexity + 1) nearest rows, there the median of 25.
  template <class X>
  requires MatrixArgument<X, cpu>
  matrix<T, cpu> transform(context<cpu>& ctx, const X& x, const tsne_transform& options = {}) const;

  const parts& content() const { return parts_; }

  /// Adds the map to a file under `prefix`: its places and, for `transform`, the rows of the fit. This map must stay
  /// until the file is written.
  template <class Writer>
  void save(Writer& file, const std::string& prefix) const {
    const parts& p = parts_;
    const index_t kept = p.rows.empty() ? 0 : size();
    file.metadata(prefix + "type", file_type);
    file.add(prefix + "coordinates", coordinates());
    file.add(prefix + "rows", matrix_view<const T, cpu>(p.rows.data(), kept, p.columns));
    file.add(prefix + "means", p.means);
    file.add(prefix + "numbers", std::vector<double>{p.angle, p.scale, p.kl_divergence});
    file.add(prefix + "counts", std::vector<index_t>{static_cast<index_t>(p.method), p.iterations});
  }
  /// Writes a file of its own, which appears whole or not at all. Errors: io_error.
  template <class Writer = io::safetensors_writer>
  void save(const std::string& path) const {
    Writer file;
    save(file, "");
    file.write(path);
  }
  /// What was saved under `prefix`: where T is the same, new rows get the same places.
  /// Errors  io_error that names the file: another type, a missing tensor, shapes or numbers that no fit gives.
  template <class File>
  static tsne_map load(context<cpu>& ctx, const File& file, const std::string& prefix) {
    io::expect_type(file, prefix, file_type);
    const auto fits = [&](bool ok, const char* tensor, const char* wanted) {
      expects<io_error>(ok, "{}: tensor {}{}: expected {}", file.name(), prefix, tensor, wanted);
    };
    const auto places = file.template load_matrix<T>(ctx, prefix + "coordinates");
    const auto rows = file.template load_matrix<T>(ctx, prefix + "rows");
    const auto numbers = file.template load_vector<double>(ctx, prefix + "numbers").to_host();
    const auto counts = file.template load_vector<index_t>(ctx, prefix + "counts").to_host();
    fits(places.rows() >= 1 && places.cols() == 2, "coordinates", "a place in the plane for one row or more");
    fits(rows.rows() == 0 || (rows.rows() == places.rows() && rows.cols() >= 1), "rows", "none, or as many as places");
    fits(counts.size() == 2 && counts[0] >= static_cast<index_t>(tsne_method::exact) &&
             counts[0] <= static_cast<index_t>(tsne_method::interpolation) && counts[1] >= 0,
         "counts", "a method that was used and iterations");
    fits(numbers.size() == 3 && numbers[0] >= 0 && numbers[0] <= 1 && numbers[1] > 0 && std::isfinite(numbers[1]) &&
             std::isfinite(numbers[2]),
         "numbers", "an angle from 0 to 1, a scale above 0 and a divergence");
    parts p;
    p.method = static_cast<tsne_method>(counts[0]);
    p.iterations = counts[1];
    p.angle = numbers[0];
    p.scale = numbers[1];
    p.kl_divergence = numbers[2];
    p.coordinates = places.to_host();
    p.columns = rows.cols();
    p.rows = rows.to_host();
    p.means = file.template load_vector<double>(ctx, prefix + "means").to_host();
    fits(static_cast<index_t>(p.means.size()) == p.columns, "means", "one for each column of the rows");
    const auto finite = [&](const auto& list, const char* tensor) {
      for (const auto v : list) fits(std::isfinite(v), tensor, "finite numbers");
    };
    finite(p.coordinates, "coordinates");
    finite(p.rows, "rows");
    finite(p.means, "means");
    return tsne_map(std::move(p));
  }
  template <class File = io::safetensors>
  static tsne_map load(context<cpu>& ctx, const std::string& path) {
    return load(ctx, File(path), "");
  }

 private:
  static constexpr const char* file_type = "tsne_map 1";
  parts parts_;
};

namespace detail {
template <Scalar T>
matrix<T, cpu> transform_rows(context<cpu>& ctx, const typename tsne_map<T>::parts& map, const_matrix<T, cpu> x,
                              const tsne_transform& options);
}

template <Scalar T>
template <class X>
requires MatrixArgument<X, cpu>
matrix<T, cpu> tsne_map<T>::transform(context<cpu>& ctx, const X& x, const tsne_transform& options) const {
  return detail::transform_rows<T>(ctx, parts_, as_const(x), options);
}

}  // namespace kindred::visual

#if !defined(KINDRED_COMPILED)
#include <kindred/visual/tsne.hpp>  // which brings the definitions
#endif
