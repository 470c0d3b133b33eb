// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstring>
#include <kindred/backend/cpu.hpp>
#include <kindred/backend/detail/cpu_quantized_impl.hpp>
#include <kindred/backend/detail/selection_lists.hpp>
#include <kindred/backend/distance.hpp>
#include <kindred/backend/products.hpp>
#include <kindred/core/atomic_ref.hpp>
#include <utility>
#if defined(KINDRED_BLAS)
#include <cblas.h>
#endif

namespace kindred {

namespace detail {

/// One call of a product kernel: `rows` broadcast items times packed panels of `cols` items across the lanes.
template <class T>
struct product_block {
  index_t depth;   // length of the inner products of this call
  const T* items;  // element (r, k) at r * item_row + k * item_k
  index_t item_row, item_k, rows;
  const T* panels;  // panel p at p * panel_size: depth x panel width, zeros behind the last column
  index_t panel_size, cols;
  T* c;  // rows x cols, its rows padded to whole registers
  index_t c_stride;
  bool resume;  // go on from the sums in c
};

inline constexpr std::size_t pair_batch = 8;

/// Sums of single pairs of rows.
template <class T>
using pair_kernel = void (*)(index_t depth, const T* const (&a)[pair_batch], const T* const (&b)[pair_batch],
                             T (&out)[pair_batch]);

template <class T>
struct product_kernels {
  index_t panel_width;
  index_t lanes;
  void (*product)(const product_block<T>&);
  void (*differences)(const product_block<T>&);            // sums of squared differences instead of products
  void (*squares)(index_t depth, const T* panel, T* sum);  // `lanes` sums, from packed rows
  /// Scores of distances from one row of products, in their place; returns how many of them cancel.
  index_t (*distances)(index_t cols, T row_norm, const T* norms, T* scores);
  pair_kernel<T> pair_products, pair_differences;
};

/// Pairs of rows whose scores are replaced by differences, several at a time.
template <class T, std::size_t Most>
class waiting_pairs {
 public:
  explicit waiting_pairs(pair_kernel<T> differences) : differences_(differences) {}

  /// False when there is no room.
  bool add(const T* a, const T* b, T* score) {
    if (count_ == Most) return false;
    a_[count_] = a;
    b_[count_] = b;
    score_[count_++] = score;
    return true;
  }
  void finish(index_t depth) {
    for (std::size_t first = 0; first < count_; first += pair_batch) {
      const T *a[pair_batch], *b[pair_batch];
      T squares[pair_batch];
      for (std::size_t i = 0; i < pair_batch; ++i) {
        const std::size_t from = std::min(first + i, count_ - 1);
        a[i] = a_[from];
        b[i] = b_[from];
      }
      differences_(depth, a, b, squares);
      for (std::size_t i = 0; i < pair_batch && first + i < count_; ++i) *score_[first + i] = T(0) - squares[i];
    }
    count_ = 0;
  }

