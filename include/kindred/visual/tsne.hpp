// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/visual/tsne_map.hpp>

namespace kindred::visual {

/// Where the points of a map start.
enum class tsne_initialization {
  pca,    ///< the two leading principal components, the first with standard deviation 1e-4
  random  ///< normal numbers with standard deviation 1e-4
};

/// What tsne::fit tells about its work, every 50 iterations and after the last one.
struct tsne_progress {
  index_t iteration = 0;     ///< iterations done
  index_t iterations = 0;    ///< of so many
  double kl_divergence = 0;  ///< as in tsne_map, without exaggeration
  double gradient_norm = 0;  ///< of the last iteration, with exaggeration in the early ones
};

struct tsne;

namespace detail {

/// A callback without its type, so that the method is compiled once.
struct tsne_watch {
  const void* object = nullptr;
  bool (*call)(const void*, const tsne_progress&) = nullptr;
};

template <Scalar T>
tsne_map<T> fit_rows(context<cpu>& ctx, const tsne& options, const_matrix<T, cpu> x, const_matrix<T, cpu> start,
                     tsne_watch watch);
template <Scalar T>
tsne_map<T> fit_distances(context<cpu>& ctx, const tsne& options, const_matrix<T, cpu> distances,
                          const_matrix<T, cpu> start, tsne_watch watch);

struct tsne_unwatched {
  void operator()(const tsne_progress&) const {}
};

/// progress(p) may return bool, or nothing.
template <class Progress>
tsne_watch watched(const Progress& progress) {
  if constexpr (std::same_as<Progress, tsne_unwatched>)
    return {};
  else
    return {&progress, [](const void* object, const tsne_progress& p) {
              const auto& call = *static_cast<const Progress*>(object);
              if constexpr (std::is_void_v<decltype(call(p))>) {
                call(p);
                return true;
              } else {
                return static_cast<bool>(call(p));
              }
            }};
}

}  // namespace detail

/// A map of high-dimensional rows in the plane that keeps neighbours together: t-distributed stochastic neighbour
/// embedding.
///
/// minimizes KL(P || Q) = sum over i != j of p_ij log(p_ij / q_ij)
/// p_ij = (p_j|i + p_i|j) / 2n,  p_j|i ~ exp(-b_i |x_i - x_j|^2) with b_i such that the entropy of p_.|i is
///                               log(perplexity)
/// q_ij ~ 1 / (1 + |y_i - y_j|^2)
///
/// gradient of y_i: 4 sum over j of (p_ij - q_ij) (y_i - y_j) / (1 + |y_i - y_j|^2); descent with momentum 0.5, from
/// the end of the exaggeration on 0.8, and a gain per number (+0.2 while the direction stays, times 0.8 when it turns,
/// at least 0.01).
///
/// Except in the exact method p_j|i is cut off behind the min(n - 1, floor(3 perplexity + 1)) nearest neighbours, which
/// are searched exactly. On the host; rows on a GPU are copied first by the caller.
///
/// perplexity  about how many neighbours count, at least 1, and 3 perplexity <= n - 1 in every method: with less the
///             list of neighbours would silently become "all others". So 50 rows take at most 16, and fewer than 4 rows
///             no map.
/// rows        equal rows are fine; rows that do not vary at all have no principal components and want a random or
///             given start. A second component that is missing (one column, collinear rows) starts from random numbers.
///
/// Complexity   neighbours n^2 d; per iteration n^2 (exact), about n log n (Barnes-Hut), n and transforms of a grid
///              (interpolation). Memory: n^2 numbers for exact, else about 7 perplexity n.
/// Determinism  the same bytes for any number of threads; other instruction sets give other last digits, which descent
///              amplifies into other maps of the same quality.
/// Errors       argument_error for a perplexity out of range, NaN or infinity (row and column are named), distances
///              that overflow, rows that do not vary with a PCA start, options out of range, and a rate so large that
///              the map diverges; shape_error for a start of another shape.
/// Reference    van der Maaten and Hinton 2008; Barnes-Hut: van der Maaten 2014; interpolation: Linderman et al. 2019;
///              the schedule is that of scikit-learn 1.2, the start that of scikit-learn and openTSNE (Kobak and Berens
///              2019).
struct tsne {
  double perplexity = 30;
  tsne_method method = tsne_method::automatic;
  double angle = 0.5;                    ///< of Barnes-Hut, 0 to 1: size of a cell over its distance; 0 is exact
  double early_exaggeration = 12;        ///< factor of P in the first iterations
  index_t exaggerated_iterations = 250;  ///< how many those are
  index_t iterations = 1000;             ///< those included
  double rate = 0;                       ///< 0: max(n / early_exaggeration / 4, 50); the gradient has its factor 4
  tsne_initialization initialization = tsne_initialization::pca;
  std::uint64_t seed = 1;            ///< of the random numbers of a start
  double gradient_tolerance = 1e-7;  ///< stops behind the exaggeration when the gradient is no longer than that

  /// x: n x d. progress(const tsne_progress&) may return false to stop.
  template <class X, class Progress = detail::tsne_unwatched>
  requires MatrixArgument<X, cpu>
  tsne_map<typename X::value_type> fit(context<cpu>& ctx, const X& x, const Progress& progress = {}) const {
    using T = typename X::value_type;
    return detail::fit_rows<T>(ctx, *this, as_const(x), {}, detail::watched(progress));
  }

  /// The same from a given start: n x 2, used as it is. Small numbers (1e-4) leave the early iterations their work.
  template <class X, class Start, class Progress = detail::tsne_unwatched>
  requires MatrixArgument<X, cpu> && MatrixArgument<Start, cpu>
  tsne_map<typename X::value_type> fit_from(context<cpu>& ctx, const X& x, const Start& start,
                                            const Progress& progress = {}) const {
    using T = typename X::value_type;
    return detail::fit_rows<T>(ctx, *this, as_const(x), as_const(start), detail::watched(progress));
  }

  /// From squared distances, n x n, of which row i says how far the others are from i; the diagonal is not read. The
  /// start is random whatever `initialization` says, and the map cannot transform.
  ///
  /// Errors  argument_error for a negative number or one that is not finite.
  template <class X, class Progress = detail::tsne_unwatched>
  requires MatrixArgument<X, cpu>
  tsne_map<typename X::value_type> fit_distances(context<cpu>& ctx, const X& distances,
                                                 const Progress& progress = {}) const {
    using T = typename X::value_type;
    return detail::fit_distances<T>(ctx, *this, as_const(distances), {}, detail::watched(progress));
  }
};

}  // namespace kindred::visual

#if !defined(KINDRED_COMPILED)
#include <kindred/visual/detail/tsne_impl.hpp>
#endif
