// SPDX-License-Identifier: Apache-2.0
// Fixtures by tests/reference/text_word2vec.py: the same random numbers, windows and losses, once more in double
// precision.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <kindred/io/npy.hpp>
#include <kindred/text/corpus_writer.hpp>
#include <kindred/words/detail/word2vec_windows.hpp>
#include <kindred/words/word2vec_training.hpp>
#include <random>

#include "io/files.hpp"

namespace io = kindred::io;
namespace words = kindred::words;
namespace text = kindred::text;
using kindred::context;
using kindred::cpu;
using kindred::index_t;
using kindred::label_t;

namespace {

/// Words w1000, w1001, ... with these counts, which must not ascend: the id of each is its place.
text::vocabulary numbered_words(const std::vector<std::int32_t>& counts) {
  text::word_counts words;
  for (std::size_t i = 0; i < counts.size(); ++i) words.add('w' + std::to_string(1000 + i), counts[i]);
  return text::vocabulary(words);
}

void write_ids(const std::string& path, const text::vocabulary& words, const std::vector<label_t>& ids) {
  text::corpus_writer writer(path, words);
  for (auto begin = ids.begin(); begin != ids.end();) {
    const auto end = std::find(begin, ids.end(), text::corpus::sentence_end);
    writer.add(std::span<const label_t>(begin, end));
    begin = end + 1;
  }
  writer.commit();
}

struct training_text {
  text::vocabulary words;
  text::corpus corpus;
};

training_text fixture_text(const temporary_folder& folder) {
  context<cpu> ctx;
  const auto load = [&](const char* name) {
    return io::load_vector<std::int32_t>(ctx,
                                         std::string(KINDRED_SOURCE_DIR) + "/tests/data/text/word2vec_" + name + ".npy")
        .to_host();
  };
  text::vocabulary words = numbered_words(load("counts"));
  write_ids(folder / "ids", words, load("ids"));
  return {std::move(words), text::corpus(folder / "ids")};
}

/// u above v.
std::vector<float> trained(context<cpu>& ctx, const words::word2vec& options, const training_text& t) {
  words::word2vec_training training(ctx, options, t.corpus, t.words);
  while (training.step()) continue;
  CHECK(training.done());
  auto out = training.vectors().vectors.to_host();
  const auto v = training.output_vectors().to_host();
  out.insert(out.end(), v.begin(), v.end());
  return out;
}

double largest_difference(const std::vector<float>& a, const std::vector<float>& b) {
  REQUIRE(a.size() == b.size());
  double worst = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    worst = std::max(worst, std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i])));
  return worst;
}

/// 8 topics of 15 words and 40 words of no topic; a sentence holds 6 to 15 words, two thirds of them from its one
/// topic.
constexpr int topics = 8, topic_words = 15, other_words = 40;
training_text planted_topics(const temporary_folder& folder) {
  std::mt19937 random(5);
  std::vector<std::vector<std::string>> sentences;
  text::word_counts counts;
  for (int s = 0; s < 4000; ++s) {
    const auto topic = random() % topics;
    std::vector<std::string> sentence(6 + random() % 10);
    for (auto& word : sentence)
      word = random() % 3 != 0 ? 't' + std::to_string(topic) + "_" + std::to_string(random() % topic_words)
                               : 'x' + std::to_string(random() % other_words);
    for (const auto& word : sentence) counts.add(word);
    sentences.push_back(std::move(sentence));
  }
  text::vocabulary words(counts);
  text::corpus_writer writer(folder / "topics", words);
  std::vector<label_t> ids;
  for (const auto& sentence : sentences) {
    ids.clear();
    for (const auto& word : sentence) ids.push_back(words.id(word));
    writer.add(ids);
  }
  writer.commit();
  return {std::move(words), text::corpus(folder / "topics")};
}