 private:
  pair_kernel<T> differences_;
  std::size_t count_ = 0;
  // initialized for g++ 12, which cannot see that count_ are filled before they are read
  const T *a_[Most] = {}, *b_[Most] = {};
  T* score_[Most] = {};
};

/// One call of a search kernel: `rows` items, read where they lie, against packed queries.
template <class T>
struct search_block {
  index_t depth;
  const T* items;
  index_t item_row, rows;
  index_t first_id;  // of the first item; the items before it lie before it
  const T* panels;   // of queries, as in product_block
  index_t panel_size, queries;
  const T* query_rows;  // the same queries, unpacked
  index_t query_stride;
  const T* query_norms;  // padded to whole registers
  const T* item_norms;   // of the block; null for inner products
  distance_margin<T> margin;
  T* sums;  // search_places x sums_stride, where rows are multiplied piece by piece
  index_t sums_stride;
};
inline constexpr index_t search_rows = 96, search_places = search_rows + 12;

/// The thresholds of the lists are padded to whole panels with infinity.
template <class T>
struct search_kernels {
  void (*search)(const search_block<T>&, const selection_lists<T>&);
  /// At most scan_queries queries, unpacked, and `lanes` items or more up to the end of the block.
  void (*scan)(const search_block<T>&, const selection_lists<T>&, const T* queries);
};
inline constexpr index_t scan_queries = 4;

#define KINDRED_KERNELS <kindred/backend/detail/cpu_tile.inc>
#include <kindred/backend/instruction_sets.inc>

template <class T>
product_kernels<T> kernels_for([[maybe_unused]] instruction_set set) {
#if defined(__x86_64__)
  if (set == instruction_set::avx512) return avx512::kernels<T>();
  if (set == instruction_set::avx2) return avx2::kernels<T>();
#endif
  return baseline::kernels<T>();
}
template <class T>
search_kernels<T> search_kernels_for([[maybe_unused]] instruction_set set) {
#if defined(__x86_64__)
  if (set == instruction_set::avx512) return avx512::kernels_of_search<T>();
  if (set == instruction_set::avx2) return avx2::kernels_of_search<T>();
#endif
  return baseline::kernels_of_search<T>();
}

/// Packs columns [first, first + width) of op(b) for k in [from, from + depth): k outermost, zeros behind the last
/// column.
template <class T>
void pack_panel(matrix_view<const T, cpu> b, bool transposed, index_t first, index_t width, index_t from, index_t depth,
                T* panel) {
  const index_t cols = transposed ? b.rows() : b.cols();
  const index_t used = std::min(width, cols - first);
  if (!transposed) {
    for (index_t k = 0; k < depth; ++k, panel += width) {
      std::memcpy(panel, &b(from + k, first), static_cast<std::size_t>(used) * sizeof(T));
      std::fill(panel + used, panel + width, T(0));
    }
    return;
  }
  constexpr index_t strip = 16;  // numbers of one item that are read at a time: a cache line of floats
  for (index_t k = 0; k < depth; k += strip) {
    const index_t here = std::min(strip, depth - k);
    for (index_t j = 0; j < used; ++j) {
      const T* const item = &b(first + j, from + k);
      for (index_t i = 0; i < here; ++i) panel[(k + i) * width + j] = item[i];
    }
    for (index_t i = 0; i < here; ++i) std::fill(panel + (k + i) * width + used, panel + (k + i + 1) * width, T(0));
  }
}

/// c = alpha * sums + beta * c; c is not read when beta is 0.
template <class T>
void finish_product(T alpha, const T* sums, index_t stride, T beta, matrix_view<T, cpu> c) {
  for (index_t r = 0; r < c.rows(); ++r) {
    const T* const from = sums + r * stride;
    T* const to = &c(r, 0);
    if (beta == T(0))
      for (index_t j = 0; j < c.cols(); ++j) to[j] = alpha * from[j];
    else
      for (index_t j = 0; j < c.cols(); ++j) to[j] = alpha * from[j] + beta * to[j];
  }
}

/// How own_gemm cuts up an op(b) of depth x n: so much of it is packed at a time.
template <class T>
struct packing {
  static constexpr index_t block_depth = 512, group_cols = 512;
  static constexpr index_t most = index_t(1) << 22;  // numbers packed at a time
  index_t width, depth, cols;
  packing(index_t panel_width, index_t whole_depth, index_t n) : width(panel_width) {
    depth = std::min(whole_depth, std::max(most / group_cols, block_depth));
    const index_t groups = std::max<index_t>(1, most / (std::max<index_t>(1, depth) * group_cols));
    cols = std::min((n + width - 1) / width * width, groups * group_cols);
  }
  bool holds(index_t whole_depth, index_t n) const { return depth == whole_depth && cols >= n; }
};

/// The library's own product. op(b) is packed once, group of columns by group of columns; then blocks of c are computed
/// in parallel, each with its partial sums in a workspace that fits the second-level cache.
template <class T>
void own_gemm(context<cpu>& ctx, T alpha, matrix_view<const T, cpu> a, bool a_transposed, matrix_view<const T, cpu> b,
              bool b_transposed, index_t depth, T beta, matrix_view<T, cpu> c, const T* whole = nullptr) {
  constexpr index_t block_depth = packing<T>::block_depth, block_rows = 96, group_cols = packing<T>::group_cols;
  const product_kernels<T> kernels = kernels_for<T>(ctx.instructions());
  const index_t width = kernels.panel_width;
  const index_t m = c.rows(), n = c.cols();
  thread_pool& pool = ctx.pool();
  const bool small = m * n * depth < (index_t(1) << 18);  // under a tenth of a millisecond

  const packing<T> cut(width, depth, n);
  const index_t depth_at_once = cut.depth, cols_at_once = cut.cols;

  // narrower blocks when there is little to share out
  index_t rows = block_rows;
  while (rows > 12 && (m + rows - 1) / rows * ((n + group_cols - 1) / group_cols) < 2 * pool.threads()) rows /= 2;
  const index_t row_blocks = (m + rows - 1) / rows;

  const scratch_scope scope(ctx);
  T* const taken = whole ? nullptr : ctx.scratch().template take<T>(depth_at_once * cols_at_once);
  const T* const packed = whole ? whole : taken;
  const index_t item_block = rows * block_depth;
  T* const items = a_transposed ? ctx.scratch().template take<T>(item_block * pool.threads()) : nullptr;
  // partial sums of a whole column range when the depth does not fit into the packed buffer at once
  const bool one_pass = depth_at_once == depth;
  const index_t sums_stride = one_pass ? group_cols : cols_at_once;
  T* const sums = ctx.scratch().template take<T>(one_pass ? rows * group_cols * pool.threads() : m * cols_at_once);

  for (index_t col0 = 0; col0 < n; col0 += cols_at_once) {
    const index_t cols = std::min(cols_at_once, n - col0), panels = (cols + width - 1) / width;
    const index_t groups = (cols + group_cols - 1) / group_cols;
    for (index_t k0 = 0; k0 < depth; k0 += depth_at_once) {
      const index_t k_here = std::min(depth_at_once, depth - k0);
      const auto pack = [&](index_t p, int) {
        pack_panel<T>(b, b_transposed, col0 + p * width, width, k0, k_here, taken + p * width * k_here);
      };
      const auto multiply = [&](index_t chunk, int worker) {
        const index_t row = chunk / groups * rows, first = chunk % groups * group_cols;
        product_block<T> block{};
        block.rows = std::min(rows, m - row);
        block.cols = std::min(group_cols, cols - first);
        block.panel_size = width * k_here;
        const bool direct = one_pass && alpha == T(1) && beta == T(0) && block.cols % width == 0;
        block.c = direct     ? &c(row, col0 + first)
                  : one_pass ? sums + worker * rows * group_cols
                             : sums + row * sums_stride + first;
        block.c_stride = direct ? c.stride() : sums_stride;
        for (index_t k = 0; k < k_here; k += block_depth) {
          block.depth = std::min(block_depth, k_here - k);
          block.panels = packed + first * k_here + k * width;
          block.resume = k0 + k > 0;
          if (a_transposed) {
            T* const mine = items + worker * item_block;
            for (index_t i = 0; i < block.depth; ++i)
              std::memcpy(mine + i * rows, &a(k0 + k + i, row), static_cast<std::size_t>(block.rows) * sizeof(T));
            block.items = mine;
            block.item_row = 1;
            block.item_k = rows;
          } else {
            block.items = &a(row, k0 + k);
            block.item_row = a.stride();
            block.item_k = 1;
          }
          kernels.product(block);
        }
        if (!direct && k0 + k_here == depth)
          finish_product<T>(alpha, block.c, block.c_stride, beta,
                            c.middle_rows(row, block.rows).middle_cols(col0 + first, block.cols));
      };
      if (small) {
        for (index_t p = 0; p < panels && !whole; ++p) pack(p, 0);
        for (index_t chunk = 0; chunk < row_blocks * groups; ++chunk) multiply(chunk, 0);
      } else {
        if (!whole) pool.run(panels, pack);
        pool.run(row_blocks * groups, multiply);
      }
    }
  }
}

}  // namespace detail

template <Scalar T>
const T* device_pack([[maybe_unused]] context<cpu>& ctx, [[maybe_unused]] matrix_view<const T, cpu> b,
                     [[maybe_unused]] transpose tb) {
  using namespace detail;
#if defined(KINDRED_BLAS)
  return nullptr;
#else
  const bool transposed = tb == transpose::yes;
  const index_t depth = transposed ? b.cols() : b.rows(), n = transposed ? b.rows() : b.cols();
  const packing<T> cut(kernels_for<T>(ctx.instructions()).panel_width, depth, n);
  if (depth == 0 || n == 0 || !cut.holds(depth, n)) return nullptr;
  T* const packed = ctx.scratch().template take<T>(depth * cut.cols);
  ctx.pool().run((n + cut.width - 1) / cut.width, [&](index_t p, int) {
    pack_panel<T>(b, transposed, p * cut.width, cut.width, 0, depth, packed + p * cut.width * depth);
  });
  return packed;
#endif
}

template <Scalar T>
void device_gemm_packed(context<cpu>& ctx, T alpha, matrix_view<const T, cpu> a, transpose ta,
                        matrix_view<const T, cpu> b, transpose tb, const T* packed, T beta, matrix_view<T, cpu> c) {
  using namespace detail;
  if (packed == nullptr) return cpu_gemm<T>(ctx, alpha, a, ta, b, tb, beta, c);
  const bool a_transposed = ta == transpose::yes, b_transposed = tb == transpose::yes;
  const index_t depth = product_depth(a, a_transposed, b, b_transposed, c);
  if (c.rows() > 0) own_gemm<T>(ctx, alpha, a, a_transposed, b, b_transposed, depth, beta, c, packed);
}

namespace detail {

template <Scalar T>
void cpu_gemm([[maybe_unused]] context<cpu>& ctx, T alpha, matrix_view<const T, cpu> a, transpose ta,
              matrix_view<const T, cpu> b, transpose tb, T beta, matrix_view<T, cpu> c) {
  const bool a_transposed = ta == transpose::yes, b_transposed = tb == transpose::yes;
  const index_t depth = product_depth(a, a_transposed, b, b_transposed, c);
  if (c.rows() == 0 || c.cols() == 0) return;
  if (depth == 0) {
    for (index_t r = 0; r < c.rows(); ++r)
      for (index_t j = 0; j < c.cols(); ++j) c(r, j) = beta == T(0) ? T(0) : beta * c(r, j);
    return;
  }
#if defined(KINDRED_BLAS)
  const auto flag = [](bool transposed) { return transposed ? CblasTrans : CblasNoTrans; };
  const auto whole = [](index_t n) {
    expects<argument_error>(n <= 0x7fffffff, "gemm: CBLAS takes sizes below 2^31, not {}", n);
    return static_cast<int>(n);
  };
  const int m = whole(c.rows()), n = whole(c.cols()), k = whole(depth);
  const int lda = whole(a.stride()), ldb = whole(b.stride()), ldc = whole(c.stride());
  if constexpr (std::is_same_v<T, float>)
    cblas_sgemm(CblasRowMajor, flag(a_transposed), flag(b_transposed), m, n, k, alpha, a.data(), lda, b.data(), ldb,
                beta, c.data(), ldc);
  else
    cblas_dgemm(CblasRowMajor, flag(a_transposed), flag(b_transposed), m, n, k, alpha, a.data(), lda, b.data(), ldb,
                beta, c.data(), ldc);
#else
  own_gemm<T>(ctx, alpha, a, a_transposed, b, b_transposed, depth, beta, c);
#endif
}

}  // namespace detail

template <Scalar T>
void device_inner_products(context<cpu>& ctx, matrix_view<const T, cpu> a, matrix_view<const T, cpu> b,
                           matrix_view<T, cpu> out) {
  using namespace detail;
  const index_t depth = product_depth(a, false, b, true, out);
  if (out.rows() == 0 || out.cols() == 0) return;
  if (depth > 0) return own_gemm<T>(ctx, T(1), a, false, b, true, depth, T(0), out);
  for (index_t r = 0; r < out.rows(); ++r) std::fill_n(&out(r, 0), out.cols(), T(0));
}

/// In blocks: by single pairs where few scores cancel, else by differences of the whole block.
template <Scalar T>
void device_distances(context<cpu>& ctx, matrix_view<const T, cpu> a, vector_view<const T, cpu> a_norms,
                      matrix_view<const T, cpu> b, vector_view<const T, cpu> b_norms, matrix_view<T, cpu> scores) {
  using namespace detail;
  constexpr index_t block_rows = 96, block_depth = 512;
  const product_kernels<T> kernels = kernels_for<T>(ctx.instructions());
  const index_t width = kernels.panel_width, depth = a.cols();
  const index_t panels = (scores.cols() + width - 1) / width, blocks = (scores.rows() + block_rows - 1) / block_rows;
  const scratch_scope scope(ctx);
  T* const panel = ctx.scratch().template take<T>(width * block_depth * ctx.threads());
  T* const sums = ctx.scratch().template take<T>(block_rows * width * ctx.threads());
  ctx.pool().run(blocks * panels, [&](index_t chunk, int worker) {
    const index_t row = chunk / panels * block_rows, col = chunk % panels * width;
    const index_t rows = std::min(block_rows, scores.rows() - row), cols = std::min(width, scores.cols() - col);
    index_t cancelled = 0;
    for (index_t r = row; r < row + rows; ++r)
      cancelled += kernels.distances(cols, a_norms(r), b_norms.data() + col, &scores(r, col));
    if (cancelled == 0) return;
    product_block<T> block{};
    block.rows = rows;
    block.cols = cols;
    block.panels = panel + worker * width * block_depth;
    block.c = sums + worker * block_rows * width;
    block.c_stride = width;
    const bool whole = cancelled * 16 > rows * cols;
    for (index_t k = 0; whole && k < depth; k += block_depth) {
      block.depth = std::min(block_depth, depth - k);
      block.items = &a(row, k);
      block.item_row = a.stride();
      block.item_k = 1;
      block.resume = k > 0;
      pack_panel<T>(b, true, col, width, k, block.depth, panel + worker * width * block_depth);
      kernels.differences(block);
    }
    waiting_pairs<T, pair_batch> pairs(kernels.pair_differences);
    for (index_t r = row; r < row + rows; ++r)
      for (index_t c = col; c < col + cols; ++c) {
        T& score = scores(r, c);
        if (!cancels(score, a_norms(r) + b_norms(c))) continue;
        if (whole) {
          score = T(0) - block.c[(r - row) * width + (c - col)];
        } else if (!pairs.add(&a(r, 0), &b(c, 0), &score)) {
          pairs.finish(depth);
          pairs.add(&a(r, 0), &b(c, 0), &score);
        }
      }
    pairs.finish(depth);
  });
}

template <Scalar T>
void device_square_norms(context<cpu>& ctx, matrix_view<const T, cpu> rows, vector_view<T, cpu> out) {
  using namespace detail;
  constexpr index_t block_depth = 512;
  constexpr std::size_t most_lanes = 64 / sizeof(T);
  const product_kernels<T> kernels = kernels_for<T>(ctx.instructions());
  const index_t lanes = kernels.lanes;
  const scratch_scope scope(ctx);
  T* const panels = ctx.scratch().template take<T>(block_depth * lanes * ctx.threads());
  ctx.pool().run((rows.rows() + lanes - 1) / lanes, [&](index_t chunk, int worker) {
    T* const panel = panels + worker * block_depth * lanes;
    T sum[most_lanes] = {};
    for (index_t k = 0; k < rows.cols(); k += block_depth) {
      const index_t depth = std::min(block_depth, rows.cols() - k);
      pack_panel<T>(rows, true, chunk * lanes, lanes, k, depth, panel);
      kernels.squares(depth, panel, sum);
    }
    for (index_t i = 0; i < lanes && chunk * lanes + i < rows.rows(); ++i) out(chunk * lanes + i) = sum[i];
  });
}

namespace detail {

/// What one search shares between its threads.
template <class T>
class nearest_search {
  using key = selection_key<T>;
  static constexpr index_t packed_bytes = index_t(1) << 20;   // of queries at a time: half of a second-level cache
  static constexpr index_t list_bytes = index_t(1) << 24;     // of lists per thread, where that is enough for one panel
  static constexpr index_t most_rows = 960;                   // items a thread takes at a time
  static constexpr index_t rest_share = 40, first_pause = 8;  // a first pass that leaves more than one in 40 pauses

