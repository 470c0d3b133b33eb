// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <kindred/core/random.hpp>
#include <kindred/text/corpus.hpp>
#include <kindred/words/alias_table.hpp>

namespace kindred::words::detail {

/// The random numbers of one sentence: number i needs nothing but i. SplitMix64 from a key of seed, pass and position.
class sentence_draws {
 public:
  sentence_draws(std::uint64_t seed, index_t pass, index_t position)
      : key_(random::bits(seed, static_cast<std::uint64_t>(pass) + 1, static_cast<std::uint64_t>(position))) {}
  std::uint64_t operator()(index_t i) const {
    std::uint64_t z = key_ + 0x9E3779B97F4A7C15ull * static_cast<std::uint64_t>(i + 1);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
  }

 private:
  std::uint64_t key_;
};

/// The windows of a part of the corpus. Position p is the centre of words [first[p], end[p]), itself included, with
/// noise [p * negative, (p + 1) * negative); noise -1 counts nothing.
struct word2vec_windows {
  std::vector<std::int32_t> words, first, end, noise;
  std::vector<std::int32_t> inputs, outputs;  // of the words, where rows are copied
};

/// Makes windows: subsampling, radius and noise of word2vec. Number i of a sentence's draws decides in its upper half
/// whether word i of the sentence stays, in its lower half the radius; the numbers behind are the noise of the words
/// that stayed.
class word2vec_sampler {
 public:
  word2vec_sampler(const text::vocabulary& words, double sample, index_t window, index_t negative, std::uint64_t seed)
      : noise_(weights(words)), window_(window), negative_(negative), seed_(seed) {
    keep_.reserve(static_cast<std::size_t>(words.size()));
    std::vector<double> steps;
    double kept = 0, drawn = 0;
    for (const std::int64_t count : words.counts()) {
      const double f = static_cast<double>(count) / static_cast<double>(words.total());
      const double stays = sample > 0 ? std::min(1.0, (std::sqrt(f / sample) + 1) * sample / f) : 1;
      keep_.push_back(stays >= 1 ? always : static_cast<std::uint32_t>(stays * 0x1.0p32));
      steps.push_back(f * stays);
      kept += f * stays;
      drawn += weight(count);
    }
    double sum = 0, squares = 0;
    for (std::size_t i = 0; i < steps.size(); ++i) {
      steps[i] += kept * static_cast<double>(negative) * weight(words.counts()[i]) / drawn;
      most_steps_ = std::max(most_steps_, steps[i]);
      sum += steps[i];
      squares += steps[i] * steps[i];
    }
    mean_steps_ = squares / sum;
  }

  /// Steps per word of the corpus that the most frequent output row takes, and that the row of an average step takes.
  double most_steps() const { return most_steps_; }
  double mean_steps() const { return mean_steps_; }

  /// Those of the sentences that begin in [from, to) of the entries of a corpus.
  void make_windows(std::span<const label_t> entries, index_t pass, index_t from, index_t to,
                    word2vec_windows& w) const {
    const auto id_at = [&](index_t i) { return entries[static_cast<std::size_t>(i)]; };
    w.words.clear();
    w.first.clear();
    w.end.clear();
    w.noise.clear();
    index_t at = from;
    while (at > 0 && at < to && id_at(at - 1) != text::corpus::sentence_end) ++at;
    while (at < to) {
      const sentence_draws draws(seed_, pass, at);
      const auto begin = static_cast<index_t>(w.words.size());
      index_t n = 0;
      for (label_t id = id_at(at); id != text::corpus::sentence_end; id = id_at(at + n)) {
        const std::uint64_t bits = draws(n++);
        const std::uint32_t share = keep_[static_cast<std::size_t>(id)];
        if (share != always && (bits >> 32) >= share) continue;
        w.words.push_back(id);
        const std::uint64_t radius = (bits & 0xFFFFFFFF) * static_cast<std::uint64_t>(window_) >> 32;
        w.first.push_back(static_cast<std::int32_t>(radius + 1));  // the first word of the window below
      }
      const auto end = static_cast<index_t>(w.words.size());
      w.end.resize(static_cast<std::size_t>(end));
      w.noise.resize(static_cast<std::size_t>(end * negative_));
      for (index_t p = begin; p < end; ++p) {
        const auto i = static_cast<std::size_t>(p);
        const index_t radius = w.first[i];
        w.first[i] = static_cast<std::int32_t>(std::max(begin, p - radius));
        w.end[i] = static_cast<std::int32_t>(std::min(end, p + radius + 1));
        for (index_t k = 0; k < negative_; ++k) {
          const label_t drawn = noise_(draws(n + (p - begin) * negative_ + k));
          w.noise[static_cast<std::size_t>(p * negative_ + k)] = drawn == w.words[i] ? -1 : drawn;
        }
      }
      at += n + 1;
    }
  }

 private:
  static constexpr std::uint32_t always = 0xFFFFFFFF;
  static double weight(std::int64_t count) { return std::pow(static_cast<double>(count), 0.75); }
  static std::vector<double> weights(const text::vocabulary& words) {
    std::vector<double> out;
    out.reserve(static_cast<std::size_t>(words.size()));
    for (const std::int64_t count : words.counts()) out.push_back(weight(count));
    return out;
  }

  alias_table noise_;
  std::vector<std::uint32_t> keep_;
  double most_steps_ = 0, mean_steps_ = 0;
  index_t window_, negative_;
  std::uint64_t seed_;
};

}  // namespace kindred::words::detail