/// Share of the 5 nearest neighbours of the words with a topic that have the same topic.
double purity(const io::word_vectors<float, cpu>& of) {
  const auto rows = of.vectors.view();
  const auto cosine = [&](index_t a, index_t b) {
    double ab = 0, aa = 0, bb = 0;
    for (index_t k = 0; k < rows.cols(); ++k) {
      const double x = static_cast<double>(rows(a, k)), y = static_cast<double>(rows(b, k));
      ab += x * y;
      aa += x * x;
      bb += y * y;
    }
    return ab / std::sqrt(aa * bb);
  };
  index_t same = 0, all = 0;
  for (index_t a = 0; a < rows.rows(); ++a) {
    const std::string& word = of.words[static_cast<std::size_t>(a)];
    if (word[0] != 't') continue;
    std::vector<std::pair<double, index_t>> others;
    for (index_t b = 0; b < rows.rows(); ++b)
      if (b != a) others.emplace_back(-cosine(a, b), b);
    std::partial_sort(others.begin(), others.begin() + 5, others.end());
    for (int i = 0; i < 5; ++i) {
      const std::string& near = of.words[static_cast<std::size_t>(others[static_cast<std::size_t>(i)].second)];
      same += near.substr(0, 2) == word.substr(0, 2);
      ++all;
    }
  }
  return static_cast<double>(same) / static_cast<double>(all);
}

template <class E, class F>
std::string message(F f) {
  try {
    f();
  } catch (const E& e) {
    return e.what();
  }
  return "";
}

const words::word2vec fixture_options{.window = 3, .sample = 0.05, .passes = 2, .rate = 0.3, .seed = 7};

}  // namespace

TEST_CASE("word2vec takes the steps of the loss, as NumPy takes them in double precision") {
  struct expected {
    const char* name;
    index_t dimension, window, negative, parts, words_per_part;
    words::word2vec_architecture architecture;
  };
  const temporary_folder folder;
  const training_text t = fixture_text(folder);
  context<cpu> load;
  for (const expected& e : {expected{"skip_gram", 20, 3, 5, 1, 4096, words::word2vec_architecture::skip_gram},
                            expected{"blocks", 33, 2, 13, 1, 4096, words::word2vec_architecture::skip_gram},
                            expected{"rounds", 20, 4, 5, 3, 30, words::word2vec_architecture::skip_gram},
                            expected{"cbow", 16, 3, 7, 2, 50, words::word2vec_architecture::cbow}}) {
    CAPTURE(e.name);
    const auto wanted =
        io::load_matrix<float>(load, std::string(KINDRED_SOURCE_DIR) + "/tests/data/text/word2vec_" + e.name + ".npy")
            .to_host();
    words::word2vec o = fixture_options;
    o.dimension = e.dimension;
    o.window = e.window;
    o.negative = e.negative;
    o.parts = e.parts;
    o.words_per_part = e.words_per_part;
    o.architecture = e.architecture;
    for (const auto set :
         {kindred::instruction_set::baseline, kindred::instruction_set::avx2, kindred::instruction_set::avx512}) {
      if (set > kindred::best_instruction_set()) continue;
      context<cpu> ctx(2, set);
      CHECK(largest_difference(trained(ctx, o, t), wanted) < 2e-5);
      if (o.parts > 1) continue;
      o.mode = words::word2vec_mode::hogwild;  // one part at a time: the same steps
      CHECK(largest_difference(trained(ctx, o, t), wanted) < 2e-5);
      o.mode = words::word2vec_mode::deterministic;
    }
    CHECK(std::any_of(wanted.begin(), wanted.end(), [](float x) { return std::abs(x) > 0.5f; }));
  }
}

