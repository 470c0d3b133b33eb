// SPDX-License-Identifier: Apache-2.0
/// @file
/// What all points of a map do to each, interpolated on a grid and summed there by Fourier transforms.
#pragma once

#include <algorithm>
#include <kindred/visual/detail/quadtree_impl.hpp>

namespace kindred::visual::detail {

/// The smallest number >= n without prime factors other than 2, 3 and 5.
inline index_t smooth(index_t n) {
  for (;; ++n) {
    index_t left = n;
    for (const index_t factor : {2, 3, 5})
      while (left % factor == 0) left /= factor;
    if (left == 1) return n;
  }
}

/// The map is cut into squares of side h with 3 x 3 nodes each, 1/6, 1/2 and 5/6 along either side. A point gives each
/// node of its square a share (Lagrange's polynomials of degree 2), nodes act on nodes by the kernels, and a point
/// takes from the nodes of its square what it gave them:
///
///   sum over j of k(y_i - y_j)  ~  sum over nodes a of i, b of j of L_a(y_i) L_b(y_j) k(node_a - node_b)
///
/// k is q^2 (dx + i dy) and, for z, q = 1 / (1 + d^2). Only the number of points at a place is spread, once: the
/// kernels are odd and even, so the force of a point on itself is exactly 0, and z is a sum over frequencies
/// (Parseval). FIt-SNE spreads four charges for one even kernel and subtracts nearly equal numbers; that needs double
/// precision, this does not.
///
/// h is a fiftieth of the map's width or less and at most 1/2, as long as the map is not wider than 256. (FIt-SNE's 1
/// gives forces within tight clusters that are off by several per cent, and a map of 5,000 points a KL divergence
/// higher by 2 %.) h changes in steps of 2^(1/8) and the number of squares in steps with factors 2, 3 and 5, so the
/// transforms of the kernels are seldom made anew.
///
/// Complexity   O(n) and a few transforms of the grid.
/// Determinism  the same bytes for any number of threads: squares of one row of the grid belong to one chunk of work.
/// Reference    Linderman et al. 2019.
template <class T>
class interpolation {
 public:
  static constexpr index_t fewest_intervals = 50, most_intervals = 512, nodes = 3;
  static constexpr double longest = 0.5;  // interval

  /// As quadtree::repel for points given at once.
  double repel(context<cpu>& ctx, const map_kernels<T>& kernels, const map_points<T>& points, map_force<T>* sums) {
    place(points);
    if (fresh_) make_kernels(ctx, kernels);
    fresh_ = false;
    spread(ctx);
    const double z = convolve(ctx, kernels);
    gather(ctx, sums);
    // z of the interpolated kernel counts each point with itself at nearly 1; put exactly 1 in its place
    double own = 0;
    for (const double t : totals_) own += t;
    return z - own + static_cast<double>(points.count);
  }

 private:
  static constexpr index_t points_per_chunk = 4096;

