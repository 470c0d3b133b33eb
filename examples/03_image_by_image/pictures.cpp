// SPDX-License-Identifier: Apache-2.0
#include "pictures.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <kindred/backend/cpu.hpp>
#include <kindred/core/permutation.hpp>
#include <kindred/io/csv.hpp>
#include <kindred/io/npy.hpp>
#include <map>

namespace image {

namespace kd = kindred;
using kd::expects;

namespace {

/// Labels as 0, 1, ... in the order of their names.
void set_labels(half& h, const std::vector<std::string>& of_pictures) {
  h.class_names = of_pictures;
  std::sort(h.class_names.begin(), h.class_names.end());
  h.class_names.erase(std::unique(h.class_names.begin(), h.class_names.end()), h.class_names.end());
  h.labels.clear();
  for (const auto& name : of_pictures)
    h.labels.push_back(static_cast<label_t>(std::lower_bound(h.class_names.begin(), h.class_names.end(), name) -
                                            h.class_names.begin()));
}

/// A number of the same length as others, so that names sort as numbers do.
std::string padded(label_t label) {
  const std::string digits = std::to_string(label);
  return std::string(digits.size() < 6 ? 6 - digits.size() : 0, '0') + digits;
}

half load_half(const std::string& folder, const std::string& name, picture_set& set) {
  const std::string images = folder + "/" + name + "_images.npy", labels = folder + "/" + name + "_labels.npy";
  kd::context<kd::cpu> ctx;
  half h;
  const auto array = kd::io::read_npy<std::uint8_t>(images);
  const auto& s = array.shape;
  expects<kd::io_error>(s.size() == 3 || s.size() == 4, "{}: {} axes, pictures have 3 or 4", images, s.size());
  const index_t channels = s.size() == 4 ? s[3] : 1;
  expects<kd::io_error>(s[1] >= 16 && s[2] >= 16 && (channels == 1 || channels == 3),
                        "{}: expected pictures of at least 16 x 16 pixels with 1 or 3 channels, got {} x {} with {}",
                        images, s[1], s[2], channels);
  const bool first = set.height == 0;
  expects<kd::io_error>(first || (s[1] == set.height && s[2] == set.width && channels == set.channels),
                        "{}: pictures of {} x {} x {}, but {} x {} x {} in the other half", images, s[1], s[2],
                        channels, set.height, set.width, set.channels);
  set.height = s[1], set.width = s[2], set.channels = channels;
  h.pixels.reserve(array.values.size());
  for (const auto byte : array.values) h.pixels.push_back(static_cast<float>(byte) / 255.0f);
  std::vector<std::string> of_pictures;
  for (const label_t label : kd::io::load_vector<label_t>(ctx, labels).to_host()) of_pictures.push_back(padded(label));
  expects<kd::io_error>(static_cast<index_t>(of_pictures.size()) == s[0], "{}: {} labels, but {} has {} pictures",
                        labels, of_pictures.size(), images, s[0]);
  set_labels(h, of_pictures);
  return h;
}

/// The pictures of `h` at `rows`, in their order.
half chosen(const half& h, const std::vector<index_t>& rows, index_t numbers) {
  half out;
  std::vector<std::string> classes;
  for (const index_t row : rows) {
    const auto at = static_cast<std::size_t>(row);
    const auto begin = h.pixels.begin() + row * numbers;
    out.pixels.insert(out.pixels.end(), begin, begin + numbers);
    classes.push_back(h.class_names[static_cast<std::size_t>(h.labels[at])]);
    if (!h.names.empty()) out.names.push_back(h.names[at]);
    if (!h.words.empty()) out.words.push_back(h.words[at]);
  }
  set_labels(out, classes);
  return out;
}

/// True for the classes that are drawn: `share` of them.
std::vector<bool> drawn_classes(index_t classes, index_t drawn, std::uint64_t seed, std::uint64_t stream) {
  std::vector<bool> mine(static_cast<std::size_t>(classes));
  const auto order = kd::random::permutation(classes, seed, stream);
  for (index_t i = 0; i < drawn; ++i) mine[static_cast<std::size_t>(order[static_cast<std::size_t>(i)])] = true;
  return mine;
}

}  // namespace

picture_set load_arrays(const std::string& folder) {
  picture_set set;
  set.source = folder;
  set.train = load_half(folder, "train", set);
  set.test = load_half(folder, "test", set);
  const std::string words = folder + "/test_words.txt";
  if (std::ifstream file(words); file) {
    for (std::string line; std::getline(file, line);) set.test.words.push_back(line);
    expects<kd::io_error>(std::ssize(set.test.words) == set.test.size(), "{}: {} lines for {} pictures", words,
                          set.test.words.size(), set.test.size());
  }
  return set;
}

void divide_by_class(std::vector<labelled_picture> all, std::uint64_t seed, picture_set& set) {
  std::vector<std::string> classes;
  half whole;
  for (auto& p : all) {
    classes.push_back(p.class_name);
    whole.pixels.insert(whole.pixels.end(), p.pixels.begin(), p.pixels.end());
    whole.names.push_back(std::move(p.name));
    whole.words.push_back(std::move(p.words));
  }
  set_labels(whole, classes);
  const auto in_train = drawn_classes(whole.classes(), whole.classes() / 2, seed, 0);
  std::vector<index_t> train, test;
  for (const index_t i : kd::random::permutation(whole.size(), seed, 1))
    (in_train[static_cast<std::size_t>(whole.labels[static_cast<std::size_t>(i)])] ? train : test).push_back(i);
  set.train = chosen(whole, train, set.numbers());
  set.test = chosen(whole, test, set.numbers());
}

void validation_only(picture_set& set, std::uint64_t seed) {
  const half whole = std::move(set.train);
  const auto out = drawn_classes(whole.classes(), std::max<index_t>(1, whole.classes() / 4), seed, 2);
  std::vector<index_t> train, test;
  for (index_t i = 0; i < whole.size(); ++i)
    (out[static_cast<std::size_t>(whole.labels[static_cast<std::size_t>(i)])] ? test : train).push_back(i);
  set.train = chosen(whole, train, set.numbers());
  set.test = chosen(whole, test, set.numbers());
}

void add_turned_classes(picture_set& set) {
  expects<kd::argument_error>(set.height == set.width, "--turned-classes: pictures of {} x {} are not square",
                              set.height, set.width);
  half& h = set.train;
  const index_t size = set.height, channels = set.channels, count = h.size(), classes = h.classes();
  for (index_t turn = 1; turn < 4; ++turn) {
    for (index_t i = 0; i < count; ++i) {
      // a quarter turn of what the turn before added
      const index_t from = ((turn - 1) * count + i) * set.numbers();
      for (index_t r = 0; r < size; ++r)
        for (index_t c = 0; c < size; ++c)
          for (index_t k = 0; k < channels; ++k)
            h.pixels.push_back(h.pixels[static_cast<std::size_t>(from + (c * size + size - 1 - r) * channels + k)]);
      h.labels.push_back(h.labels[static_cast<std::size_t>(i)] + static_cast<label_t>(turn * classes));
    }
    for (index_t c = 0; c < classes; ++c)
      h.class_names.push_back(h.class_names[static_cast<std::size_t>(c)] + " turned " + std::to_string(90 * turn));
  }
  h.names.clear();
  h.words.clear();
}

void load_links(const std::string& path, picture_set& set) {
  kd::context<kd::cpu> ctx;
  const auto table = kd::io::load_csv<index_t>(ctx, path);
  const auto pairs = table.view();
  expects<kd::io_error>(pairs.rows() > 0 && pairs.cols() == 2, "{}: expected lines of 2 numbers, got {} of {}", path,
                        pairs.rows(), pairs.cols());
  for (index_t r = 0; r < pairs.rows(); ++r) {
    for (index_t c = 0; c < 2; ++c)
      expects<kd::argument_error>(pairs(r, c) >= 0 && pairs(r, c) < set.train.size(),
                                  "{}: line {} names picture {} of {}", path, r + 1, pairs(r, c), set.train.size());
    set.links.emplace_back(pairs(r, 0), pairs(r, 1));
  }
}

void check(const picture_set& set) {
  for (const auto* h : {&set.train, &set.test}) {
    const char* name = h == &set.train ? "training" : "test";
    std::map<label_t, index_t> sizes;
    for (const label_t label : h->labels) ++sizes[label];
    expects<kd::io_error>(sizes.size() >= 2, "{}: the {} half has {} classes, expected at least 2", set.source, name,
                          sizes.size());
    const bool pair = std::any_of(sizes.begin(), sizes.end(), [](const auto& s) { return s.second > 1; });
    expects<kd::io_error>(pair, "{}: no class of the {} half has two pictures", set.source, name);
  }
}

}  // namespace image
