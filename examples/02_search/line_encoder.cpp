// SPDX-License-Identifier: Apache-2.0
#include "line_encoder.hpp"

#include <algorithm>

#include "text_list.hpp"

namespace kd = kindred;

namespace {

const line_runs runs;
const kd::text::tf_idf options{.sublinear = true};

}  // namespace

line_encoder::line_encoder(const std::vector<std::string>& lines, kd::index_t terms)
    : weights_([&] {
        kd::text::tf_idf own = options;
        own.most_terms = terms;
        return own.fit(lines, runs);
      }()) {}

void line_encoder::encode(kd::context<kd::cpu>& ctx, const std::vector<std::string>& lines,
                          kd::matrix_view<float, kd::cpu> out) const {
  const auto sparse = weights_.transform<float>(lines);
  ctx.for_each(out.rows(), out.cols(), [out](kd::index_t r, kd::index_t c) { out(r, c) = 0; });
  for (kd::index_t r = 0; r < sparse.rows(); ++r)
    for (auto i = static_cast<std::size_t>(sparse.offsets[static_cast<std::size_t>(r)]);
         i < static_cast<std::size_t>(sparse.offsets[static_cast<std::size_t>(r) + 1]); ++i)
      out(r, sparse.columns[i]) = sparse.values[i];
}

void line_encoder::save(kd::io::safetensors_writer& file, const std::string& prefix) const {
  save_texts(file, prefix + "terms.", weights_.terms());
  file.add(prefix + "idf", weights_.idf());
}

line_encoder line_encoder::load(kd::context<kd::cpu>& ctx, const kd::io::safetensors& file, const std::string& prefix) {
  auto terms = load_texts(file, prefix + "terms.");
  auto idf = file.load_vector<double>(ctx, prefix + "idf").to_host();
  kd::expects<kd::io_error>(terms.size() == idf.size() && !terms.empty(), "{}: {} {}terms but {} weights", file.name(),
                            terms.size(), prefix, idf.size());
  kd::expects<kd::io_error>(std::is_sorted(terms.begin(), terms.end(), std::less_equal<>()),
                            "{}: {}terms are not in order", file.name(), prefix);
  return line_encoder(weights(options, runs, std::move(terms), std::move(idf)));
}
