// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/backend/cpu.hpp>
#include <kindred/encoder/patch_descriptor.hpp>
#include <kindred/generative/autoencoder.hpp>
#include <kindred/generative/rbm.hpp>
#include <kindred/io/safetensors_writer.hpp>
#include <kindred/layer/conv2d.hpp>
#include <kindred/layer/flatten.hpp>
#include <kindred/layer/linear.hpp>
#include <kindred/layer/sequential.hpp>
#include <kindred/similarity/bilinear.hpp>
#include <kindred/similarity/centred_cosine.hpp>
#include <kindred/similarity/dot.hpp>
#include <kindred/similarity/knn_vote.hpp>
#include <kindred/text/korean.hpp>
#include <kindred/text/korean_stems.hpp>
#include <kindred/visual/tsne.hpp>

#include "target.hpp"

namespace fuzz {

/// Encoders, similarities, maps and stems of words that were fitted: rbm, autoencoder, network, patch_descriptor,
/// bilinear, knn_vote, centred_cosine, tsne_map, korean_stems.
struct fitted {
  static constexpr const char* alphabet = "{}[]:,\"dtypeshape_offsetslayers.weightscounts0123456789FI ";

  using cpu = kindred::cpu;
  using writer = kindred::io::safetensors_writer;
  using map = kindred::visual::tsne_map<float>;
  using spec_type = kindred::layer::sequential<kindred::layer::conv2d, kindred::layer::flatten, kindred::layer::linear>;
  using network = kindred::encoder::network<spec_type, float, cpu>;
  static spec_type spec() { return spec_type({1, 2, 2}, {}, {8, 2}); }

  static kindred::matrix<float, cpu> rows(kindred::context<cpu>& ctx, kindred::index_t n, kindred::index_t d) {
    kindred::matrix<float, cpu> m(ctx, n, d);
    for (kindred::index_t i = 0; i < n * d; ++i) m.data()[i] = static_cast<float>(i * 7 % 11) / 8 - 0.5f;
    return m;
  }

  static std::vector<std::string> seeds() {
    using namespace kindred;
    context<cpu> ctx;
    std::vector<std::string> all;
    for (const auto visible : {generative::rbm_visible::gaussian, generative::rbm_visible::replicated_softmax})
      all.push_back(saved<writer>(generative::rbm<float, cpu>(ctx, 3, {.hidden = 2, .visible = visible})));
    all.push_back(saved<writer>(generative::autoencoder<float, cpu>(ctx, 4, {.hidden = {3, 2}, .masked = 0.25})));
    all.push_back(saved<writer>(network(ctx, spec(), 1, shape::pictures(1, 3, 3, 1))));
    all.push_back(saved<writer>(encoder::patch_descriptor{.rows = 2, .cols = 3}));
    all.push_back(saved<writer>(similarity::bilinear<float, cpu>(ctx, rows(ctx, 3, 2))));
    all.push_back(
        saved<writer>(similarity::knn_vote<float, cpu>(ctx, rows(ctx, 4, 2), std::vector<label_t>{5, 1, 5, 2}, 3)));
    all.push_back(saved<writer>(similarity::centred_cosine({0.5, 1}, {0, -1})));
    map::parts places{
        .coordinates = {0, 0, 1, 0, 0, 1, 1, 1, 2, 2, 3, 1, 2, 0}, .columns = 2, .means = {0.5, 0}, .rows = {}};
    const auto kept = rows(ctx, 7, 2).to_host();
    places.rows.assign(kept.begin(), kept.end());
    all.push_back(saved<writer>(map(std::move(places))));
    text::word_counts words;
    for (const char* word : {"고양이가", "고양이는", "고양이를", "사람이"}) words.add(word, 3);
    all.push_back(saved<writer>(text::korean_stems(words)));
    return all;
  }

  static bool load(std::span<const std::byte> bytes) {
    using namespace kindred;
    bool loaded = false;
    loads([&] {
      const io::safetensors file(bytes, "memory", limits);
      context<cpu> ctx;
      loaded = any_loaded({
          loads([&] {
            auto rbm = generative::rbm<float, cpu>::load(ctx, file, "");
            const auto x = rows(ctx, 2, rbm.visible_units());
            matrix<float, cpu> codes(ctx, 2, rbm.dimension()), back(ctx, 2, rbm.visible_units());
            rbm.encode(ctx, x, codes.view());
            rbm.decode(ctx, codes, back.view());
            if (rbm.options().steps <= 4) use([&] { rbm.update(ctx, x); });
          }),
          loads([&] {
            const auto coder = generative::autoencoder<float, cpu>::load(ctx, file, "");
            const auto codes = coder.encode(ctx, rows(ctx, 2, coder.inputs()));
            matrix<float, cpu> back(ctx, 2, coder.inputs());
            coder.decode(ctx, codes, back.view());
          }),
          loads([&] {
            const auto net = network::load(ctx, spec(), file, "");
            use([&] { check(net.dimension() > 0); });
            batch<float, cpu> pictures(ctx, 2, 9, 1, 3);
            matrix<float, cpu> out(ctx, 2, 2);
            net.encode(ctx, pictures, out.view());
          }),
          loads([&] {
            const auto d = encoder::patch_descriptor::load(ctx, file, "");
            if (d.dimension() > limits.dimensions) return;
            const batch<float, cpu> pictures(ctx, 1, 20, d.channels, 4);
            check(d.encode(ctx, pictures.view()).cols() == d.dimension());
          }),
          loads([&] {
            const auto form = similarity::bilinear<float, cpu>::load(ctx, file, "");
            form.prepare_first(ctx, rows(ctx, 2, form.first_columns()));
          }),
          loads([&] {
            const auto vote = similarity::knn_vote<float, cpu>::load(ctx, file, "");
            const index_t columns = file.shape("references")[1];
            check(vote.votes(ctx, rows(ctx, 2, columns)).cols() == static_cast<index_t>(vote.classes().size()));
          }),
          loads([&] {
            const auto cosine = similarity::centred_cosine::load(ctx, file, "");
            cosine.prepare_second(ctx, rows(ctx, 2, static_cast<index_t>(cosine.second_mean().size())));
          }),
          loads([&] {
            const auto places = map::load(ctx, file, "");
            const auto x = rows(ctx, 2, places.content().columns);
            if (places.method() != visual::tsne_method::interpolation)  // which takes a grid of some MB
              use([&] { check(places.transform(ctx, x, {.perplexity = 2, .iterations = 2}).rows() == 2); });
          }),
          loads([&] {
            const auto stems = std::make_shared<const text::korean_stems>(text::korean_stems::load(ctx, file, ""));
            text::korean{.stems = stems}("고양이가 사람을", [](std::string_view) {});
          }),
      });
    });
    return loaded;
  }
};

}  // namespace fuzz