 public:
  nearest_search(context<cpu>& ctx, const nearest_arguments<T>& a)
      : ctx_(ctx),
        a_(a),
        products_(kernels_for<T>(ctx.instructions())),
        kernels_(search_kernels_for<T>(ctx.instructions())),
        items_(a.gallery.rows()),
        depth_(a.gallery.cols()),
        k_(std::min(a.ids.cols(), items_)),
        capacity_(selection_capacity(k_, items_)),
        workers_(ctx.threads()),
        quantized_(a.quantized.codes != nullptr && ctx.instructions() == instruction_set::avx512 &&
                   has_byte_products() && depth_ <= quantized_most_columns) {
    constexpr index_t size = sizeof(T), key_size = sizeof(key);
    const index_t width = products_.panel_width, lanes = products_.lanes;
    index_t most = std::max(packed_bytes / (std::max<index_t>(1, depth_) * size) / width * width, width);
    most = std::min<index_t>(most, 512);
    const index_t by_lists = list_bytes / (capacity_ * key_size);
    if (by_lists < most) most = by_lists >= width ? by_lists / width * width : lanes;
    most_queries_ = most;
    const index_t share = (items_ + 4 * workers_ - 1) / (4 * workers_);
    rows_ = std::clamp<index_t>((share + search_rows - 1) / search_rows * search_rows, search_rows, most_rows);
  }

