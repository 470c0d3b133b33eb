// SPDX-License-Identifier: Apache-2.0
/// @file
/// Barnes and Hut's approximation of what all points of a map do to one.
#pragma once

#include <algorithm>
#include <cstdint>
#include <kindred/visual/detail/map_kernels_impl.hpp>
#include <limits>

namespace kindred::visual::detail {

/// Points of a map, padded so that vectors may be read behind the last one.
template <class T>
struct map_points {
  std::vector<T> x, y;
  map_points() = default;
  explicit map_points(index_t n)
      : x(static_cast<std::size_t>(padded(n))), y(static_cast<std::size_t>(padded(n))), count(n) {}
  index_t count = 0;
};

/// What all points of a map do to each, with cells of points that are far away as one mass.
///
/// A compressed quadtree over the points in the order of their Morton code, its nodes in depth-first order with the
/// number of the node that follows when one is skipped. Points of one leaf are visited together: a node stands for its
/// points where size < angle times the distance from its centre of mass to the rectangle around the leaf's points,
/// which is stricter than the rule for single points. What acts on a leaf is collected in lists that stay in the
/// first-level cache.
///
/// Points that agree in 32 bits of both coordinates, relative to the side of the square around all, are one mass where
/// they are more than a leaf holds.
///
/// Determinism  depends on the points alone: the same bytes for any number of threads.
/// Reference    Barnes and Hut 1986, van der Maaten 2014; the list per leaf: Barnes 1990.
template <class T>
class quadtree {
 public:
  static constexpr index_t leaf_points = 32;

  void build(const map_points<T>& points, double angle) {
    const index_t n = points.count;
    const T* const px = points.x.data();
    const T* const py = points.y.data();
    T low_x = px[0], high_x = px[0], low_y = py[0], high_y = py[0];
    for (index_t i = 1; i < n; ++i) {
      low_x = std::min(low_x, px[i]);
      high_x = std::max(high_x, px[i]);
      low_y = std::min(low_y, py[i]);
      high_y = std::max(high_y, py[i]);
    }
    const double side = std::max(static_cast<double>(high_x) - static_cast<double>(low_x),
                                 static_cast<double>(high_y) - static_cast<double>(low_y));
    const double scale = side > 0 ? 4294967295.0 / side : 0.0;  // the corner gets the last of 2^32 cells
    keyed_.resize(static_cast<std::size_t>(n));
    sorted_.resize(static_cast<std::size_t>(n));
    for (index_t i = 0; i < n; ++i) {
      const auto cell = [scale](T at, T low) {
        return static_cast<std::uint32_t>((static_cast<double>(at) - static_cast<double>(low)) * scale);
      };
      keyed_[static_cast<std::size_t>(i)] = {spread(cell(px[i], low_x)) << 1 | spread(cell(py[i], low_y)), i};
    }
    sort();
    x_.resize(static_cast<std::size_t>(n));
    y_.resize(static_cast<std::size_t>(n));
    for (std::size_t i = 0; i < keyed_.size(); ++i) {
      x_[i] = px[keyed_[i].point];
      y_[i] = py[keyed_[i].point];
    }
    side_ = side;
    angle_ = angle;
    nodes_.clear();
    leaves_.clear();
    grow(0, n);
  }

  /// sums[i] and the return value, over all points. Self terms: z counts each point with itself, 1.
  double repel(context<cpu>& ctx, const map_kernels<T>& kernels, map_force<T>* sums) {
    constexpr index_t per_chunk = 8;
    const index_t leaves = static_cast<index_t>(leaves_.size()), chunks = (leaves + per_chunk - 1) / per_chunk;
    totals_.assign(static_cast<std::size_t>(chunks), 0.0);
    ctx.pool().run(chunks, [&](index_t chunk, int) {
      source_list list;
      map_force<T> here[leaf_points];
      double total = 0;
      for (index_t l = chunk * per_chunk; l < std::min(leaves, (chunk + 1) * per_chunk); ++l) {
        const node& leaf = nodes_[static_cast<std::size_t>(leaves_[static_cast<std::size_t>(l)])];
        for (index_t begin = leaf.begin; begin < leaf.end; begin += leaf_points) {
          const index_t count = std::min<index_t>(leaf_points, leaf.end - begin);
          for (map_force<T>& f : here) f = {};
          act(kernels, list, count, x_.data() + begin, y_.data() + begin, here);
          for (index_t t = 0; t < count; ++t) {
            sums[keyed_[static_cast<std::size_t>(begin + t)].point] = here[t];
            total += static_cast<double>(here[t].z);
          }
        }
      }
      totals_[static_cast<std::size_t>(chunk)] = total;
    });
    double z = 0;
    for (const double t : totals_) z += t;
    return z;
  }

  /// What all points do to one that is not among them.
  map_force<T> repel(const map_kernels<T>& kernels, T x, T y) const {
    source_list list;
    map_force<T> sum;
    act(kernels, list, 1, &x, &y, &sum);
    return sum;
  }

 private:
  struct keyed {
    std::uint64_t key;
    index_t point;
  };
  struct node {
    T x, y, weight;     // centre of mass
    T reach;            // squared distance beyond which the node stands for its points
    std::int32_t next;  // the node behind all that is inside
    std::int32_t begin, end;
    bool leaf, mass;  // mass: a leaf that is one source for everybody
  };
  struct source_list {
    static constexpr index_t capacity = 1024;
    alignas(64) T x[capacity], y[capacity], weight[capacity];
    index_t count = 0;
  };

