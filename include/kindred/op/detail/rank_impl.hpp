// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/op/rank.hpp>
#include <limits>

namespace kindred::op::detail {

/// How many of the n scores pass; in blocks of fixed length, which compilers vectorize.
template <class T, class Test>
index_t count_scores(const T* scores, index_t n, Test test) {
  constexpr index_t block = 512;
  index_t count = 0, at = 0;
  for (; at + block <= n; at += block) {
    std::int32_t here = 0;
    for (index_t i = 0; i < block; ++i) here += test(scores[at + i]);
    count += here;
  }
  for (; at < n; ++at) count += test(scores[at]);
  return count;
}

/// How many items stand ahead of item (score, id).
template <class T>
index_t count_ahead(const T* scores, index_t items, T score, index_t id) {
  if (score != score) return id + count_scores(scores + id, items - id, [](T s) { return s == s; });
  return count_scores(scores, id, [score](T s) { return s >= score; }) +
         count_scores(scores + id + 1, items - id - 1, [score](T s) { return s > score; });
}

/// Relevant items ahead of (score, id), from the sorted relevant items.
template <class T>
std::size_t position(const rank_workspace<T>& w, T score, index_t id) {
  std::size_t low = 0, left = w.ids.size();
  while (left > 0) {
    const std::size_t half = left / 2;
    const bool further = ahead(w.scores[low + half], w.ids[low + half], score, id);
    low += further ? half + 1 : 0;
    left = further ? left - half - 1 : half;
  }
  return low;
}

/// Sorts the relevant items through the table, whose buckets lie between the scores `low` and `high`. False when some
/// bucket is so full that the table would not help.
template <class T>
bool fill_table(rank_workspace<T>& w, T high, T low, bucket_of<T>& bucket) {
  constexpr std::uint32_t fullest = 32;
  const std::size_t m = w.relevant.size();
  std::size_t buckets = 256;
  while (buckets < 8 * m && buckets < 32768) buckets *= 2;
  bucket = {high, static_cast<T>(buckets) / (high - low), static_cast<T>(buckets - 1)};
  // also false for infinite scores, equal scores, no numbers
  if (!(high - low <= std::numeric_limits<T>::max() && bucket.scale <= std::numeric_limits<T>::max())) return false;
  w.first.assign(buckets + 2, 0);
  w.buckets.resize(m);
  std::uint32_t most = 0;
  for (std::size_t j = 0; j < m; ++j) {
    w.buckets[j] = bucket(w.gathered[j]);
    std::uint32_t& count = w.first[static_cast<std::size_t>(w.buckets[j]) + 2];
    most = std::max(most, ++count);
  }
  if (most > fullest) return false;
  for (std::size_t b = 2; b < buckets + 2; ++b) w.first[b] += w.first[b - 1];
  // first[b + 1] runs from the begin of bucket b to its end while the bucket is filled
  for (std::size_t j = 0; j < m; ++j) {
    const std::size_t at = w.first[static_cast<std::size_t>(w.buckets[j]) + 1]++;
    w.scores[at] = w.gathered[j];
    w.ids[at] = w.relevant[j];
  }
  // only what shares a bucket can be out of order
  for (std::size_t j = 1; j < m; ++j) {
    const T score = w.scores[j];
    const index_t id = w.ids[j];
    std::size_t at = j;
    for (; at > 0 && ahead(score, id, w.scores[at - 1], w.ids[at - 1]); --at) {
      w.scores[at] = w.scores[at - 1];
      w.ids[at] = w.ids[at - 1];
    }
    w.scores[at] = score;
    w.ids[at] = id;
  }
  return true;
}

/// The table over the whole range of the relevant scores, or without its ends, which may be far from the rest.
template <class T>
bool make_table(rank_workspace<T>& w, bucket_of<T>& bucket) {
  T high = -std::numeric_limits<T>::infinity(), low = -high;
  for (const T s : w.gathered) {
    high = s > high ? s : high;
    low = s < low ? s : low;
  }
  if (fill_table(w, high, low, bucket)) return true;
  constexpr std::ptrdiff_t ends = 16;
  w.scores.clear();
  for (const T s : w.gathered)
    if (s == s) w.scores.push_back(s);
  const auto count = static_cast<std::ptrdiff_t>(w.scores.size());
  bool filled = false;
  if (count > 4 * ends) {
    std::nth_element(w.scores.begin(), w.scores.begin() + ends, w.scores.end());
    low = w.scores[ends];
    std::nth_element(w.scores.begin(), w.scores.end() - ends, w.scores.end());
    high = *(w.scores.end() - ends);
    w.scores.resize(w.relevant.size());
    filled = fill_table(w, high, low, bucket);
  }
  w.scores.resize(w.relevant.size());
  return filled;
}

/// Sorts the relevant items by comparing.
template <class T>
void sort_relevant(rank_workspace<T>& w) {
  const std::size_t m = w.relevant.size();
  w.buckets.resize(m);
  for (std::size_t j = 0; j < m; ++j) w.buckets[j] = static_cast<std::int32_t>(j);
  std::sort(w.buckets.begin(), w.buckets.end(), [&](std::int32_t a, std::int32_t b) {
    return ahead(w.gathered[static_cast<std::size_t>(a)], a, w.gathered[static_cast<std::size_t>(b)], b);
  });
  for (std::size_t j = 0; j < m; ++j) {
    w.scores[j] = w.gathered[static_cast<std::size_t>(w.buckets[j])];
    w.ids[j] = w.relevant[static_cast<std::size_t>(w.buckets[j])];
  }
}

/// Adds one to behind[p] of four histograms for every item with p relevant items ahead of it, through the table.
template <class T>
void count_by_table(const T* scores, index_t items, const bucket_of<T>& bucket, rank_workspace<T>& w) {
  constexpr index_t block = 512;
  const std::uint32_t* const first = w.first.data();
  const std::size_t stride = w.ids.size() + 1;
  // four in turn, because adding to the same counter twice in a row waits for the first addition
  std::uint32_t* const behind[4] = {w.behind.data(), w.behind.data() + stride, w.behind.data() + 2 * stride,
                                    w.behind.data() + 3 * stride};
  for (index_t start = 0; start < items; start += block) {
    const index_t here = std::min(block, items - start);
    std::int32_t buckets[block];
    if (here == block)
      for (index_t i = 0; i < block; ++i) buckets[i] = bucket(scores[start + i]);
    else
      for (index_t i = 0; i < here; ++i) buckets[i] = bucket(scores[start + i]);
    // most buckets hold no relevant item: then the answer is known; the others are put aside without a branch
    std::int32_t open[block];
    std::size_t opened = 0;
    for (index_t i = 0; i < here; ++i) {
      const std::uint32_t low = first[buckets[i]], high = first[buckets[i] + 1];
      behind[i & 3][low] += low == high;
      open[opened] = static_cast<std::int32_t>(i);
      opened += low != high;
    }
    for (std::size_t o = 0; o < opened; ++o) {
      const index_t i = open[o];
      const T score = scores[start + i];
      std::size_t at = first[buckets[i]];
      const std::size_t end = first[buckets[i] + 1];
      // the first comparison, mostly the only one, goes without a branch too, since its outcome cannot be foreseen
      const bool above = w.scores[at] > score, below = w.scores[at] < score;
      bool further = above;
      if (!(above | below)) further = ahead(w.scores[at], w.ids[at], score, start + i);
      at += further;
      if (end > first[buckets[i]] + 1)
        while (further && at < end && ahead(w.scores[at], w.ids[at], score, start + i)) ++at;
      ++behind[i & 3][at];
    }
  }
}

/// The same by binary search, for scores that the table does not take apart. Sixteen searches go side by side, since a
/// single one mostly waits for memory. Equal scores need no search: items come in the order of their ids, so the place
/// among equal relevant items only moves forward.
template <class T>
void count_by_search(const T* scores, index_t items, rank_workspace<T>& w) {
  constexpr std::size_t side_by_side = 16;
  const std::size_t m = w.ids.size(), stride = m + 1;
  std::size_t numbers = m;
  while (numbers > 0 && w.scores[numbers - 1] != w.scores[numbers - 1]) --numbers;
  w.first.resize(m);  // per relevant item that is the first of equal ones: how far its equals have been passed
  for (std::size_t j = 0; j < m; ++j) w.first[j] = static_cast<std::uint32_t>(j);
  for (index_t start = 0; start < items; start += index_t(side_by_side)) {
    const std::size_t here = static_cast<std::size_t>(std::min<index_t>(side_by_side, items - start));
    T score[side_by_side] = {};
    std::size_t low[side_by_side] = {};
    std::copy_n(scores + start, here, score);
    for (std::size_t left = numbers; left > 1;) {
      const std::size_t half = left / 2;
      for (std::size_t i = 0; i < side_by_side; ++i)
        low[i] += half & (std::size_t(0) - std::size_t(w.scores[low[i] + half - 1] > score[i]));
      left -= half;
    }
    for (std::size_t i = 0; i < here; ++i) {
      const index_t id = start + static_cast<index_t>(i);
      std::size_t at = numbers;
      if (score[i] == score[i]) at = low[i] + (numbers > 0 && w.scores[low[i]] > score[i]);
      const auto equal = [&](std::size_t j) { return !(w.scores[j] < score[i]); };  // not greater either; or both NaN
      if (at < m && (at == numbers ? score[i] != score[i] : equal(at))) {
        std::uint32_t& passed = w.first[at];
        while (passed < (at < numbers ? numbers : m) && equal(passed) && w.ids[passed] < id) ++passed;
        at = passed;
      }
      ++w.behind[(i & 3) * stride + at];
    }
  }
}

template <class T>
void rank_row(const T* scores, index_t items, rank_workspace<T>& w, index_t* out) {
  const std::size_t m = w.relevant.size();
  w.tabled = false;
  if (m == 0) return;
  if (m <= 2) {
    for (std::size_t j = 0; j < m; ++j) {
      const T score = scores[w.relevant[j]];
      out[j] = 1 + count_ahead(scores, items, score, w.relevant[j]);
      for (const index_t i : w.ignored) out[j] -= ahead(scores[i], i, score, w.relevant[j]);
    }
    std::sort(out, out + m);
    return;
  }
  w.gathered.resize(m);
  w.scores.resize(m);
  w.ids.resize(m);
  for (std::size_t j = 0; j < m; ++j) w.gathered[j] = scores[w.relevant[j]];
  w.behind.assign(4 * (m + 1), 0);
  bucket_of<T> bucket{};
  if (make_table(w, bucket)) {
    count_by_table(scores, items, bucket, w);
    w.bucket = bucket;
    w.tabled = true;
  } else {
    sort_relevant(w);
    count_by_search(scores, items, w);
  }
  for (const index_t i : w.ignored) --w.behind[position(w, scores[i], i)];
  std::uint32_t rank = 0;  // a relevant item is counted among those with j relevant items ahead, so the sum is its rank
  for (std::size_t j = 0; j < m; ++j) {
    rank += w.behind[j] + w.behind[j + m + 1] + w.behind[j + 2 * (m + 1)] + w.behind[j + 3 * (m + 1)];
    out[j] = rank;
  }
}

template <class T>
void detail_row(const T* scores, index_t items, rank_workspace<T>& w, const index_t* ranks, tie* ties) {
  const std::size_t m = w.relevant.size();
  if (m == 0) return;
  if (m <= 2) {  // rank_row did not sort these
    w.gathered.resize(m);
    w.scores.resize(m);
    w.ids.resize(m);
    for (std::size_t j = 0; j < m; ++j) w.gathered[j] = scores[w.relevant[j]];
    sort_relevant(w);
  }
  if (ties == nullptr) return;
  // counted at the first relevant item of each score: its equals, then those of them with lower ids
  w.behind.assign(2 * m, 0);
  const auto same = [](T a, T b) { return a == b || (a != a && b != b); };
  const auto head = [&](T score) {
    std::size_t low = 0, left = m;
    while (left > 0) {
      const std::size_t half = left / 2;
      const T other = w.scores[low + half];
      const bool further = other > score || (other == other && score != score);
      low += further ? half + 1 : 0;
      left = further ? left - half - 1 : half;
    }
    return low;
  };
  // through the table few items meet any relevant one
  const std::uint32_t* const begins = w.first.data();
  const auto tabled_head = [&](T score) {
    const std::int32_t bucket = w.bucket(score);
    std::size_t at = begins[bucket];
    const std::size_t end = begins[bucket + 1];
    while (at < end && !same(w.scores[at], score)) ++at;
    return at < end ? at : m;
  };
  const auto count = [&](index_t i, std::uint32_t step) {
    const std::size_t at = w.tabled ? tabled_head(scores[i]) : head(scores[i]);
    if (at == m || !same(w.scores[at], scores[i])) return;
    w.behind[at] += step;
    if (i < w.ids[at]) w.behind[m + at] += step;
  };
  for (index_t i = 0; i < items; ++i) count(i, 1);
  for (const index_t i : w.ignored) count(i, ~std::uint32_t(0));  // one less
  for (std::size_t j = 0, at = 0; j < m; ++j) {
    if (!same(w.scores[at], w.scores[j])) at = j;
    const index_t first = ranks[at] - static_cast<index_t>(w.behind[m + at]);
    ties[j] = {first, first + static_cast<index_t>(w.behind[at]) - 1};
  }
}

}  // namespace kindred::op::detail