TEST_CASE("the vectors have the same bytes on any number of threads, and after a stop") {
  const temporary_folder folder;
  const training_text t = planted_topics(folder);
  const words::word2vec o{.dimension = 24, .passes = 2, .parts = 4, .words_per_part = 300};
  context<cpu> one(1), two(2), four(4);
  const auto wanted = trained(one, o, t);
  CHECK(trained(two, o, t) == wanted);
  CHECK(trained(four, o, t) == wanted);
  words::word2vec other = o;
  other.seed = 2;
  CHECK(trained(one, other, t) != wanted);

  words::word2vec_training begun(two, o, t.corpus, t.words);
  for (int i = 0; i < 45; ++i) REQUIRE(begun.step());  // into the second pass
  CHECK(begun.progress().pass == 1);
  begun.save(folder / "state");
  auto resumed = words::word2vec_training::load(four, folder / "state", t.corpus, t.words);
  CHECK(resumed.progress().words_done == begun.progress().words_done);
  CHECK(resumed.options().words_per_part == 300);
  while (resumed.step()) continue;
  auto came = resumed.vectors().vectors.to_host();
  const auto v = resumed.output_vectors().to_host();
  came.insert(came.end(), v.begin(), v.end());
  CHECK(came == wanted);
  CHECK(!resumed.step());
  resumed.save(folder / "state");
  CHECK(words::word2vec_training::load(one, folder / "state", t.corpus, t.words).done());
}

TEST_CASE("words of one topic are neighbours, in both modes and architectures") {
  // of 160 words 14 share a word's topic: 0.09 by chance, and 0.09 before training
  const temporary_folder folder;
  const training_text t = planted_topics(folder);
  context<cpu> ctx(2);
  for (const auto mode : {words::word2vec_mode::deterministic, words::word2vec_mode::hogwild})
    for (const auto architecture : {words::word2vec_architecture::skip_gram, words::word2vec_architecture::cbow}) {
      CAPTURE(static_cast<int>(mode));
      CAPTURE(static_cast<int>(architecture));
      int calls = 0;
      words::word2vec_progress last;
      const auto vectors =
          words::word2vec{.dimension = 24, .sample = 0, .passes = 4, .mode = mode, .architecture = architecture}.train(
              ctx, t.corpus, t.words, [&](const words::word2vec_progress& p) {
                ++calls;
                last = p;
              });
      CHECK(purity(vectors) > 0.95);
      CHECK(calls >= 1);
      CHECK(last.words_done == last.words_total);
      CHECK(last.words_total == 4 * static_cast<index_t>(t.corpus.entries().size()));
      CHECK(last.seconds_left == 0);
      CHECK(last.words_per_second > 0);
    }
}

TEST_CASE("two threads of hogwild mode share their rows without a data race") {
  const temporary_folder folder;
  const training_text t = planted_topics(folder);
  context<cpu> ctx(2);
  for (const auto architecture : {words::word2vec_architecture::skip_gram, words::word2vec_architecture::cbow}) {
    const auto rows = trained(ctx,
                              {.dimension = 16,
                               .window = 2,
                               .sample = 0,
                               .passes = 1,
                               .mode = words::word2vec_mode::hogwild,
                               .architecture = architecture},
                              t);
    CHECK(std::all_of(rows.begin(), rows.end(), [](float x) { return std::isfinite(x); }));
    CHECK(std::any_of(rows.begin(), rows.end(), [](float x) { return std::abs(x) > 0.2f; }));
  }
}

TEST_CASE("an alias table draws in proportion to its weights") {
  const std::vector<double> weights{5, 0, 1, 1, 0.25, 40, 3, 0, 2.5, 7.25};
  const words::alias_table table(weights);
  constexpr int draws = 200000;
  std::array<double, 10> seen{};
  for (std::uint64_t i = 0; i < draws; ++i) ++seen[static_cast<std::size_t>(table(kindred::random::bits(3, 0, i)))];
  double chi = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const double expected = weights[i] / 60 * draws;
    if (weights[i] == 0)
      CHECK(seen[i] == 0);
    else
      chi += (seen[i] - expected) * (seen[i] - expected) / expected;
  }
  CHECK(chi < 24.3);  // 7 degrees of freedom: above it in one of a thousand seeds
  CHECK(words::alias_table(std::vector<double>{2.0})(0) == 0);
  for (const auto& bad : {std::vector<double>{}, {0.0, 0.0}, {1.0, -1.0}, {std::nan("")}, {HUGE_VAL}})
    CHECK_THROWS_AS(words::alias_table{bad}, kindred::argument_error);
}

