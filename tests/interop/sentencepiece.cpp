// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <sentencepiece_trainer.h>

#include <kindred/interop/sentencepiece.hpp>

#include "io/files.hpp"

using kindred::argument_error;
using kindred::label_t;
using kindred::interop::sentencepiece_tokenizer;

namespace {

/// Trains a small BPE model by sentencepiece itself.
void train(const temporary_folder& folder) {
  std::string text;
  for (int i = 0; i < 40; ++i) text += "나무가 크다 나무를 보다 lower newest widest low\n";
  write_bytes(folder / "text.txt", text);
  const auto status = ::sentencepiece::SentencePieceTrainer::Train(
      "--input=" + (folder / "text.txt") + " --model_prefix=" + (folder / "pieces") +
      " --vocab_size=60 --hard_vocab_limit=false --model_type=bpe --byte_fallback=false --minloglevel=3");
  REQUIRE(status.ok());
}

}  // namespace

TEST_CASE("a model that sentencepiece trained gives its pieces, and ids that decode to the text") {
  const temporary_folder folder;
  train(folder);
  const sentencepiece_tokenizer pieces(folder / "pieces.model");
  CHECK(pieces.size() > 20);
  const sentencepiece_tokenizer copy = pieces;
  const auto symbols = copy.encode("나무가 lower");
  std::vector<std::string> found;
  std::string joined;
  copy("나무가 lower", [&](std::string_view p) {
    found.emplace_back(p);
    joined += p;
  });
  CHECK(joined == "▁나무가▁lower");
  CHECK(found.size() < 6);  // frequent words are not single characters
  REQUIRE(symbols.size() == found.size());
  for (std::size_t i = 0; i < found.size(); ++i) CHECK(pieces.piece(symbols[i]) == found[i]);
  CHECK(pieces.decode(symbols) == "나무가 lower");
  std::vector<label_t> appended{7};
  pieces.encode("나무가 lower", appended);
  CHECK(appended.size() == symbols.size() + 1);
  CHECK(pieces.encode("").empty());
  CHECK(pieces.encode("龍").back() == pieces.unknown());
  CHECK_THROWS_AS(pieces.piece(static_cast<label_t>(pieces.size())), argument_error);
  CHECK_THROWS_AS(pieces.decode({-1}), argument_error);
}

TEST_CASE("what is no model is refused with the name of the file") {
  const temporary_folder folder;
  CHECK(contains(refusal([&] { sentencepiece_tokenizer(folder / "absent.model"); }), "No such file"));
  write_bytes(folder / "bad.model", "no model at all");
  CHECK(contains(refusal([&] { sentencepiece_tokenizer(folder / "bad.model"); }), "bad.model: sentencepiece: "));
  CHECK(contains(refusal([&] { sentencepiece_tokenizer(folder / "bad.model", {.bytes = 3}); }), "the limit is 3"));
}