  void place(const map_points<T>& points) {
    const index_t n = points.count;
    T low_x = points.x[0], high_x = low_x, low_y = points.y[0], high_y = low_y;
    for (std::size_t i = 1; i < static_cast<std::size_t>(n); ++i) {
      low_x = std::min(low_x, points.x[i]);
      high_x = std::max(high_x, points.x[i]);
      low_y = std::min(low_y, points.y[i]);
      high_y = std::max(high_y, points.y[i]);
    }
    const double wide = static_cast<double>(high_x) - static_cast<double>(low_x);
    const double high = static_cast<double>(high_y) - static_cast<double>(low_y);
    const double side = std::max({wide, high, 1e-30});
    double h = longest;
    if (side < longest * fewest_intervals || side > longest * most_intervals) {
      const bool small = side < longest * fewest_intervals;
      const double wanted = side / static_cast<double>(small ? fewest_intervals : most_intervals);
      const double step = std::log2(wanted) * 8;
      h = std::exp2((small ? std::floor(step) : std::ceil(step)) / 8);  // not fewer than 50, about 512
    }
    const auto intervals = [h](double length) {
      return smooth(std::max<index_t>(4, static_cast<index_t>(std::floor(length / h)) + 1));
    };
    const index_t across = intervals(wide), along = intervals(high);
    if (h != h_ || across != across_ || along != along_) {
      fresh_ = true;
      if (across != across_) plan_a_ = fourier_plan<T>(2 * nodes * across);
      if (along != along_) plan_b_ = fourier_plan<T>(2 * nodes * along);
      h_ = h;
      across_ = across;
      along_ = along;
      rows_ = nodes * across;
      cols_ = nodes * along;
    }
    // points by square, each square in the order of the points: then neighbours in memory share their nodes
    square_.resize(static_cast<std::size_t>(n));
    order_.resize(static_cast<std::size_t>(n));
    sorted_.resize(static_cast<std::size_t>(n));
    first_.assign(static_cast<std::size_t>(across * along + 1), 0);
    const T inverse = static_cast<T>(1 / h);
    for (std::size_t i = 0; i < square_.size(); ++i) {
      const auto at = [inverse](T v, T low, index_t count) {
        return std::min(static_cast<index_t>((v - low) * inverse), count - 1);
      };
      square_[i] = static_cast<std::int32_t>(at(points.x[i], low_x, across) * along + at(points.y[i], low_y, along));
      ++first_[static_cast<std::size_t>(square_[i]) + 1];
    }
    for (std::size_t a = 1; a < first_.size(); ++a) first_[a] += first_[a - 1];
    next_ = first_;
    for (std::size_t i = 0; i < square_.size(); ++i) {
      const index_t a = square_[i] / along, b = square_[i] % along;
      const auto place = static_cast<std::size_t>(next_[static_cast<std::size_t>(square_[i])]++);
      order_[place] = static_cast<index_t>(i);
      sorted_[place] = {(points.x[i] - low_x) * inverse - static_cast<T>(a),
                        (points.y[i] - low_y) * inverse - static_cast<T>(b), static_cast<std::int32_t>(a),
                        static_cast<std::int32_t>(b)};
    }
  }

  /// Shares of the nodes of an interval at t in [0, 1] along it: node k lies at (k + 1/2) / nodes.
  static void shares(T t, T (&out)[nodes]) {
    for (index_t k = 0; k < nodes; ++k) {
      T product = 1;
      for (index_t m = 0; m < nodes; ++m)
        if (m != k) product *= (t * T(nodes) - (T(m) + T(0.5))) * static_cast<T>(1.0 / static_cast<double>(k - m));
      out[k] = product;
    }
  }
  void spread(context<cpu>& ctx) {
    charges_.resize(static_cast<std::size_t>(rows_ * cols_));
    ctx.pool().run(across_, [&](index_t a, int) {
      T* const strip = charges_.data() + nodes * a * cols_;
      std::fill(strip, strip + nodes * cols_, T(0));
      const index_t end = first_[static_cast<std::size_t>((a + 1) * along_)];
      for (index_t at = first_[static_cast<std::size_t>(a * along_)]; at < end; ++at) {
        const placed& p = sorted_[static_cast<std::size_t>(at)];
        T la[nodes], lb[nodes];
        shares(p.x, la);
        shares(p.y, lb);
        T* const corner = strip + nodes * p.b;
        for (index_t u = 0; u < nodes; ++u)
          for (index_t v = 0; v < nodes; ++v) corner[u * cols_ + v] += la[u] * lb[v];
      }
    });
  }