TEST_CASE("windows keep, close over, reach and draw as the formulas say") {
  const text::vocabulary words = numbered_words({60000, 20000, 15000, 4000, 1000});
  std::mt19937 random(2);
  std::vector<label_t> ids;
  std::array<double, 5> occurs{};
  for (int s = 0; s < 5000; ++s) {
    for (int i = 0; i < 20; ++i) {
      const auto id = static_cast<label_t>(random() % 5);
      ids.push_back(id);
      ++occurs[static_cast<std::size_t>(id)];
    }
    ids.push_back(text::corpus::sentence_end);
  }
  const double sample = 0.01;
  const words::detail::word2vec_sampler sampler(words, sample, 4, 3, 9);
  words::detail::word2vec_windows w;
  sampler.make_windows(ids, 0, 0, static_cast<index_t>(ids.size()), w);
  std::array<double, 5> kept{}, noise{};
  for (const label_t id : w.words) ++kept[static_cast<std::size_t>(id)];
  for (std::size_t i = 0; i < 5; ++i) {
    const double f = static_cast<double>(words.count(static_cast<label_t>(i))) / 100000;
    const double p = std::min(1.0, (std::sqrt(f / sample) + 1) * sample / f);
    CAPTURE(i);
    CHECK(std::abs(kept[i] - p * occurs[i]) <= 4 * std::sqrt(occurs[i] * p * (1 - p)));  // four standard deviations
  }
  std::size_t bad = 0;
  for (std::size_t p = 0; p < w.words.size(); ++p) {
    const auto left = static_cast<std::size_t>(static_cast<std::int32_t>(p) - w.first[p]);
    const auto right = static_cast<std::size_t>(w.end[p]) - p - 1;
    bad += left > 4 || right > 4;
    for (std::size_t k = 0; k < 3; ++k) {
      const auto n = w.noise[3 * p + k];
      bad += n == w.words[p];
      if (n >= 0 && w.words[p] == 4) ++noise[static_cast<std::size_t>(n)];
    }
  }
  CHECK(bad == 0);
  double sum = 0, total = 0, chi = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    sum += std::pow(static_cast<double>(words.count(static_cast<label_t>(i))), 0.75);
    total += noise[i];
  }
  for (std::size_t i = 0; i < 4; ++i) {
    const double expected = total * std::pow(static_cast<double>(words.count(static_cast<label_t>(i))), 0.75) / sum;
    chi += (noise[i] - expected) * (noise[i] - expected) / expected;
  }
  CHECK(chi < 16.3);  // 3 degrees of freedom, one of a thousand

  // parts of the corpus give together what the whole gives
  const auto all = w;
  std::vector<std::int32_t> put_together, of_noise;
  for (index_t from = 0; from < static_cast<index_t>(ids.size()); from += 777) {
    sampler.make_windows(ids, 0, from, std::min<index_t>(from + 777, static_cast<index_t>(ids.size())), w);
    put_together.insert(put_together.end(), w.words.begin(), w.words.end());
    of_noise.insert(of_noise.end(), w.noise.begin(), w.noise.end());
  }
  CHECK(put_together == all.words);
  CHECK(of_noise == all.noise);
}

TEST_CASE("all radii are equally frequent") {
  const text::vocabulary words = numbered_words({3, 2, 1});
  const words::detail::word2vec_sampler sampler(words, 0, 5, 1, 4);
  words::detail::word2vec_windows w;
  std::vector<label_t> ids(40000, 1);
  ids.push_back(text::corpus::sentence_end);
  sampler.make_windows(ids, 0, 0, 40001, w);
  REQUIRE(w.words.size() == 40000);
  std::array<double, 6> radii{};
  for (std::int32_t p = 5; p < 39995; ++p) {
    const std::int32_t left = p - w.first[static_cast<std::size_t>(p)],
                       right = w.end[static_cast<std::size_t>(p)] - p - 1;
    REQUIRE((left == right && left >= 1 && left <= 5));
    ++radii[static_cast<std::size_t>(left)];
  }
  double chi = 0;
  for (std::size_t r = 1; r <= 5; ++r) chi += (radii[r] - 7998) * (radii[r] - 7998) / 7998;
  CHECK(chi < 18.5);  // 4 degrees of freedom, one of a thousand
}

