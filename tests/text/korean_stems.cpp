// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <kindred/backend/cpu.hpp>
#include <kindred/io/safetensors_writer.hpp>
#include <kindred/text/korean.hpp>

#include "io/files.hpp"

using namespace kindred;

namespace {

/// The tokens of a text with | between them.
std::string cut(const text::korean& tokenizer, std::string_view text) {
  std::string out;
  tokenizer(text, [&](std::string_view token) { out.append(out.empty() ? 0 : 1, '|').append(token); });
  return out;
}

}  // namespace

TEST_CASE("stems are saved and loaded, and files that hold none are refused by name") {
  context<cpu> ctx;
  text::word_counts words, turned;
  std::vector<std::string> forms;
  for (const char* const stem : {"홋카이도", "사람", "나무"})
    for (const char* const particle : {"이", "은", "을", "의", "가", "는", "에서", ""})
      forms.push_back(std::string(stem) + particle);
  for (std::size_t i = 0; i < forms.size(); ++i) {
    words.add(forms[i], 3);
    turned.add(forms[forms.size() - 1 - i], 3);
  }
  const temporary_folder folder;
  const text::korean_stems stems(words);
  stems.save(folder / "stems");
  const auto loaded = std::make_shared<text::korean_stems>(text::korean_stems::load(ctx, folder / "stems"));
  CHECK(loaded->size() == stems.size());
  CHECK(stems.size() >= 3);
  for (const std::string& form : forms) CHECK(loaded->variety(form) == stems.variety(form));
  CHECK(loaded->variety("사람") > 5);
  const text::korean plain, learned{.stems = loaded};
  CHECK(cut(plain, "홋카이도") == "홋카이|도");
  CHECK(cut(learned, "홋카이도 사람이") == "홋카이도|사람|이");
  // the order in which words were counted leaves no trace
  text::korean_stems(turned).save(folder / "turned");
  CHECK(bytes_of(folder / "turned") == bytes_of(folder / "stems"));
  // beside other things, and nothing at all
  io::safetensors_writer writer;
  stems.save(writer, "a.");
  text::korean_stems(text::word_counts{}).save(writer, "b.");
  writer.metadata("c.type", "korean_stems 2");
  writer.write(folder / "both");
  const io::safetensors both(folder / "both");
  CHECK(text::korean_stems::load(ctx, both, "a.").variety("나무") == stems.variety("나무"));
  CHECK(text::korean_stems::load(ctx, both, "b.").size() == 0);
  CHECK(contains(refusal([&] { text::korean_stems::load(ctx, both, "c."); }),
                 "expected korean_stems 1, got korean_stems 2"));
  CHECK_FALSE(refusal([&] { text::korean_stems::load(ctx, both, ""); }).empty());

  const auto stored = [&](const std::string& bytes, std::vector<index_t> ends, std::vector<std::int64_t> counts) {
    io::safetensors_writer file;
    file.metadata("type", "korean_stems 1");
    file.metadata("stems.type", "vocabulary 1");
    file.add("stems.bytes", std::vector<std::uint8_t>(bytes.begin(), bytes.end()));
    file.add("stems.ends", std::move(ends));
    file.add("stems.counts", std::move(counts));
    file.write(folder / "bad");
    return refusal([&] { text::korean_stems::load(ctx, folder / "bad"); });
  };
  CHECK(stored("가나", {3, 6}, {5, 4}) == "");
  CHECK(contains(stored("가나", {3, 6}, {5, 0}), "less than once"));
  CHECK(contains(stored("가나", {3, 7}, {5, 4}), "do not run to the 6 bytes"));
  CHECK(contains(stored("가나", {2, 6}, {5, 4}), "stems.bytes: "));
  CHECK(contains(stored("가abc", {3, 6}, {5, 4}), "bad: stems.bytes: stem 1 is not of Hangul syllables"));
  // cut anywhere or with a bit of the head changed, a file loads or is refused
  const std::string whole = bytes_of(folder / "stems");
  std::size_t refused = 0;
  for (std::size_t at = 0; at < whole.size(); at += 7) {
    write_bytes(folder / "bad", whole.substr(0, at));
    CHECK_FALSE(refusal([&] { text::korean_stems::load(ctx, folder / "bad"); }).empty());
    std::string broken = whole;
    broken[at] = static_cast<char>(broken[at] ^ 0x04);
    write_bytes(folder / "bad", broken);
    refused += !refusal([&] { text::korean_stems::load(ctx, folder / "bad"); }).empty();
  }
  CHECK(refused > 20);
}