  void gather(context<cpu>& ctx, map_force<T>* sums) {
    double near[nodes][nodes];  // q between nodes of one square
    for (index_t u = 0; u < nodes; ++u)
      for (index_t v = 0; v < nodes; ++v) {
        const double step = h_ / static_cast<double>(nodes);
        near[u][v] = 1 / (1 + step * step * static_cast<double>(u * u + v * v));
      }
    const index_t n = static_cast<index_t>(sorted_.size()), chunks = (n + points_per_chunk - 1) / points_per_chunk;
    totals_.assign(static_cast<std::size_t>(chunks), 0.0);
    ctx.pool().run(chunks, [&](index_t chunk, int) {
      double own = 0;
      for (index_t at = chunk * points_per_chunk; at < std::min(n, (chunk + 1) * points_per_chunk); ++at) {
        const placed& p = sorted_[static_cast<std::size_t>(at)];
        T la[nodes], lb[nodes];
        shares(p.x, la);
        shares(p.y, lb);
        const index_t corner = nodes * p.a * stride_ + nodes * p.b;
        map_force<T> f;
        for (index_t u = 0; u < nodes; ++u)
          for (index_t v = 0; v < nodes; ++v) {
            const auto node = static_cast<std::size_t>(corner + u * stride_ + v);
            f.x += la[u] * lb[v] * re_[node];
            f.y += la[u] * lb[v] * im_[node];
          }
        sums[order_[static_cast<std::size_t>(at)]] = f;
        double pa[nodes], pb[nodes];
        apart(la, pa);
        apart(lb, pb);
        for (index_t u = 0; u < nodes; ++u)
          for (index_t v = 0; v < nodes; ++v) own += pa[u] * pb[v] * near[u][v];
      }
      totals_[static_cast<std::size_t>(chunk)] = own;
    });
  }
  /// Sums of L_u L_v over nodes that lie 0, 1, ... apart.
  static void apart(const T (&share)[nodes], double (&out)[nodes]) {
    for (index_t distance = 0; distance < nodes; ++distance) {
      double sum = 0;
      for (index_t u = 0; u + distance < nodes; ++u)
        sum += static_cast<double>(share[u]) * static_cast<double>(share[u + distance]);
      out[distance] = distance > 0 ? 2 * sum : sum;
    }
  }

  /// Transforms rows [0, rows) of (re, im), blocks of `lanes` rows at a time; `cols` numbers come in (the rest is 0)
  /// and `wanted` go out.
  void transform_rows(context<cpu>& ctx, const map_kernels<T>& kernels, index_t rows, const T* re, const T* im,
                      index_t in_stride, index_t cols, bool inverse, T* out_re, T* out_im, index_t wanted) {
    const index_t lanes = kernels.lanes, length = plan_b_.length;
    room(ctx, std::max(plan_a_.length, plan_b_.length) * lanes);
    ctx.pool().run((rows + lanes - 1) / lanes, [&](index_t block, int worker) {
      fourier_buffer<T> at = buffer_of(worker);
      const index_t first = block * lanes, here = std::min(lanes, rows - first);
      for (index_t k = 0; k < cols; ++k)
        for (index_t l = 0; l < lanes; ++l) {
          const index_t from = (first + l) * in_stride + k;
          at.re[k * lanes + l] = l < here ? re[from] : T(0);
          at.im[k * lanes + l] = l < here && im != nullptr ? im[from] : T(0);
        }
      std::fill(at.re + cols * lanes, at.re + length * lanes, T(0));
      std::fill(at.im + cols * lanes, at.im + length * lanes, T(0));
      if (inverse) at = at.exchanged();
      kernels.fourier(plan_b_, at);
      if (inverse) at = at.exchanged();
      for (index_t l = 0; l < here; ++l)
        for (index_t k = 0; k < wanted; ++k) {
          out_re[(first + l) * stride_ + k] = at.re[k * lanes + l];
          out_im[(first + l) * stride_ + k] = at.im[k * lanes + l];
        }
    });
  }

  /// The kernels at the distances of nodes, around the corner (distance d at d and, negative, at length - d),
  /// transformed and divided by the number of elements.
  void make_kernels(context<cpu>& ctx, const map_kernels<T>& kernels) {
    const index_t lanes = kernels.lanes, na = plan_a_.length, nb = plan_b_.length;
    stride_ = (nb + lanes - 1) / lanes * lanes;
    const auto size = static_cast<std::size_t>(na * stride_);
    for (std::vector<T>* v : {&force_re_, &force_im_, &z_re_, &z_im_}) v->assign(size, T(0));
    const double step = h_ / static_cast<double>(nodes), scale = 1 / static_cast<double>(na * nb);
    ctx.pool().run(na, [&](index_t a, int) {
      const double da = step * static_cast<double>(a <= na / 2 ? a : a - na);
      for (index_t b = 0; b < nb; ++b) {
        const double db = step * static_cast<double>(b <= nb / 2 ? b : b - nb), q = 1 / (1 + da * da + db * db);
        const auto at = static_cast<std::size_t>(a * stride_ + b);
        // half of the length is no distance that occurs; 0 there keeps the kernel odd
        force_re_[at] = static_cast<T>(2 * a == na ? 0 : scale * q * q * da);
        force_im_[at] = static_cast<T>(2 * b == nb ? 0 : scale * q * q * db);
        z_re_[at] = static_cast<T>(scale * q);
      }
    });
    for (const bool force : {true, false}) {
      T* const re = force ? force_re_.data() : z_re_.data();
      T* const im = force ? force_im_.data() : z_im_.data();
      transform_rows(ctx, kernels, na, re, im, stride_, nb, false, re, im, nb);
      ctx.pool().run(stride_ / lanes, [&](index_t block, int worker) {
        fourier_buffer<T> at = buffer_of(worker);
        load_columns(re, im, block * lanes, na, lanes, at);
        kernels.fourier(plan_a_, at);
        store_columns(at, block * lanes, na, lanes, re, im);
      });
    }
  }