TEST_CASE("a window ends where its sentence does") {
  const text::vocabulary words = numbered_words({3, 2, 1});
  const words::detail::word2vec_sampler sampler(words, 0, 10, 2, 1);
  words::detail::word2vec_windows w;
  const std::vector<label_t> ids{0, 1, 2, 0, 1, 2, 0, -1, 1, -1, 2, 2, -1};
  bool whole = false;
  for (index_t pass = 0; pass < 20; ++pass) {
    sampler.make_windows(ids, pass, 0, 13, w);
    REQUIRE(w.words.size() == 10);
    for (std::size_t p = 0; p < 10; ++p) {
      const std::int32_t begin = p < 7 ? 0 : p < 8 ? 7 : 8, end = p < 7 ? 7 : p < 8 ? 8 : 10;
      CHECK((w.first[p] >= begin && w.end[p] <= end));
      whole |= p == 3 && w.first[p] == begin && w.end[p] == end;
    }
  }
  CHECK(whole);
}

TEST_CASE("options out of their ranges, foreign corpora and files that do not fit are refused") {
  const temporary_folder folder;
  const training_text t = fixture_text(folder);
  context<cpu> ctx;
  const auto refused = [&](auto change, const char* part) {
    words::word2vec o;
    change(o);
    CHECK(contains(message<kindred::argument_error>([&] { o.train(ctx, t.corpus, t.words); }), part));
  };
  refused([](auto& o) { o.dimension = 0; }, "words::word2vec: dimension is 0, expected 1 to 65536");
  refused([](auto& o) { o.window = 0; }, "window is 0");
  refused([](auto& o) { o.negative = 0; }, "negative is 0");
  refused([](auto& o) { o.passes = -1; }, "passes is -1");
  refused([](auto& o) { o.sample = -1; }, "sample in [0, 1], got -1");
  refused([](auto& o) { o.sample = std::nan(""); }, "sample in [0, 1], got nan");
  refused([](auto& o) { o.rate = 0; }, "rate in (0, 1000], got 0");
  refused([](auto& o) { o.parts = 0; }, "parts is 0");
  refused([](auto& o) { o.words_per_part = -1; }, "words_per_part is -1");
  refused([](auto& o) { o.window = 1000, o.dimension = 65536; }, "take 131368178 floats a thread, at most 4194304");
  const text::vocabulary none, another = numbered_words({9, 8, 7});
  CHECK(contains(message<kindred::argument_error>([&] { words::word2vec{}.train(ctx, t.corpus, none); }),
                 "the vocabulary is empty"));
  CHECK(contains(message<kindred::argument_error>([&] { words::word2vec{}.train(ctx, t.corpus, another); }),
                 "was encoded with another vocabulary (25 words; this one has 3)"));
  write_ids(folder / "nothing", another, {});
  const text::corpus nothing(folder / "nothing");
  CHECK(contains(message<kindred::argument_error>([&] { words::word2vec{}.train(ctx, nothing, another); }),
                 "nothing holds no words"));

  words::word2vec_training begun(ctx, fixture_options, t.corpus, t.words);
  begun.step();
  begun.save(folder / "state");
  write_ids(folder / "other", t.words, {1, 2, 3, -1});
  const text::corpus other(folder / "other");
  CHECK(contains(refusal([&] { words::word2vec_training::load(ctx, folder / "state", other, t.words); }),
                 "was trained on another corpus"));
  io::safetensors_writer strange;
  strange.metadata("type", "something 1");
  strange.write(folder / "strange");
  CHECK(contains(refusal([&] { words::word2vec_training::load(ctx, folder / "strange", t.corpus, t.words); }),
                 "expected word2vec_training 1, got something 1"));
}

