// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdio>
#include <folds.hpp>
#include <html.hpp>
#include <kindred/visual/attention_map.hpp>
#include <kindred/visual/attention_overlay.hpp>
#include <kindred/visual/attention_words.hpp>
#include <text_table.hpp>

#include "attention_score.hpp"
#include "report_parts.hpp"

namespace sns {

const char* const report_parts_style = R"css(
.map img { display: block; width: 100%; height: auto; background: #fff; border-radius: 6px; }
.seen { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 30rem), 1fr)); }
.seen div { display: grid; grid-template-columns: repeat(3, 1fr); gap: .5rem; }
.seen img { width: 100%; image-rendering: pixelated; border-radius: 6px; }
.seen figcaption { color: var(--soft); font-size: .85em; }
.seen figure figure { margin: 0; }
.seen p { margin: .6rem 0 .2rem; line-height: 1.6; }
.seen small { color: var(--soft); }
.seen span { font-weight: 700; }
@media (prefers-color-scheme: dark) { .seen span { color: #ff7d7d !important; } }
)css";

namespace {

namespace kd = kindred;
namespace visual = kindred::visual;

constexpr double threshold = 0.7;  // the study's

std::string picture_tag(const emoji::picture& p, const std::string& what) {
  return "<img alt=\"" + presentation::escaped(what) + "\" src=\"data:image/png;base64," +
         presentation::base64(emoji::png(p)) + "\">";
}

emoji::picture painted(const visual::attention_overlay& how, const kd::matrix<double, kd::cpu>& map,
                       const emoji::picture& p) {
  return {p.width, p.height, how.pixels(map, p.rgba, 4)};
}

/// Whether the words stand in the text one behind the other.
bool holds(std::string_view text, const std::vector<std::string>& words) {
  for (const auto& word : words) {
    const auto at = text.find(word);
    if (at == text.npos) return false;
    text.remove_prefix(at + word.size());
  }
  return true;
}

/// The text with the words in colour on which attention falls.
std::string coloured(const inputs& data, index_t post, std::span<const float> weights) {
  const auto& texts = *data.texts;
  const auto first = texts.words.offsets[static_cast<std::size_t>(post)];
  std::vector<std::string> words;
  std::vector<double> shares;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const std::string word = texts.word(first + static_cast<index_t>(i));
    if (word.empty()) continue;
    words.push_back(word);
    shares.push_back(static_cast<double>(weights[i]));
  }
  // as its author wrote it, or where words were mended as the analyser saw it
  std::string text = data.posts->items[static_cast<std::size_t>(post)].text;
  if (!holds(text, words)) text = sentence::normalized(plain_text(text));
  if (!holds(text, words)) return presentation::escaped(text);  // pieces of an analyser that are no parts of the text
  return visual::attention_words{.threshold = threshold}.html(text, words, shares);
}

/// What the first three words that name a thing in a post of the test half look at, beside each other.
std::string looks(const inputs& data, index_t item, const std::vector<float>& weights,
                  const visual::attention_overlay& how) {
  const index_t number = data.test[static_cast<std::size_t>(item)], regions = data.region_rows * data.region_columns;
  const post& one = data.posts->items[static_cast<std::size_t>(number)];
  const index_t first = data.texts->words.offsets[static_cast<std::size_t>(number)];
  const index_t row = data.pairs.test.words.offsets[static_cast<std::size_t>(item)];
  std::vector<const shown_glyph*> named;
  std::string out;
  kd::context<kd::cpu> ctx;
  for (index_t w = 0; w < data.pairs.test.words.length(item) && named.size() < 3; ++w) {
    const std::string word = data.texts->word(first + w);
    const auto* const glyph = named_by(one, word);
    if (!glyph || std::find(named.begin(), named.end(), glyph) != named.end()) continue;
    named.push_back(glyph);
    const kd::matrix_view<const float, kd::cpu> grid(weights.data() + (row + w) * regions, data.region_rows,
                                                     data.region_columns);
    const auto map = visual::attention_map{}(ctx, grid, one.picture.height, one.picture.width);
    out += "<figure>" + picture_tag(painted(how, map, one.picture), "attention of " + word) + "<figcaption>" +
           presentation::escaped(word) + "</figcaption></figure>";
  }
  return out.empty() ? out : "<div>" + out + "</div>\n";
}

void score_table(std::string& out, const method_result& of, const word_attention& words) {
  const auto row = [&](const std::string& name, const char* title, double share, double uniform) {
    char times[32];
    std::snprintf(times, sizeof times, "%.2f", uniform > 0 ? share / uniform : 0);
    out += "<tr><td>" + name + "<small>" + title + "</small></td><td>" + presentation::four_decimals(share) +
           "</td><td>" + presentation::four_decimals(uniform) + "</td><td>" + times + "</td></tr>\n";
  };
  const auto rows = [&](const std::string& what, const std::optional<pointing>& p) {
    if (!p || p->cases == 0) return;
    row("mass on " + what, "share of the attention", p->mass, p->uniform_mass);
    row("peak on " + what, "the pointing game: share of the largest weights", p->peak, p->uniform_peak);
  };
  out +=
      "<div class=\"scroll\"><table><thead><tr><th>attention</th><th>share</th><th>evenly spread</th><th>times</th>"
      "</tr></thead>\n<tbody>\n";
  rows("what the text names", of.points);
  rows("what the post is about", of.on_main);
  if (words.points) {
    row("mass on what a word names", "cross attention of the word", words.points->mass, words.points->uniform_mass);
    row("peak on what a word names", "the pointing game of the word", words.points->peak, words.points->uniform_peak);
  }
  out += "</tbody></table></div>\n";
}

}  // namespace

