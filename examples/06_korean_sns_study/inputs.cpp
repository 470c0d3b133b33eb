// SPDX-License-Identifier: Apache-2.0
#include "inputs.hpp"

#include <algorithm>
#include <cstdio>
#include <kindred/backend/cpu.hpp>
#include <kindred/core/config.hpp>
#include <kindred/data/split.hpp>
#include <kindred/io/safetensors_writer.hpp>
#include <memory>
#include <progress.hpp>

#include "picture_features.hpp"
#include "post_file.hpp"
#include "scenes.hpp"

namespace sns {

namespace {

using kindred::expects;
using kindred::io_error;

constexpr double test_share = 0.3, validation_share = 0.1;

void save(const std::string& path, const picture_features& p, const std::string& run) {
  kindred::io::safetensors_writer file;
  file.metadata("run", run);
  file.add("images", p.images.view());
  file.add("regions", kindred::matrix_view<const float, kindred::cpu>(p.regions.values.data(), p.regions.offsets.back(),
                                                                      p.regions.cols));
  file.add("grid", std::vector<index_t>{p.rows, p.cols});
  file.write(path);
}

picture_features load_picture_features(const std::string& path, const std::string& run) {
  const kindred::io::safetensors file(path);
  expects<io_error>(file.metadata("run") == run, "{}: of another run", path);
  kindred::context<kindred::cpu> ctx;
  const auto images = file.load_matrix<float>(ctx, "images"), regions = file.load_matrix<float>(ctx, "regions");
  const auto grid = file.load_vector<index_t>(ctx, "grid").to_host();
  expects<io_error>(
      grid.size() == 2 && grid[0] > 0 && grid[1] > 0 && regions.rows() == images.rows() * grid[0] * grid[1],
      "{}: {} regions of {} pictures", path, regions.rows(), images.rows());
  picture_features out{
      {images.rows(), images.cols(), images.to_host()}, {regions.cols(), {}, regions.to_host()}, grid[0], grid[1]};
  for (index_t i = 0; i <= images.rows(); ++i) out.regions.offsets.push_back(i * grid[0] * grid[1]);
  return out;
}

std::string contents_of(const posts& of) {
  digest d;
  for (const auto& p : of.items) d.add(p.text).add(&p.label, sizeof p.label).add(p.picture.rgba);
  return d.text();
}

/// The halves of posts, each in order, and the validation part of the training half.
void cut(inputs& data, std::uint64_t seed) {
  const auto labels = labels_of(*data.posts);
  const auto parts = kindred::data::split::stratified(
      labels, {.validation = validation_share * (1 - test_share), .test = test_share, .seed = seed});
  data.test = parts.test;
  data.train = parts.train;
  data.train.insert(data.train.end(), parts.validation.begin(), parts.validation.end());
  std::sort(data.train.begin(), data.train.end());
  for (std::size_t i = 0, v = 0; i < data.train.size(); ++i) {
    const bool held = v < parts.validation.size() && parts.validation[v] == data.train[i];
    (held ? data.pairs.validation : data.pairs.learn).push_back(static_cast<index_t>(i));
    v += held ? 1 : 0;
  }
  data.pairs.train.labels = pairs::gathered(labels, data.train);
  data.pairs.test.labels = pairs::gathered(labels, data.test);
}

inputs posts_described(posts of, picture_description pictures_by, const settings& how, const stages& kept) {
  inputs data;
  data.pairs.source = of.source;
  data.pairs.classes = of.class_names;
  data.posts = std::move(of);
  cut(data, how.seed);
  const std::string contents = contents_of(*data.posts);
  const std::string run = "kindred " KINDRED_VERSION ", posts " + contents + ", seed " + std::to_string(how.seed) +
                          ", effort " + std::to_string(how.effort) + ", device " + how.device;
  const auto parts = parts_of(data);

  picture_features pictures;
  picture_settings by{.how = pictures_by, .seed = how.seed, .threads = how.threads};
  by.examples = std::max<index_t>(512, static_cast<index_t>(static_cast<double>(by.examples) * how.effort));
  const std::string picture_run = run + (by.how == picture_description::edges ? ", edges" : ", recognizer") + ", " +
                                  std::to_string(by.channels) + " channels, " + std::to_string(by.examples) +
                                  " examples";
  const stage_meter picture_meter;
  kept.run(
      "pictures", [&](const std::string& file) { pictures = load_picture_features(file, picture_run); },
      [&] {
        pictures = how.device == "cuda" ? describe_on_cuda(*data.posts, parts.learn, by)
                                        : describe(*data.posts, parts.learn, by);
      },
      [&](const std::string& file) { save(file, pictures, picture_run); });
  data.costs.push_back(picture_meter.cost("pictures"));
  data.region_rows = pictures.rows;
  data.region_columns = pictures.cols;

  const text_settings texts_by = study_texts(how);
  const std::string text_run = run + ", " + texts_by.analyser + ", " + std::to_string(texts_by.network.dimension) +
                               " numbers, " + std::to_string(texts_by.network.vector_passes) + " passes, " +
                               std::to_string(texts_by.network.epochs) + " epochs at " +
                               std::to_string(texts_by.network.rate);
  const stage_meter text_meter;
  kept.run(
      "texts", [&](const std::string& file) { data.texts = load_text_features(file, text_run); },
      [&] { data.texts = described_texts(data, texts_by, "describing texts"); },
      [&](const std::string& file) { save(file, *data.texts, text_run); });
  data.costs.push_back(text_meter.cost("texts"));

  const auto take = [&](half& h, const std::vector<index_t>& items) {
    h.images = pictures.images.gather(items);
    h.regions = pictures.regions.gather(items);
    h.texts = data.texts->sentences.gather(items);
    h.words = data.texts->words.gather(items);
  };
  take(data.pairs.train, data.train);
  take(data.pairs.test, data.test);
  return data;
}

inputs from_file(const settings& how, const stages& kept) {
  post_filter filter{.least_side = how.least_side};
  if (!how.blocked.empty()) filter.blocked = load_blocked(how.blocked);
  left_out out;
  posts found = load_posts(how.posts, how.images, filter, &out);
  if (out.all() > 0)
    std::fprintf(stderr,
                 "%s: left out %lld blocked, %lld with video, %lld without text, %lld without picture, %lld small\n",
                 how.posts.c_str(), static_cast<long long>(out.blocked), static_cast<long long>(out.videos),
                 static_cast<long long>(out.without_text), static_cast<long long>(out.without_picture),
                 static_cast<long long>(out.small));
  return posts_described(std::move(found), picture_description::edges, how, kept);
}

}  // namespace

std::vector<std::string> texts_of(const posts& of) {
  std::vector<std::string> out;
  for (const auto& p : of.items) out.push_back(p.text);
  return out;
}

std::vector<label_t> labels_of(const posts& of) {
  std::vector<label_t> out;
  for (const auto& p : of.items) out.push_back(p.label);
  return out;
}

text_parts parts_of(const inputs& data) {
  return {pairs::gathered(data.train, data.pairs.learn), pairs::gathered(data.train, data.pairs.validation)};
}

text_settings study_texts(const settings& how) {
  text_settings out;
  out.files = how.analysers;
  out.device = how.device;
  out.network.seed = how.seed;
  out.network.threads = how.threads;
  const auto share = [&](index_t epochs) {
    return std::max<index_t>(1, static_cast<index_t>(static_cast<double>(epochs) * how.effort + 0.5));
  };
  out.network.epochs = share(out.network.epochs);
  out.network.vector_passes = share(out.network.vector_passes);
  return out;
}

text_features described_texts(const inputs& data, const text_settings& by, const std::string& title) {
  std::unique_ptr<presentation::progress> told;
  std::string stage;
  return describe(texts_of(*data.posts), labels_of(*data.posts), parts_of(data), by,
                  [&](const std::string& what, index_t done, index_t of) {
                    if (what != stage) {
                      told.reset();
                      told = std::make_unique<presentation::progress>(title + ": " + what, std::max<long>(1, of));
                      stage = what;
                    }
                    if (done > 0) told->step("");
                  });
}

inputs gathered(const settings& how, const stages& kept) {
  inputs data;
  if (!how.folder.empty())
    data.pairs = load_folder(how.folder, how.seed);
  else if (!how.posts.empty())
    data = from_file(how, kept);
  else
    data = posts_described(scenes(how.scenes, how.seed), picture_description::recognizer, how, kept);
  if (!how.choosing) return data;
  if (data.posts) {
    data.test = pairs::gathered(data.train, data.pairs.validation);
    data.train = pairs::gathered(data.train, data.pairs.learn);
  }
  data.pairs = data.pairs.for_choosing();
  return data;
}

}  // namespace sns