TEST_CASE("a rate at which vectors grow without bound is an error that names a word, and no saved training is lost") {
  const temporary_folder folder;
  const training_text t = fixture_text(folder);
  context<cpu> ctx;
  for (const auto mode : {words::word2vec_mode::deterministic, words::word2vec_mode::hogwild}) {
    const words::word2vec diverges{.dimension = 8, .passes = 400, .rate = 1000, .mode = mode, .words_per_part = 64};
    CHECK(contains(message<kindred::argument_error>([&] { diverges.train(ctx, t.corpus, t.words); }),
                   "is not finite any more; expected a rate at which training converges, got 1000"));
    words::word2vec_training training(ctx, diverges, t.corpus, t.words);
    CHECK_THROWS_AS(
        [&] {
          while (training.step()) training.save(folder / "state");
        }(),
        kindred::argument_error);
    CHECK_THROWS_AS(training.step(), kindred::argument_error);
    if (mode == words::word2vec_mode::deterministic)
      training.save(folder / "state");
    else
      CHECK_THROWS_AS(training.save(folder / "state"), kindred::argument_error);
    for (const float v :
         words::word2vec_training::load(ctx, folder / "state", t.corpus, t.words).vectors().vectors.to_host())
      CHECK(std::isfinite(v));
  }
}

TEST_CASE("a corpus reads back as it was written, cut where sentences are too long") {
  const temporary_folder folder;
  const text::vocabulary words = numbered_words({9, 8, 7});
  {
    text::corpus_writer writer(folder / "ids", words, {.longest_sentence = 3});
    const std::vector<label_t> ids{0, 1, 2, 2, 1, 0, 1};
    writer.add(ids);
    writer.add(std::span<const label_t>());
    const auto blanks = [](std::string_view s, auto emit) {
      for (std::size_t i = 0; i < s.size(); i += 6) emit(s.substr(i, 5));
    };
    writer.add("w1002 other w1000", blanks);
    writer.add("other", blanks);
    CHECK_THROWS_AS(writer.add(std::vector<label_t>{3}), kindred::argument_error);
    writer.commit();
    CHECK(writer.tokens() == 9);
    CHECK(writer.sentences() == 4);
  }
  const text::corpus corpus(folder / "ids");
  CHECK(std::vector<label_t>(corpus.entries().begin(), corpus.entries().end()) ==
        std::vector<label_t>{0, 1, 2, -1, 2, 1, 0, -1, 1, -1, 2, 0, -1});
  CHECK(corpus.tokens() == 9);
  CHECK(corpus.sentences() == 4);
  CHECK(corpus.words() == 3);
  { const text::corpus_writer unfinished(folder / "unfinished", words); }
  CHECK(folder.count() == 1);
}

TEST_CASE("a corpus that was cut or changed is refused with file and byte, and no change is read as something else") {
  const temporary_folder folder;
  const text::vocabulary words = numbered_words({9, 8, 7});
  write_ids(folder / "ids", words, {0, 1, 2, -1, 2, 2, -1});
  const std::string good = bytes_of(folder / "ids");
  REQUIRE(good.size() == 64 + 4 * 7 + 64);
  const auto opened = [&](const std::string& bytes) {
    write_bytes(folder / "bad", bytes);
    return refusal([&] { text::corpus(folder / "bad"); });
  };
  CHECK(opened(good).empty());
  for (std::size_t size = 0; size < good.size(); ++size) CHECK(contains(opened(good.substr(0, size)), "bad: byte "));
  CHECK(contains(opened(good + "more"), "bad: byte "));
  const auto changed = [&](std::size_t at, char to) {
    std::string bytes = good;
    bytes[at] = to;
    return opened(bytes);
  };
  CHECK(contains(changed(0, 'K'), "byte 0: no corpus"));
  CHECK(contains(changed(68, 3), "byte 68: an id that is no word"));
  CHECK(contains(changed(71, '\x80'), "byte 68: an id that is no word"));
  std::string bytes = good;
  bytes.replace(64, 4, "\xff\xff\xff\xff");
  CHECK(contains(opened(bytes), "byte 64: an empty sentence"));
  CHECK(contains(changed(92 + 24, 4), "tokens and sentences"));
  CHECK(contains(changed(92 + 32, 1), "tokens and sentences"));
  CHECK(contains(changed(92, 'x'), "the end of the corpus is missing"));
}