  void load_columns(const T* re, const T* im, index_t col, index_t rows, index_t lanes,
                    const fourier_buffer<T>& at) const {
    for (index_t r = 0; r < rows; ++r) {
      std::copy_n(re + r * stride_ + col, lanes, at.re + r * lanes);
      std::copy_n(im + r * stride_ + col, lanes, at.im + r * lanes);
    }
  }
  void store_columns(const fourier_buffer<T>& at, index_t col, index_t rows, index_t lanes, T* re, T* im) const {
    for (index_t r = 0; r < rows; ++r) {
      std::copy_n(at.re + r * lanes, lanes, re + r * stride_ + col);
      std::copy_n(at.im + r * lanes, lanes, im + r * stride_ + col);
    }
  }

  /// (re_, im_) := the field of the charges at every node. Returns z.
  double convolve(context<cpu>& ctx, const map_kernels<T>& kernels) {
    const index_t lanes = kernels.lanes, na = plan_a_.length, blocks = stride_ / lanes;
    re_.assign(static_cast<std::size_t>(rows_ * stride_), T(0));
    im_.assign(static_cast<std::size_t>(rows_ * stride_), T(0));
    transform_rows(ctx, kernels, rows_, charges_.data(), nullptr, cols_, cols_, false, re_.data(), im_.data(),
                   plan_b_.length);
    totals_.assign(static_cast<std::size_t>(blocks), 0.0);
    ctx.pool().run(blocks, [&](index_t block, int worker) {
      fourier_buffer<T> at = buffer_of(worker);
      load_columns(re_.data(), im_.data(), block * lanes, rows_, lanes, at);
      std::fill(at.re + rows_ * lanes, at.re + na * lanes, T(0));
      std::fill(at.im + rows_ * lanes, at.im + na * lanes, T(0));
      kernels.fourier(plan_a_, at);
      const std::size_t col = static_cast<std::size_t>(block * lanes);
      totals_[static_cast<std::size_t>(block)] = static_cast<double>(
          kernels.filter(na, stride_, force_re_.data() + col, force_im_.data() + col, z_re_.data() + col, at));
      at = at.exchanged();
      kernels.fourier(plan_a_, at);
      store_columns(at.exchanged(), block * lanes, rows_, lanes, re_.data(), im_.data());
    });
    double z = 0;
    for (const double t : totals_) z += t;
    transform_rows(ctx, kernels, rows_, re_.data(), im_.data(), stride_, plan_b_.length, true, re_.data(), im_.data(),
                   cols_);
    return z;
  }

  void room(context<cpu>& ctx, index_t numbers) {
    per_worker_ = 4 * numbers;
    buffers_.resize(static_cast<std::size_t>(per_worker_ * ctx.threads()));
  }
  fourier_buffer<T> buffer_of(int worker) {
    T* const p = buffers_.data() + per_worker_ * worker;
    const index_t quarter = per_worker_ / 4;
    return {p, p + quarter, p + 2 * quarter, p + 3 * quarter};
  }

  struct placed {
    T x, y;             // where in its square, 0 to 1
    std::int32_t a, b;  // which that is
  };
  double h_ = 0;
  index_t across_ = 0, along_ = 0, rows_ = 0, cols_ = 0, stride_ = 0, per_worker_ = 0;
  bool fresh_ = false;
  fourier_plan<T> plan_a_, plan_b_;
  std::vector<std::int32_t> square_;  // of each point
  std::vector<placed> sorted_;
  std::vector<index_t> order_, first_, next_;
  std::vector<T> charges_, re_, im_, force_re_, force_im_, z_re_, z_im_, buffers_;
  std::vector<double> totals_;
};

}  // namespace kindred::visual::detail
