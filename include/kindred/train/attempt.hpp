// SPDX-License-Identifier: Apache-2.0
/// @file
/// One call of a trainer's step(): it changes everything or nothing.
#pragma once

#include <kindred/core/array.hpp>
#include <kindred/core/math.hpp>
#include <kindred/layer/concept.hpp>
#include <kindred/op/reduce.hpp>
#include <kindred/train/parts.hpp>
#include <limits>

namespace kindred::train {

namespace detail {

/// A number whose top bit is set for NaN and infinity, and for nothing else; integers, so that no compiler setting
/// removes it.
template <class T>
KINDRED_HD constexpr math::bits_of<T> finite_bits(T x) {
  constexpr int mantissa_bits = std::numeric_limits<T>::digits - 1;
  return math::to_bits(math::absolute(x)) + (math::bits_of<T>(1) << mantissa_bits);
}
template <class T>
KINDRED_HD constexpr bool top_bit(math::bits_of<T> b) {
  return (b >> (8 * sizeof(T) - 1)) != 0;
}
struct bit_or {
  template <class U>
  KINDRED_HD constexpr U operator()(U a, U b) const {
    return a | b;
  }
};

/// bad(p) = 1 where piece p of some vectors holds NaN or infinity, else 0.
template <class T, class D>
struct finite_pieces_row {
  static constexpr index_t piece = 4096;
  static constexpr std::size_t most = 8;  ///< vectors of one launch
  struct part {
    const T* data;
    index_t size, first;  ///< the number of its first piece
  };
  part parts[most];
  std::size_t count;
  vector_view<T, D> bad;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t p) const {
    std::size_t k = count - 1;
    while (parts[k].first > p) --k;
    const index_t begin = (p - parts[k].first) * piece, left = parts[k].size - begin;
    const T* const from = parts[k].data + begin;
    const auto bits = g.reduce(left < piece ? left : piece, math::bits_of<T>(0), bit_or{},
                               [from](index_t i) { return finite_bits(from[i]); });
    g.once([&] { bad(p) = top_bit<T>(bits) ? T(1) : T(0); });
  }
};

/// Which element of a layer's flat weights or buffers `at` is: ".0.weight', row 3, column 1,".
template <class P>
std::string element_of(const P& layer, bool buffers, index_t at) {
  std::string text = "', element " + std::to_string(at) + ",";
  const auto look = [&](const std::string& piece, index_t offset, index_t rows, index_t cols) {
    if (at < offset || at >= offset + rows * cols) return;
    const index_t row = (at - offset) / cols, column = (at - offset) % cols;
    text = "." + piece + "', ";
    text += rows > 1 ? "row " + std::to_string(row) + ", column " : "element ";
    text += std::to_string(column) + ",";
  };
  if constexpr (layer::Parametric<P>) {
    if (buffers)
      layer.buffers(look);
    else
      layer.parameters(look);
  }
  return text;
}

}  // namespace detail

/// One call of step(). Unless finish() comes to its end, gradients and buffers are put back as they were, so that a
/// call that throws changes nothing. finish() throws where an element of weights, embeddings, loss, buffers or
/// gradients is not finite. Opens the scratch_scope of the step.
template <class T, Device D>
class attempt {
 public:
  explicit attempt(step_counter<T, D>& counter) : scope_(counter.ctx()), counter_(&counter) {}
  attempt(const attempt&) = delete;
  attempt& operator=(const attempt&) = delete;
  ~attempt() {
    if (done_) return;
    try {
      for (const auto& k : kept_) copy(k.copy, k.original);
    } catch (const error&) {  // of a device that failed already
    }
  }

  /// A part that takes part in the step; its gradient starts from 0 in the first call of an update.
  template <class Part>
  void start(Part& part, const char* name) {
    if (counter_->first())
      op::set_zero(ctx(), part.gradient());
    else
      keep(part.gradient());
    keep(part.buffers());
    const auto element = [](const void* from, role what, index_t at) {
      return detail::element_of(static_cast<const Part*>(from)->named(), what == role::buffers, at);
    };
    found_.push_back({role::weights, name, part.weights(), &part, element});
    found_.push_back({role::buffers, name, part.buffers(), &part, element});
    found_.push_back({role::gradient, name, part.gradient(), &part, element});
  }
  /// What an encoder made of the batch.
  template <template <class, class> class X>
  void made(const forward_result<X, T, D>& r, const char* name) {
    vector_of f{role::embedding, name, as_vector(r.y), nullptr, nullptr};
    if constexpr (std::same_as<X<const T, D>, batch_view<const T, D>>) f.input = r.x.values;
    f.items = r.s.items;
    f.width = r.s.rows == r.s.items ? r.s.cols : 0;
    found_.push_back(f);
  }
  /// Checks what the step made, calls update() in the last call of an update, and counts the call.
  template <class Update>
  loss_value<T, D> finish(Update update) {
    if (counter_->check_finite()) check();
    if (counter_->completes()) update();
    counter_->count();
    done_ = true;
    return counter_->result();
  }

