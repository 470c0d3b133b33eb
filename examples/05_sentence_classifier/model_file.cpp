// SPDX-License-Identifier: Apache-2.0
#include "model_file.hpp"

#include <charconv>
#include <cstdio>
#include <filesystem>
#include <kindred/backend/cpu.hpp>
#include <kindred/core/error.hpp>
#include <kindred/core/random.hpp>
#include <kindred/core/size.hpp>

namespace sentence {

namespace {

using kindred::expects;
using kindred::io_error;

constexpr const char* file_type = "sentence_classifier 1";

std::string joined(const std::vector<std::string>& items, char between) {
  std::string out;
  for (const auto& item : items) out += (out.empty() ? "" : std::string(1, between)) + item;
  return out;
}
std::vector<std::string> divided(const std::string& text, char between) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at <= text.size();) {
    const auto end = std::min(text.find(between, at), text.size());
    out.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

/// The texts of a description by their keys.
std::vector<std::pair<std::string, std::string>> texts_of(const model_description& of) {
  std::vector<std::string> filters;
  for (const index_t f : of.shape.filters) filters.push_back(std::to_string(f));
  char dropout[32];
  std::snprintf(dropout, sizeof dropout, "%.17g", of.shape.dropout);
  return {{"type", file_type},
          {"tokenizer", of.tokenizer},
          {"longest", std::to_string(of.longest)},
          {"variant", of.shape.variant},
          {"dimension", std::to_string(of.shape.dimension)},
          {"filters", joined(filters, ',')},
          {"maps", std::to_string(of.shape.maps)},
          {"dropout", dropout},
          {"classes", joined(of.classes, '\n')}};
}

std::string fingerprint(const model_description& of) {
  std::uint64_t hash = 0;
  const auto take = [&](std::string_view text) {
    hash = kindred::random::bits(hash, 0, text.size());
    for (const char c : text) hash = kindred::random::bits(hash, 1, static_cast<unsigned char>(c));
  };
  for (const auto& [key, text] : texts_of(of)) {
    take(key);
    take(text);
  }
  for (const auto& word : of.words.words()) take(word);
  char text[20];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(hash));
  return text;
}

template <class N>
N number(const kindred::io::safetensors& file, const std::string& key, const std::string& text, N least, N most) {
  N n{};
  const auto end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, n);
  expects<io_error>(parsed.ec == std::errc() && parsed.ptr == end && n >= least && n <= most,
                    "{}: metadata {}: expected a number from {} to {}, got '{}'", file.name(), key, least, most, text);
  return n;
}

}  // namespace

void save_model(const std::string& path, const model_description& of, const tokenizer& cut, classifier& trained) {
  kindred::io::safetensors_writer file;
  for (const auto& [key, text] : texts_of(of)) file.metadata(key, text);
  file.metadata("fingerprint", fingerprint(of));
  of.words.save(file, "vocabulary.");
  cut.save(file);
  trained.save(file);
  file.write(path);
}

model_description read_description(const kindred::io::safetensors& file) {
  const auto whole = [&](const char* key, const std::string& text) {
    return number<index_t>(file, key, text, 1, index_t(1) << 24);
  };
  const std::string came = file.has_metadata("type") ? file.metadata("type") : "nothing";
  expects<io_error>(came == file_type, "{}: metadata type: expected '{}', got '{}'", file.name(), file_type, came);
  model_description of;
  of.tokenizer = file.metadata("tokenizer");
  of.longest = whole("longest", file.metadata("longest"));
  of.shape.variant = file.metadata("variant");
  of.shape.dimension = whole("dimension", file.metadata("dimension"));
  for (const auto& f : divided(file.metadata("filters"), ',')) of.shape.filters.push_back(whole("filters", f));
  of.shape.maps = whole("maps", file.metadata("maps"));
  of.shape.dropout = number<double>(file, "dropout", file.metadata("dropout"), 0, 1);
  of.classes = divided(file.metadata("classes"), '\n');
  kindred::context<kindred::cpu> ctx;
  of.words = kindred::text::vocabulary::load(ctx, file, "vocabulary.");
  of.shape.words = of.words.size();
  // the file holds the weights, so these sizes do not make more numbers together than it has bytes
  index_t taps = 0;
  for (const index_t f : of.shape.filters) taps = kindred::checked_sum(taps, f);
  const auto bytes = static_cast<index_t>(std::filesystem::file_size(file.name()));
  expects<io_error>(
      of.shape.words <= bytes / of.shape.dimension && of.shape.maps <= bytes / of.shape.dimension / taps,
      "{}: {} bytes are too few for {} words of {} dimensions and filters over {} words with {} maps each", file.name(),
      bytes, of.shape.words, of.shape.dimension, taps, of.shape.maps);
  of.shape.classes = static_cast<index_t>(of.classes.size());
  expects<io_error>(fingerprint(of) == file.metadata("fingerprint"),
                    "{}: the fingerprint {} is not that of the words and settings, {}", file.name(),
                    file.metadata("fingerprint"), fingerprint(of));
  return of;
}

}  // namespace sentence