  static std::uint64_t spread(std::uint32_t v) {
    std::uint64_t s = v;
    s = (s | s << 16) & 0x0000FFFF0000FFFFull;
    s = (s | s << 8) & 0x00FF00FF00FF00FFull;
    s = (s | s << 4) & 0x0F0F0F0F0F0F0F0Full;
    s = (s | s << 2) & 0x3333333333333333ull;
    return (s | s << 1) & 0x5555555555555555ull;
  }

  /// By key, equal keys in the order of their points: bytes from the last to the first, those that all share left out.
  void sort() {
    index_t counts[8][256] = {};
    for (const keyed& k : keyed_)
      for (int byte = 0; byte < 8; ++byte) ++counts[byte][k.key >> (8 * byte) & 255];
    for (int byte = 0; byte < 8; ++byte) {
      index_t* const place = counts[byte];
      if (place[keyed_[0].key >> (8 * byte) & 255] == static_cast<index_t>(keyed_.size())) continue;
      index_t sum = 0;
      for (int v = 0; v < 256; ++v) sum += std::exchange(place[v], sum);
      for (const keyed& k : keyed_) sorted_[static_cast<std::size_t>(place[k.key >> (8 * byte) & 255]++)] = k;
      keyed_.swap(sorted_);
    }
  }

  void grow(index_t begin, index_t end) {
    const auto key = [&](index_t i) { return keyed_[static_cast<std::size_t>(i)].key; };
    const std::uint64_t differ = key(begin) ^ key(end - 1);
    const int level = differ == 0 ? 32 : __builtin_clzll(differ) / 2;
    const std::size_t self = nodes_.size();
    nodes_.push_back({});
    const bool leaf = end - begin <= leaf_points || differ == 0;
    double x = 0, y = 0;
    if (leaf) {
      for (index_t i = begin; i < end; ++i) {
        x += static_cast<double>(x_[static_cast<std::size_t>(i)]);
        y += static_cast<double>(y_[static_cast<std::size_t>(i)]);
      }
      leaves_.push_back(static_cast<index_t>(self));
    } else {
      const int shift = 62 - 2 * level;
      for (index_t from = begin; from < end;) {
        const std::uint64_t digit = key(from) >> shift;
        index_t to = from + 1, past = end;  // the first point of another quarter
        while (to < past) {
          const index_t middle = to + (past - to) / 2;
          if (key(middle) >> shift == digit)
            to = middle + 1;
          else
            past = middle;
        }
        const std::size_t child = nodes_.size();
        grow(from, to);
        x += static_cast<double>(nodes_[child].x) * static_cast<double>(to - from);
        y += static_cast<double>(nodes_[child].y) * static_cast<double>(to - from);
        from = to;
      }
    }
    const double weight = static_cast<double>(end - begin), size = std::ldexp(side_, -level) / angle_;
    const double reach = leaf && end - begin == 1 ? 0 : size * size;  // angle 0: infinite, nothing is ever far enough
    nodes_[self] = {static_cast<T>(x / weight),
                    static_cast<T>(y / weight),
                    static_cast<T>(weight),
                    reach < static_cast<double>(std::numeric_limits<T>::max()) ? static_cast<T>(reach)
                                                                               : std::numeric_limits<T>::infinity(),
                    static_cast<std::int32_t>(nodes_.size()),
                    static_cast<std::int32_t>(begin),
                    static_cast<std::int32_t>(end),
                    leaf,
                    leaf && end - begin > leaf_points};
  }

  void act(const map_kernels<T>& kernels, source_list& list, index_t targets, const T* tx, const T* ty,
           map_force<T>* sums) const {
    T low_x = tx[0], high_x = tx[0], low_y = ty[0], high_y = ty[0];
    for (index_t t = 1; t < targets; ++t) {
      low_x = std::min(low_x, tx[t]);
      high_x = std::max(high_x, tx[t]);
      low_y = std::min(low_y, ty[t]);
      high_y = std::max(high_y, ty[t]);
    }
    list.count = 0;
    const auto flush = [&] {
      const index_t end = padded(list.count);
      for (index_t i = list.count; i < end; ++i) list.x[i] = list.y[i] = list.weight[i] = 0;
      kernels.repel({list.x, list.y, list.weight, end}, targets, tx, ty, sums);
      list.count = 0;
    };
    const auto append = [&](T x, T y, T weight) {
      list.x[list.count] = x;
      list.y[list.count] = y;
      list.weight[list.count] = weight;
      if (++list.count == source_list::capacity) flush();
    };
    const node* const nodes = nodes_.data();
    const index_t end = static_cast<index_t>(nodes_.size());
    for (index_t i = 0; i < end;) {
      const node& n = nodes[i];
      const T dx = std::max(std::max(low_x - n.x, n.x - high_x), T(0));
      const T dy = std::max(std::max(low_y - n.y, n.y - high_y), T(0));
      if (dx * dx + dy * dy > n.reach || n.mass) {
        append(n.x, n.y, n.weight);
        i = n.next;
      } else {
        if (n.leaf)
          for (index_t p = n.begin; p < n.end; ++p)
            append(x_[static_cast<std::size_t>(p)], y_[static_cast<std::size_t>(p)], T(1));
        ++i;
      }
    }
    if (list.count > 0) flush();
  }

  std::vector<keyed> keyed_, sorted_;  // in Morton order; room
  std::vector<T> x_, y_;               // the points in that order
  std::vector<node> nodes_;
  std::vector<index_t> leaves_;
  std::vector<double> totals_;
  double side_ = 0, angle_ = 0;
};

}  // namespace kindred::visual::detail