 private:
  enum class role { weights, embedding, loss, buffers, gradient };
  struct vector_of {
    role what;
    const char* name;
    vector_view<const T, D> v;
    const void* part;                                    // of weights, buffers and gradients
    std::string (*element)(const void*, role, index_t);  // their names
    matrix_view<const T, D> input{};                     // of embeddings, where these were made of a matrix
    index_t items = 0, width = 0;                        // of embeddings; width 0 where items have several rows
  };
  struct kept {
    vector_view<T, D> original, copy;
  };

  context<D>& ctx() const { return counter_->ctx(); }
  void copy(vector_view<const T, D> from, vector_view<T, D> to) {
    ctx().copy(to.data(), from.data(), to.size() * static_cast<index_t>(sizeof(T)));
  }
  void keep(vector_view<T, D> v) {
    if (v.size() == 0) return;
    kept_.push_back({v, scratch_vector<T>(ctx(), v.size())});
    copy(v, kept_.back().copy);
  }

  /// One pass over everything and one wait for the device; what is not finite is looked for only where something is.
  void check() {
    found_.push_back({role::loss, "", counter_->value(), nullptr, nullptr});
    using pass = detail::finite_pieces_row<T, D>;
    index_t pieces = 0;
    for (const auto& f : found_) pieces += (f.v.size() + pass::piece - 1) / pass::piece;
    const auto bad = scratch_vector<T>(ctx(), pieces), sum = scratch_vector<T>(ctx(), 1);
    index_t launched = 0;
    for (std::size_t k = 0; k < found_.size();) {
      pass p{};
      index_t first = 0;
      for (; k < found_.size() && p.count < pass::most; ++k) {
        const auto v = found_[k].v;
        if (v.size() == 0) continue;
        p.parts[p.count++] = {v.data(), v.size(), first};
        first += (v.size() + pass::piece - 1) / pass::piece;
      }
      if (first == 0) continue;
      p.bad = bad.segment(launched, first);
      launched += first;
      ctx().for_each_row(first, pass::piece, p);
    }
    op::row_sums(ctx(), as_matrix(vector_view<const T, D>(bad), 1, pieces), sum);
    T all{};
    ctx().copy_to_host(&all, sum.data(), static_cast<index_t>(sizeof(T)));
    ctx().synchronize();
    if (all != T(0)) raise();
  }

  /// Throws argument_error that names the first element that is not finite, causes ahead of effects.
  [[noreturn]] void raise() {
    for (const role what : {role::weights, role::embedding, role::loss, role::buffers, role::gradient})
      for (const vector_of& f : found_)
        if (f.what == what) raise_for(f);
    raise("a value", "not finite");
  }
  [[noreturn]] void raise(const std::string& what, const char* kind) {
    kindred::raise<argument_error>("{}: step {}: {} is {}", counter_->who(), std::to_string(counter_->step() + 1), what,
                                   kind);
  }
  static const char* kind(T v) {
    constexpr auto infinite = math::bits_of<T>(1) << (8 * sizeof(T) - 1);
    return detail::finite_bits(v) == infinite ? "infinite" : "NaN";
  }
  void raise_for(const vector_of& f) {
    const index_t columns = f.input.cols();
    each_non_finite(f.input, [&](index_t at, T v) {
      raise((f.input.rows() == f.items ? "item " : "row ") + std::to_string(at / columns) + " of the batch for '" +
                f.name + "', column " + std::to_string(at % columns) + ",",
            kind(v));
    });
    each_non_finite(as_matrix(f.v, 1, f.v.size()), [&](index_t at, T v) { raise(named(f, at), kind(v)); });
  }
  template <class F>
  void each_non_finite(matrix_view<const T, D> m, F f) {
    const std::vector<T> host = to_host(ctx(), m);
    for (std::size_t k = 0; k < host.size(); ++k)
      if (detail::top_bit<T>(detail::finite_bits(host[k]))) f(static_cast<index_t>(k), host[k]);
  }
  static std::string named(const vector_of& f, index_t at) {
    const std::string name = f.name;
    switch (f.what) {
      case role::loss:
        return "the loss";
      case role::embedding:
        return f.width > 0 ? "the embedding of item " + std::to_string(at / f.width) + " of the batch by '" + name + "'"
                           : "element " + std::to_string(at) + " of the embeddings by '" + name + "'";
      case role::weights:
        return "the weight '" + name + f.element(f.part, f.what, at);
      case role::buffers:
        return "the buffer '" + name + f.element(f.part, f.what, at);
      default:
        return "the gradient of '" + name + f.element(f.part, f.what, at);
    }
  }

  scratch_scope<D> scope_;
  step_counter<T, D>* counter_;
  std::vector<vector_of> found_;
  std::vector<kept> kept_;
  bool done_ = false;
};

}  // namespace kindred::train