  void run() {
    const index_t queries = a_.queries.rows();
    if (queries == 0 || a_.ids.cols() == 0) return;
    if (k_ == 0) {
      for (index_t q = 0; q < queries; ++q) write(q, nullptr, 0);
      return;
    }
    const bool scan = queries <= scan_queries && items_ >= products_.lanes && queries <= most_queries_;
    const index_t at_once = scan ? queries : std::min(most_queries_, queries);
    const index_t width = products_.panel_width, padded = (at_once + width - 1) / width * width;
    const scratch_scope scope(ctx_);
    auto& scratch = ctx_.scratch();
    keys_ = scratch.template take<key>(at_once * capacity_ * workers_);
    merged_ = scratch.template take<key>(std::max(2 * k_, capacity_) * workers_);
    count_ = scratch.template take<index_t>(padded * workers_);
    threshold_ = scratch.template take<T>(padded * workers_);
    norms_ = scratch.template take<T>(padded);
    packed_ = scratch.template take<T>(scan ? queries * depth_ : padded * depth_);
    sums_ = scratch.template take<T>(search_places * padded * workers_);
    at_once_ = at_once;
    padded_ = padded;
    if (quantized_) first_.reserve(ctx_, padded, (depth_ + 3) / 4, workers_);
    for (index_t first = 0; first < queries; first += at_once) search(first, std::min(at_once, queries - first), scan);
  }

