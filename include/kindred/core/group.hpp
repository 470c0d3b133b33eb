// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <kindred/core/config.hpp>
#include <kindred/core/types.hpp>

namespace kindred {

struct plus {
  template <class T>
  KINDRED_HD constexpr T operator()(T a, T b) const {
    return a + b;
  }
};
struct maximum {
  template <class T>
  KINDRED_HD constexpr T operator()(T a, T b) const {
    return a < b ? b : a;
  }
};
struct minimum {
  template <class T>
  KINDRED_HD constexpr T operator()(T a, T b) const {
    return b < a ? b : a;
  }
};

/// True when (score a, id i) stands before (score b, id j) in every ranking of the library: score descending, id
/// ascending, NaN after every number.
template <class T>
KINDRED_HD constexpr bool ahead(T a, index_t i, T b, index_t j) {
  const bool a_is_number = a == a, b_is_number = b == b;
  if (a_is_number != b_is_number) return a_is_number;
  if (a_is_number && a != b) return b < a;
  return i < j;
}

/// An item of a ranking; `id` < 0 means none.
template <class T>
struct scored {
  T score;
  index_t id;
};

/// Reduction that keeps the item that stands first.
struct best {
  template <class T>
  KINDRED_HD constexpr scored<T> operator()(scored<T> a, scored<T> b) const {
    if (b.id < 0) return a;
    if (a.id < 0) return b;
    return ahead(b.score, b.id, a.score, a.id) ? b : a;
  }
};

namespace detail {
// named, because nvcc does not accept lambdas inside a concept
struct each_archetype {
  KINDRED_HD void operator()(index_t) const {}
};
struct each_pair_archetype {
  KINDRED_HD void operator()(index_t, index_t) const {}
};
struct each_row_archetype {
  template <class G>
  KINDRED_HD void operator()(const G&, index_t) const {}
};
struct nothing_archetype {
  KINDRED_HD void operator()() const {}
};
struct integer_archetype {
  KINDRED_HD index_t operator()(index_t) const { return 0; }
};
struct number_archetype {
  KINDRED_HD float operator()(index_t) const { return 0; }
};
}  // namespace detail

/// What a kernel body sees of the machine: some lanes that work on one row together. Bodies never see a thread index.
///
///   for_each(n, f)        f(i) for i in [0, n), in no order; different i write different elements
///   reduce(n, init, op, f)  op over f(0), ..., f(n - 1); `init` is neutral; every lane gets the result
///   once(f)               f() exactly once
///   scan(n, f, emit)      emit(i, f(0) + ... + f(i - 1)) for i in [0, n) with integer f; returns the total
///   count(n, bins, bin)   adds one to bins[bin(i)] where bin(i) >= 0; integers, so the order cannot matter
///
/// Laws  Bodies write global memory only inside for_each, once, scan's emit and count. Group calls are made by all
///       lanes alike and never inside a lambda given to another group call. scan's emit does not write what f reads.
///       A value that is read outside a group call counts as read by every lane, each at its own time: a group call
///       must stand between it and the next write to it. Bodies do not throw.
template <class G>
concept Group = requires(const G& g, index_t n, index_t* bins) {
  g.for_each(n, detail::each_archetype{});
  g.once(detail::nothing_archetype{});
  { g.reduce(n, 0.0f, plus{}, detail::number_archetype{}) } -> std::same_as<float>;
  { g.scan(n, detail::integer_archetype{}, detail::each_pair_archetype{}) } -> std::same_as<index_t>;
  g.count(n, bins, detail::integer_archetype{});
};

/// The host's group: `Lanes` strided partial results, combined in the butterfly order of a warp, so that the compiler
/// vectorizes sums without being allowed to reorder them. The result depends on n and Lanes only.
template <int Lanes>
struct lane_group {
  static constexpr int lanes = Lanes;

  template <class F>
  KINDRED_HD void for_each(index_t n, F f) const {
    for (index_t i = 0; i < n; ++i) f(i);
  }
  template <class F>
  KINDRED_HD void once(F f) const {
    f();
  }
  template <class T, class Op, class F>
  KINDRED_HD T reduce(index_t n, T init, Op op, F f) const {
    T part[static_cast<std::size_t>(Lanes)];
    for (int l = 0; l < Lanes; ++l) part[l] = init;
    index_t i = 0;
    for (; i + Lanes <= n; i += Lanes)
      for (int l = 0; l < Lanes; ++l) part[l] = op(part[l], f(i + l));
    const int rest = static_cast<int>(n - i);
    for (int l = 0; l < rest; ++l) part[l] = op(part[l], f(i + l));
    for (int half = Lanes / 2; half > 0; half /= 2)
      for (int l = 0; l < half; ++l) part[l] = op(part[l], part[l + half]);
    return part[0];
  }
  template <class F, class Emit>
  KINDRED_HD index_t scan(index_t n, F f, Emit emit) const {
    index_t sum = 0;
    for (index_t i = 0; i < n; ++i) {
      const index_t value = f(i);
      emit(i, sum);
      sum += value;
    }
    return sum;
  }
  template <class F>
  KINDRED_HD void count(index_t n, index_t* bins, F bin) const {
    for (index_t i = 0; i < n; ++i) {
      const index_t b = bin(i);
      if (b >= 0) ++bins[b];
    }
  }
};
static_assert(Group<lane_group<16>>);

}  // namespace kindred
