// SPDX-License-Identifier: Apache-2.0
#include "build.hpp"

#include <algorithm>
#include <cstdio>
#include <kindred/io/npy.hpp>
#include <kindred/io/safetensors_writer.hpp>

#include "pipelines.hpp"
#include "text_list.hpp"

namespace {

constexpr kd::index_t batch = 1000;  // items encoded at a time, which bounds the memory of dense texts

void say(const char* what) { std::fprintf(stderr, "%s\n", what); }

/// add(begin, count) for one batch after the other; says at every tenth how far it is, if there is more than one batch.
template <class Add>
void in_batches(kd::index_t items, Add add) {
  kd::index_t tenths = 0;
  for (kd::index_t begin = 0; begin < items; begin += batch) {
    const kd::index_t count = std::min(batch, items - begin), done = begin + count;
    add(begin, count);
    if (items > batch && done * 10 / items > tenths) {
      tenths = done * 10 / items;
      std::fprintf(stderr, "adding: %ld %% (%ld of %ld)\n", static_cast<long>(tenths * 10), static_cast<long>(done),
                   static_cast<long>(items));
    }
  }
}

lines some(const lines& all, kd::index_t begin, kd::index_t count) {
  return {all.begin() + begin, all.begin() + begin + count};
}

/// Writes an engine together with the texts that its answers show.
template <class Engine>
void write(const Engine& engine, const lines& texts, const std::string& path) {
  kd::io::safetensors_writer file;
  engine.save(file, "");
  save_texts(file, "texts.", texts);
  file.write(path);
  std::fprintf(stderr, "written: %s\n", path.c_str());
}

template <class Similarity>
void build_rows(kd::context<kd::cpu>& ctx, const build_options& options, kd::matrix_view<const float, kd::cpu> rows) {
  kd::retrieval::engine engine(ctx, kd::encoder::features{.columns = rows.cols()}, Similarity{});
  in_batches(rows.rows(),
             [&](kd::index_t begin, kd::index_t count) { engine.add(ctx, rows.middle_rows(begin, count)); });
  write(engine, {}, options.file);
}

void build_lines(kd::context<kd::cpu>& ctx, const build_options& options) {
  const lines texts = read_lines(options.gallery);
  kd::expects<kd::io_error>(!texts.empty(), "{}: no lines", options.gallery);
  kd::retrieval::engine engine(ctx, line_encoder(texts, options.terms > 0 ? options.terms : 2048));
  in_batches(static_cast<kd::index_t>(texts.size()),
             [&](kd::index_t begin, kd::index_t count) { engine.add(ctx, some(texts, begin, count)); });
  write(engine, texts, options.file);
}

void build_pairs(kd::context<kd::cpu>& ctx, const build_options& options, kd::matrix_view<const float, kd::cpu> rows) {
  const lines texts = read_lines(options.captions);
  kd::expects<kd::io_error>(static_cast<kd::index_t>(texts.size()) == rows.rows(), "{}: {} lines, but {} has {} rows",
                            options.captions, texts.size(), options.gallery, rows.rows());
  say("learning what rows and captions have in common");
  const kd::retrieval::cross_modal pipeline{kd::projection::cca{.dimensions = options.dimensions, .ridge = 1e-2},
                                            kd::similarity::cosine{}, kd::encoder::features{.columns = rows.cols()},
                                            line_encoder(texts, options.terms > 0 ? options.terms : 512)};
  auto engine = pipeline.fit(ctx, rows, texts);
  in_batches(rows.rows(), [&](kd::index_t begin, kd::index_t count) {
    engine.add_first(ctx, rows.middle_rows(begin, count));
    engine.add_second(ctx, some(texts, begin, count));
  });
  write(engine, texts, options.file);
}

}  // namespace

void build(const build_options& options) {
  kd::context<kd::cpu> ctx(options.threads);
  const bool numbers = options.gallery.ends_with(".npy"), plain = options.compare == "cosine";
  kd::expects<kd::argument_error>(numbers || options.captions.empty(),
                                  "--captions belong to rows of numbers, but {} is no .npy file", options.gallery);
  kd::expects<kd::argument_error>(plain || (numbers && options.captions.empty()),
                                  "--compare {} is for rows of numbers alone", options.compare);
  if (!numbers) return build_lines(ctx, options);
  const auto rows = kd::io::load_matrix<float>(ctx, options.gallery);
  kd::expects<kd::io_error>(rows.rows() > 0 && rows.cols() > 0, "{}: {} rows of {} numbers", options.gallery,
                            rows.rows(), rows.cols());
  if (!options.captions.empty()) return build_pairs(ctx, options, rows);
  if (plain) return build_rows<kd::similarity::cosine>(ctx, options, rows);
  build_rows<bhattacharyya>(ctx, options, rows);
}