 private:
  selection_lists<T> lists(index_t first, int worker) const {
    return {keys_ + worker * at_once_ * capacity_,
            count_ + worker * padded_,
            threshold_ + worker * padded_,
            k_,
            capacity_,
            a_.keep ? a_.keep.data() : nullptr,
            a_.excluded ? a_.excluded.data() + first : nullptr};
  }

  void search(index_t first, index_t queries, bool scan) {
    constexpr T infinity = std::numeric_limits<T>::infinity();
    const index_t width = products_.panel_width;
    for (int w = 0; w < workers_; ++w)
      for (index_t q = 0; q < padded_; ++q) {
        count_[w * padded_ + q] = 0;
        threshold_[w * padded_ + q] = q < queries ? -infinity : infinity;
      }
    for (index_t q = 0; q < padded_; ++q) norms_[q] = a_.query_norms && q < queries ? a_.query_norms(first + q) : T(0);
    const matrix_view<const T, cpu> rows = a_.queries.middle_rows(first, queries);
    if (scan)
      for (index_t q = 0; q < queries; ++q) std::copy_n(rows.row(q).data(), depth_, packed_ + q * depth_);
    else
      ctx_.pool().run((queries + width - 1) / width, [&](index_t p, int) {
        pack_panel<T>(rows, true, p * width, width, 0, depth_, packed_ + p * width * depth_);
      });
    const bool quantized = quantized_ && quantize(rows);
    ctx_.pool().run((items_ + rows_ - 1) / rows_, [&](index_t chunk, int worker) {
      if (quantized && search_quantized(first, queries, chunk * rows_, worker)) return;
      search_block<T> block{};
      block.first_id = chunk * rows_;
      block.rows = std::min(rows_, items_ - block.first_id);
      block.depth = depth_;
      block.items = a_.gallery.row(block.first_id).data();
      block.item_row = a_.gallery.stride();
      block.panels = packed_;
      block.panel_size = width * depth_;
      block.queries = queries;
      block.query_rows = rows.data();
      block.query_stride = rows.stride();
      block.query_norms = norms_;
      block.item_norms = a_.gallery_norms ? a_.gallery_norms.data() + block.first_id : nullptr;
      block.margin = distance_margin<T>::of(depth_);
      block.sums = sums_ + worker * search_places * padded_;
      block.sums_stride = padded_;
      if (scan && block.first_id + block.rows >= products_.lanes)
        kernels_.scan(block, lists(first, worker), packed_);
      else
        kernels_.search(block, lists(first, worker));
    });
    constexpr index_t queries_per_chunk = 32;
    ctx_.pool().run((queries + queries_per_chunk - 1) / queries_per_chunk, [&](index_t chunk, int worker) {
      const index_t end = std::min(queries, (chunk + 1) * queries_per_chunk);
      for (index_t q = chunk * queries_per_chunk; q < end; ++q) merge(first, q, worker);
    });
  }