std::string attention_section(const inputs& data, const settings& how, const method_result& of,
                              const word_attention& words, int shown) {
  const auto& test = data.pairs.test;
  if (!data.posts || of.region_attention.empty() || data.region_rows == 0) return "";
  std::string out =
      "<h2>Attention</h2>\n<p class=\"soft\">Of " + presentation::escaped(of.name) +
      ", for posts of the test half that were drawn, not chosen: the picture; all of its map, scaled to its least and "
      "largest weight; what reaches " +
      presentation::four_decimals(threshold).substr(0, 3) + ". Words that reach it in the text are in colour." +
      (words.weights.empty() ? ""
                             : " Below, what words that name a thing look at by cross attention, which learned next to "
                               "the methods, from pairs without classes.") +
      "</p>\n";
  if (of.points || of.on_main || words.points) score_table(out, of, words);
  if (shown <= 0) return out;
  out += "<h3>Posts</h3>\n<div class=\"seen\">\n";
  kd::context<kd::cpu> ctx;
  const index_t regions = data.region_rows * data.region_columns;
  for (const index_t item : pairs::stratified_sample(test.labels, shown, how.seed + 2)) {
    const auto at = static_cast<std::size_t>(item);
    const index_t number = data.test[at];
    const post& one = data.posts->items[static_cast<std::size_t>(number)];
    const kd::matrix_view<const float, kd::cpu> weights(of.region_attention.data() + item * regions, data.region_rows,
                                                        data.region_columns);
    const auto map = visual::attention_map{}(ctx, weights, one.picture.height, one.picture.width);
    const visual::attention_overlay graded{.threshold = 0, .colour = {255, 40, 0}, .opacity = 0.85, .graded = true};
    const visual::attention_overlay sharp{.threshold = threshold, .opacity = 0.75};
    out += "<figure><div>" + picture_tag(one.picture, "picture of " + one.id) +
           picture_tag(painted(graded, map, one.picture), "attention") +
           picture_tag(painted(sharp, map, one.picture), "attention of at least the threshold") + "</div>\n";
    if (!words.weights.empty()) out += looks(data, item, words.weights, graded);
    out += "<p>";
    if (of.word_attention.empty() || !data.texts) {
      out += presentation::escaped(one.text);
    } else {
      const auto begin = static_cast<std::size_t>(test.words.offsets[at]);
      out += coloured(data, number,
                      std::span(of.word_attention).subspan(begin, static_cast<std::size_t>(test.words.length(item))));
    }
    out += "</p><small>" + presentation::escaped(one.id) + ", " +
           presentation::escaped(data.posts->class_names[static_cast<std::size_t>(one.label)]) + "</small></figure>\n";
  }
  return out + "</div>\n";
}

}  // namespace sns
