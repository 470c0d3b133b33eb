// SPDX-License-Identifier: Apache-2.0
#include "results.hpp"

#include <algorithm>

namespace sentence {

namespace {

double share(index_t part, index_t whole) {
  return whole > 0 ? static_cast<double>(part) / static_cast<double>(whole) : 0;
}

}  // namespace

index_t measures::total() const {
  index_t sum = 0;
  for (const index_t n : confusion) sum += n;
  return sum;
}
index_t measures::of_class(index_t c) const {
  index_t sum = 0;
  for (index_t s = 0; s < classes; ++s) sum += at(c, s);
  return sum;
}
double measures::accuracy() const {
  index_t right = 0;
  for (index_t c = 0; c < classes; ++c) right += at(c, c);
  return share(right, total());
}
double measures::precision(index_t c) const {
  index_t sum = 0;
  for (index_t r = 0; r < classes; ++r) sum += at(r, c);
  return share(at(c, c), sum);
}
double measures::recall(index_t c) const { return share(at(c, c), of_class(c)); }
double measures::f1(index_t c) const {
  const double p = precision(c), r = recall(c);
  return p + r > 0 ? 2 * p * r / (p + r) : 0;
}
double measures::macro_f1() const {
  double sum = 0;
  for (index_t c = 0; c < classes; ++c) sum += f1(c);
  return classes > 0 ? sum / static_cast<double>(classes) : 0;
}

std::vector<label_t> said(const judgement& of, index_t classes) {
  std::vector<label_t> out;
  for (auto row = of.probabilities.begin(); row != of.probabilities.end(); row += classes)
    out.push_back(static_cast<label_t>(std::max_element(row, row + classes) - row));
  return out;
}

}  // namespace sentence