  /// The queries of a search for the first pass, and what its threads tell each other.
  struct first_pass {
    std::int8_t* panels = nullptr;
    std::int32_t* start = nullptr;
    float *scale = nullptr, *error = nullptr, *length = nullptr;
    float* threshold = nullptr;  // the highest of all threads
    index_t* resting = nullptr;  // per thread: so many pieces of the gallery without a first pass,
    index_t* pause = nullptr;    // and so many after the next one that leaves too much
    index_t quads = 0;

    void reserve(context<cpu>& ctx, index_t padded, index_t quads_of_row, int workers) {
      quads = quads_of_row;
      panels = ctx.scratch().template take<std::int8_t>(padded * quads * 4);
      start = ctx.scratch().template take<std::int32_t>(padded);
      scale = ctx.scratch().template take<float>(padded);
      error = ctx.scratch().template take<float>(padded);
      length = ctx.scratch().template take<float>(padded);
      threshold = ctx.scratch().template take<float>(padded);
      resting = ctx.scratch().template take<index_t>(workers);
      pause = ctx.scratch().template take<index_t>(workers);
    }
  };

  /// Packs the queries as bytes; false when one of them has no bound.
  bool quantize([[maybe_unused]] matrix_view<const T, cpu> rows) {
    if constexpr (std::is_same_v<T, float>) {
      std::fill_n(first_.resting, workers_, index_t(0));
      std::fill_n(first_.pause, workers_, first_pause);
      std::atomic<bool> bounded = true;
      ctx_.pool().run((rows.rows() + quantized_panel - 1) / quantized_panel, [&](index_t p, int) {
        std::int8_t* const panel = first_.panels + p * quantized_panel * first_.quads * 4;
        std::fill_n(panel, quantized_panel * first_.quads * 4, std::int8_t(0));
        for (index_t i = 0; i < quantized_panel; ++i) {
          const index_t q = p * quantized_panel + i;
          if (q >= padded_) break;
          first_.threshold[q] = -std::numeric_limits<float>::infinity();
          first_.scale[q] = first_.error[q] = first_.length[q] = 0;
          first_.start[q] = 0;
          if (q >= rows.rows()) continue;
          std::int32_t sum = 0;
          const quantized_row row = quantize_row(rows.row(q).data(), depth_, [&](index_t k, int v) {
            panel[(k / 4 * quantized_panel + i) * 4 + k % 4] = static_cast<std::int8_t>(v);
            sum += v;
          });
          if (!row.bounded) bounded = false;
          first_.scale[q] = row.scale;
          first_.error[q] = row.error;
          first_.length[q] = row.whole;
          first_.start[q] = -128 * sum;
        }
      });
      return bounded;
    } else {
      return false;
    }
  }

