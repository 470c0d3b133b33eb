// SPDX-License-Identifier: Apache-2.0
#include "stages.hpp"

#include <sys/resource.h>

#include <cstdio>
#include <cstring>
#include <files.hpp>
#include <filesystem>
#include <fstream>
#include <kindred/backend/cpu.hpp>
#include <kindred/core/random.hpp>
#include <kindred/io/safetensors_writer.hpp>
#include <nlohmann/json.hpp>

namespace sns {

namespace {

namespace fs = std::filesystem;
using json = nlohmann::ordered_json;
using kindred::expects;
using kindred::io_error;

json of(const pairs::direction& d) { return {d.average_precision, d.hit_1, d.hit_5, d.hit_10, d.precision}; }
pairs::direction direction_of(const json& j) {
  return {j.at(0).get<double>(), j.at(1).get<double>(), j.at(2).get<double>(), j.at(3).get<double>(),
          j.at(4).get<std::array<double, pairs::direction::recall_levels>>()};
}
json of(const stage_cost& c) { return {c.name, c.seconds, c.peak_mib}; }
stage_cost cost_of(const json& j) { return {j.at(0).get<std::string>(), j.at(1).get<double>(), j.at(2).get<double>()}; }

/// A file with a text and lists of numbers.
void write(const std::string& path, const std::string& run, const json& content,
           const std::vector<std::pair<std::string, const std::vector<float>*>>& lists) {
  kindred::io::safetensors_writer file;
  file.metadata("run", run);
  file.metadata("content", content.dump());
  for (const auto& [name, values] : lists) file.add(name, *values);
  file.write(path);
}

/// Gives `take` the content of a file of `run`.
template <class Take>
void read(const std::string& path, const std::string& run, Take take) {
  const kindred::io::safetensors file(path);
  const std::string& came = file.metadata("run");
  expects<io_error>(came == run, "{}: of another run", path);
  try {
    take(file, json::parse(file.metadata("content")));
  } catch (const json::exception&) {
    throw io_error(path + ": damaged");
  }
}

double peak_mib() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.rfind("VmHWM:", 0) == 0) return std::strtod(line.c_str() + 6, nullptr) / 1024;
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

}  // namespace

stages::stages(std::string folder) : folder_(std::move(folder)) {
  if (!kept()) return;
  std::error_code failed;
  fs::create_directories(folder_, failed);
  expects<io_error>(fs::is_directory(folder_, failed), "{}: the folder cannot be made", folder_);
  presentation::check_writable(path("pictures"));
}

std::string stages::path(const std::string& name) const { return folder_ + "/" + name + ".safetensors"; }

void stages::run(const std::string& name, const std::function<void(const std::string&)>& load,
                 const std::function<void()>& make, const std::function<void(const std::string&)>& save) const {
  if (!kept()) return make();
  const std::string file = path(name);
  if (fs::exists(file)) {
    try {
      load(file);
      std::fprintf(stderr, "%s: taken from %s\n", name.c_str(), file.c_str());
      return;
    } catch (const io_error& e) {
      std::fprintf(stderr, "%s; %s is made again\n", e.what(), name.c_str());
    }
  }
  make();
  save(file);
}

stage_meter::stage_meter() {
  // lets the highest resident size start anew; where that is not allowed peaks are those of the whole run
  std::ofstream("/proc/self/clear_refs") << 5;
}

stage_cost stage_meter::cost(std::string name) const {
  return {std::move(name), std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count(),
          peak_mib()};
}

digest& digest::add(const void* bytes, std::size_t size) {
  const auto* at = static_cast<const unsigned char*>(bytes);
  const auto take = [this](std::uint64_t word) {
    state_ = (state_ ^ word) * 0x9e3779b97f4a7c15u;
    state_ ^= state_ >> 29;
  };
  take(size);
  for (; size >= 8; size -= 8, at += 8) {
    std::uint64_t word;
    std::memcpy(&word, at, 8);
    take(word);
  }
  std::uint64_t rest = 0;
  if (size > 0) std::memcpy(&rest, at, size);
  take(rest);
  return *this;
}

