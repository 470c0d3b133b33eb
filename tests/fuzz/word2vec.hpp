// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/words/word2vec_training.hpp>

#include "corpus.hpp"

namespace fuzz {

/// States of a words::word2vec_training, loaded and trained on for a round.
struct word2vec {
  static constexpr const char* alphabet = "{}[]:,\"dtypeshape_offsetsratestateuv0123456789FI6432 ";

  struct parts {
    kindred::context<kindred::cpu> ctx{1};
    kindred::text::vocabulary words = fuzz::corpus::words();
    std::string path = (std::filesystem::temp_directory_path() / "kindred_fuzz_corpus_XXXXXX").string();
    std::unique_ptr<kindred::text::corpus> corpus;

    parts() {
      const int made = ::mkstemp(path.data());
      check(made >= 0);
      ::close(made);
      std::ofstream(path, std::ios::binary) << fuzz::corpus::written({{0, 1, 2, 3, 4}, {0, 0, 1}, {4, 3}});
      corpus = std::make_unique<kindred::text::corpus>(path);
      std::remove(path.c_str());  // mapped
    }
    static parts& get() {
      static parts kept;
      return kept;
    }
  };

  static std::vector<std::string> seeds() {
    using namespace kindred;
    parts& p = parts::get();
    std::vector<std::string> out;
    for (const auto mode : {words::word2vec_mode::deterministic, words::word2vec_mode::hogwild}) {
      words::word2vec_training training(
          p.ctx, {.dimension = 4, .passes = 3, .mode = mode, .parts = 2, .words_per_part = 3}, *p.corpus, p.words);
      training.step();
      const std::string path = file_of({});
      training.save(path);
      std::ifstream in(path, std::ios::binary);
      out.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
    }
    return out;
  }

  static bool load(std::span<const std::byte> bytes) {
    using namespace kindred;
    parts& p = parts::get();
    return loads([&] {
      auto training = words::word2vec_training::load(p.ctx, file_of(bytes), *p.corpus, p.words, limits);
      const words::word2vec_progress before = training.progress();
      check(before.words_done >= 0 && before.words_done <= before.words_total);
      const bool done = training.done();
      try {
        check(training.step() == !done);
      } catch (const argument_error& e) {  // numbers that a damaged file may hold, but training cannot take on
        check(std::string_view(e.what()).find("is not finite any more") != std::string_view::npos);
      }
      check(training.vectors().vectors.rows() == p.words.size());
    });
  }
};

}  // namespace fuzz