  /// Pairs that the first pass could not rule out, multiplied in full a few at a time.
  struct full_pairs {
    const nearest_search* search;
    selection_lists<T> lists;
    index_t first_query, first_id;
    index_t query[pair_batch], id[pair_batch];
    std::size_t waiting = 0;
    index_t survivors = 0;

    void add(index_t q, index_t row) {
      ++survivors;
      const index_t item = first_id + row;
      if (lists.keep != nullptr && lists.keep[item] == 0) return;
      const char* const data = reinterpret_cast<const char*>(search->a_.gallery.row(item).data());
      for (index_t at = 0; at < search->depth_ * static_cast<index_t>(sizeof(T)); at += 64)
        __builtin_prefetch(data + at);
      query[waiting] = q;
      id[waiting] = item;
      if (++waiting == pair_batch) finish();
    }
    void finish() {
      if (waiting == 0) return;
      const T *a[pair_batch], *b[pair_batch];
      T sum[pair_batch];
      for (std::size_t i = 0; i < pair_batch; ++i) {
        const std::size_t from = std::min(i, waiting - 1);
        a[i] = search->a_.queries.row(first_query + query[from]).data();
        b[i] = search->a_.gallery.row(id[from]).data();
      }
      search->products_.pair_products(search->depth_, a, b, sum);
      if (search->a_.gallery_norms) {
        waiting_pairs<T, pair_batch> cancelled(search->products_.pair_differences);
        for (std::size_t i = 0; i < waiting; ++i) {
          const T norms = search->norms_[query[i]] + search->a_.gallery_norms(id[i]);
          sum[i] = (sum[i] + sum[i]) - norms;
          if (cancels(sum[i], norms)) cancelled.add(a[i], b[i], &sum[i]);
        }
        cancelled.finish(search->depth_);
      }
      for (std::size_t i = 0; i < waiting; ++i)
        if (sum[i] > lists.threshold[query[i]]) append(lists, query[i], sum[i], id[i]);
      waiting = 0;
    }
  };

  /// One piece of the gallery by the first pass and full products of what it leaves. False: not worth it here.
  bool search_quantized([[maybe_unused]] index_t first, [[maybe_unused]] index_t queries,
                        [[maybe_unused]] index_t first_id, [[maybe_unused]] int worker) {
    if constexpr (std::is_same_v<T, float>) {
      if (first_.resting[worker] > 0) {
        --first_.resting[worker];
        return false;
      }
      full_pairs pairs{this, lists(first, worker), first, first_id, {}, {}};
      const selection_lists<float>& mine = pairs.lists;
      for (index_t q = 0; q < queries; ++q) {
        if (mine.count[q] > k_ + k_ / 2 + 8) cut_selection(mine, q);
        // the others' k-th best: not strictly, since an equal score of theirs may have a higher id
        atomic_ref<float> best(first_.threshold[q]);
        float highest = best.load(std::memory_order_relaxed);
        const float own = mine.threshold[q];
        while (own > highest && !best.compare_exchange_weak(highest, own, std::memory_order_relaxed)) {
        }
        const float below = std::nextafter(highest, -std::numeric_limits<float>::infinity());
        if (below > own) mine.threshold[q] = below;
        if (!(mine.threshold[q] > -std::numeric_limits<float>::infinity())) return false;
      }
      const quantized_view& from = a_.quantized;
      quantized_block block{};
      block.rows = std::min(rows_, items_ - first_id);
      block.quads = first_.quads;
      block.codes = from.codes + first_id * from.stride;
      block.stride = from.stride;
      block.scale = from.scale + first_id;
      block.error = from.error + first_id;
      block.length = from.length + first_id;
      block.panels = first_.panels;
      block.queries = queries;
      block.start = first_.start;
      block.query_scale = first_.scale;
      block.query_error = first_.error;
      block.query_length = first_.length;
      block.query_norms = norms_;
      block.item_norms = a_.gallery_norms ? a_.gallery_norms.data() + first_id : nullptr;
      block.norm_share = distance_margin<float>::of(depth_).share;
      block.threshold = mine.threshold;
      block.pairs = &pairs;
      block.survived = [](void* to, index_t query, index_t row) { static_cast<full_pairs*>(to)->add(query, row); };
      bound_scores(block);
      pairs.finish();
      // a full product of one pair costs as much as some twenty pairs of the usual path
      if (pairs.survivors * rest_share > block.rows * queries) {
        first_.resting[worker] = first_.pause[worker];
        first_.pause[worker] *= 2;
      } else {
        first_.pause[worker] = first_pause;
      }
      return true;
    } else {
      return false;
    }
  }