digest& digest::add(const half& h) {
  add(h.images.values).add(h.texts.values).add(h.labels);
  for (const auto* s : {&h.regions, &h.words}) add(s->offsets).add(s->values);
  return *this;
}

std::string digest::text() const {
  char out[20];
  std::snprintf(out, sizeof out, "%016llx", static_cast<unsigned long long>(state_));
  return out;
}

void save(const std::string& path, const method_result& r, const std::string& run) {
  json rankings = json::array(), chosen = json::array();
  for (const auto& k : r.rankings) {
    json entries = json::array();
    for (const auto& e : k.entries) entries.push_back({e.item, e.score, e.relevant});
    rankings.push_back({k.image_query, k.query, entries});
  }
  for (const auto& [name, value] : r.chosen) chosen.push_back({name, value});
  const json content = {{"name", r.name},
                        {"title", r.title},
                        {"image_to_text", of(r.both.image_to_text)},
                        {"text_to_image", of(r.both.text_to_image)},
                        {"chosen", chosen},
                        {"validation", r.validation ? json(*r.validation) : json()},
                        {"note", r.note},
                        {"trials", r.trials},
                        {"trial_table", r.trial_table},
                        {"rankings", rankings},
                        {"cost", of(r.cost)}};
  write(path, run, content, {{"regions", &r.region_attention}, {"words", &r.word_attention}});
}

method_result load_method(const std::string& path, const std::string& run) {
  method_result r;
  read(path, run, [&](const kindred::io::safetensors& file, const json& j) {
    r.name = j.at("name").get<std::string>();
    r.title = j.at("title").get<std::string>();
    r.both = {direction_of(j.at("image_to_text")), direction_of(j.at("text_to_image"))};
    for (const auto& p : j.at("chosen")) r.chosen.emplace_back(p.at(0).get<std::string>(), p.at(1).get<double>());
    if (!j.at("validation").is_null()) r.validation = j.at("validation").get<double>();
    r.note = j.at("note").get<std::string>();
    r.trials = j.at("trials").get<long>();
    r.trial_table = j.at("trial_table").get<std::string>();
    for (const auto& k : j.at("rankings")) {
      pairs::ranking one{k.at(0).get<bool>(), k.at(1).get<index_t>(), {}};
      for (const auto& e : k.at(2))
        one.entries.push_back({e.at(0).get<index_t>(), e.at(1).get<double>(), e.at(2).get<bool>()});
      r.rankings.push_back(std::move(one));
    }
    r.cost = cost_of(j.at("cost"));
    kindred::context<kindred::cpu> ctx;
    r.region_attention = file.load_vector<float>(ctx, "regions").to_host();
    r.word_attention = file.load_vector<float>(ctx, "words").to_host();
  });
  return r;
}

void save(const std::string& path, const word_attention& w, const std::string& run) {
  write(path, run, {{"cost", of(w.cost)}}, {{"weights", &w.weights}});
}

word_attention load_word_attention(const std::string& path, const std::string& run) {
  word_attention w;
  read(path, run, [&](const kindred::io::safetensors& file, const json& j) {
    w.cost = cost_of(j.at("cost"));
    kindred::context<kindred::cpu> ctx;
    w.weights = file.load_vector<float>(ctx, "weights").to_host();
  });
  return w;
}

void save(const std::string& path, const comparison& c, const std::string& run) {
  write(path, run,
        {{"name", c.name},
         {"title", c.title},
         {"numbers", {c.words_a_text, c.known, c.accuracy, c.image_to_text, c.text_to_image}},
         {"cost", of(c.cost)}},
        {});
}

comparison load_comparison(const std::string& path, const std::string& run) {
  comparison c;
  read(path, run, [&](const kindred::io::safetensors&, const json& j) {
    const auto n = j.at("numbers").get<std::array<double, 5>>();
    c = {j.at("name").get<std::string>(),
         j.at("title").get<std::string>(),
         n[0],
         n[1],
         n[2],
         n[3],
         n[4],
         cost_of(j.at("cost"))};
  });
  return c;
}

}  // namespace sns
