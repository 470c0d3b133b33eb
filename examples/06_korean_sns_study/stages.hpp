// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "pair_data.hpp"
#include "results.hpp"

namespace sns {

/// Finished stages of a study as files of a folder, so that a stopped run can go on.
///
/// A file holds what its stage depends on as text, `run`. One that belongs to another run, or is damaged, is told of in
/// a line on stderr and made again; files appear whole or not at all.
class stages {
 public:
  /// `folder` is made where it is not there; empty: nothing is kept.
  /// Errors  kindred::io_error for a folder that cannot be made or written to.
  explicit stages(std::string folder);

  bool kept() const { return !folder_.empty(); }
  /// The file of a stage.
  std::string path(const std::string& name) const;

  /// Takes a stage with `load` where its file is there and good, else makes it with `make` and keeps it with `save`.
  /// Both get the path.
  void run(const std::string& name, const std::function<void(const std::string&)>& load,
           const std::function<void()>& make, const std::function<void(const std::string&)>& save) const;

 private:
  std::string folder_;
};

/// What a stage takes, from its construction on.
class stage_meter {
 public:
  stage_meter();
  stage_cost cost(std::string name) const;

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

/// A number that other contents do not give, but for accidents.
class digest {
 public:
  digest& add(const void* bytes, std::size_t size);
  digest& add(const std::string& text) { return add(text.data(), text.size()); }
  template <class T>
  digest& add(const std::vector<T>& values) {
    return add(values.data(), values.size() * sizeof(T));
  }
  digest& add(const half& h);
  /// 16 hexadecimal digits.
  std::string text() const;

 private:
  std::uint64_t state_ = 0x6b696e6472656421u;
};

/// Files of what methods, the attention of words and comparisons gave. Loading: kindred::io_error that names the file
/// for other runs and damage.
void save(const std::string& path, const method_result& of, const std::string& run);
method_result load_method(const std::string& path, const std::string& run);
void save(const std::string& path, const word_attention& of, const std::string& run);
word_attention load_word_attention(const std::string& path, const std::string& run);
void save(const std::string& path, const comparison& of, const std::string& run);
comparison load_comparison(const std::string& path, const std::string& run);

}  // namespace sns
