// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "pictures.hpp"
#include "results.hpp"

namespace image {

/// What the pictures of the test half find among each other, and how good that is. Works on the host: what is costly on
/// large sets is to encode them.
class test_search {
 public:
  /// `lists` queries are shown, drawn by the seed. The half must outlive the object.
  test_search(const half& test, std::uint64_t seed, int lists, int threads);
  ~test_search();

  /// Of vectors, one row per picture after the other, by their cosine.
  measures of_vectors(const std::vector<float>& vectors) const;
  /// The ten nearest of the pictures that are shown, themselves left out.
  std::vector<ranking> rankings(const std::vector<float>& vectors) const;
  /// Of the words by BM25, where pictures have words.
  std::optional<measures> of_words() const;
  /// Of the lists by vectors and by words in one, by reciprocal rank.
  std::optional<measures> fused(const std::vector<float>& vectors) const;

 private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

}  // namespace image