  /// The lists of all threads for one query; which thread found what cannot be seen in the result.
  void merge(index_t first, index_t q, int worker) {
    if (workers_ == 1) {
      key* const keys = keys_ + q * capacity_;
      return write(first + q, keys, finish_selection<T>(keys, count_[q], k_));
    }
    key* const all = merged_ + worker * std::max(2 * k_, capacity_);
    index_t count = 0;
    for (int w = 0; w < workers_; ++w) {
      key* const keys = keys_ + (w * at_once_ + q) * capacity_;
      index_t n = count_[w * padded_ + q];
      if (n > k_) {
        std::nth_element(keys, keys + k_, keys + n, std::greater<>());
        n = k_;
      }
      std::copy(keys, keys + n, all + count);
      count += n;
      if (count <= k_) continue;
      std::nth_element(all, all + k_, all + count, std::greater<>());
      count = k_;
    }
    write(first + q, all, finish_selection<T>(all, count, k_));
  }

  void write(index_t query, const key* keys, index_t count) {
    for (index_t j = 0; j < a_.ids.cols(); ++j) {
      a_.ids(query, j) = j < count ? keys[j].id() : -1;
      a_.scores(query, j) = j < count ? keys[j].score() : -std::numeric_limits<T>::infinity();
    }
  }

  context<cpu>& ctx_;
  const nearest_arguments<T>& a_;
  product_kernels<T> products_;
  search_kernels<T> kernels_;
  index_t items_, depth_, k_, capacity_;
  int workers_;
  bool quantized_;
  first_pass first_;
  index_t most_queries_, rows_, at_once_ = 0, padded_ = 0;
  key *keys_ = nullptr, *merged_ = nullptr;
  index_t* count_ = nullptr;
  T *threshold_ = nullptr, *norms_ = nullptr, *packed_ = nullptr, *sums_ = nullptr;
};

}  // namespace detail

template <Scalar T>
void device_nearest(context<cpu>& ctx, const nearest_arguments<T>& arguments) {
  using namespace detail;
  nearest_search<T>(ctx, arguments).run();
}

KINDRED_INLINE void device_quantize(context<cpu>& ctx, matrix_view<const float, cpu> rows, index_t stride,
                                    std::uint8_t* codes, float* scale, float* error, float* length) {
  using namespace detail;
  constexpr index_t per_chunk = 256;
  ctx.pool().run((rows.rows() + per_chunk - 1) / per_chunk, [&](index_t chunk, int) {
    const index_t end = std::min(rows.rows(), (chunk + 1) * per_chunk);
    for (index_t r = chunk * per_chunk; r < end; ++r) {
      std::uint8_t* const to = codes + r * stride;
      const quantized_row row = quantize_row(rows.row(r).data(), rows.cols(),
                                             [to](index_t k, int v) { to[k] = static_cast<std::uint8_t>(v + 128); });
      std::fill(to + rows.cols(), to + stride, std::uint8_t(128));
      scale[r] = row.scale;
      // a bound of infinity: the row is always multiplied in full
      error[r] = row.bounded ? row.error : std::numeric_limits<float>::infinity();
      length[r] = row.length;
    }
  });
}

KINDRED_INLINE instruction_set best_instruction_set() {
#if defined(__x86_64__)
  static const instruction_set best = [] {
    __builtin_cpu_init();
    const bool fma = __builtin_cpu_supports("fma") > 0;
    if (fma && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw"))
      return instruction_set::avx512;
    return fma && __builtin_cpu_supports("avx2") ? instruction_set::avx2 : instruction_set::baseline;
  }();
  return best;
#else
  return instruction_set::baseline;
#endif
}

}  // namespace kindred

#include <kindred/backend/detail/cpu_convolution_impl.hpp>  // behind the kernels it multiplies with, wherever a reader starts
