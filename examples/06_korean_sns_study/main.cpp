// SPDX-License-Identifier: Apache-2.0
// korean_sns_study: posts of pictures and Korean texts, from pictures and words to methods that find one by the other.
#include <chrono>
#include <cmath>
#include <kindred/core/config.hpp>
#include <program.hpp>

#include "study.hpp"
#include "tables.hpp"

namespace {

using kindred::argument_error;
using kindred::expects;
using kindred::index_t;

struct options {
  std::vector<std::string> methods;
  std::string json, report, comparisons = "all";
  int threads = 0;
  sns::settings how;
};

std::string method_help() {
  std::string text = "The methods, separated by commas:";
  for (const auto& m : sns::known_methods()) text += std::string("\n  ") + m.name + "  " + m.title;
  return text;
}

void declare(CLI::App& app, options& o) {
  sns::settings& how = o.how;
  app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  app.add_option(
         "--data", how.folder,
         "Folder with train_ and test_ images.npy, texts.npy and labels.npy, one pair per row; and, where there\n"
         "are any, regions.npy (pairs x regions x numbers) and the folder words (values.npy, offsets.npy).")
      ->type_name("FOLDER");
  app.add_option("--posts", how.posts, "Posts, one JSON object a line; with --images.")->type_name("FILE.jsonl");
  app.add_option("--images", how.images, "The folder that the posts' pictures lie in.")->type_name("DIR");
  app.add_option("--least-side", how.least_side, "Pixels of the shorter side of such a picture, at least.")
      ->type_name("N")
      ->check(CLI::Range(index_t(1), index_t(1) << 20))
      ->capture_default_str();
  app.add_option("--blocked", how.blocked, "Ids of posts and names of users that are left out, one a line.")
      ->type_name("FILE");
  app.add_option("--scenes", how.scenes,
                 "Without either: so many scenes of emoji with Korean sentences, made on the spot.")
      ->type_name("N")
      ->check(CLI::Range(index_t(100), index_t(1) << 24))
      ->capture_default_str();
  app.add_option("--methods", o.methods, method_help())
      ->type_name("LIST")
      ->delimiter(',')
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->default_str("the eight of the study");
  presentation::add_run_options(app, o.json, o.report, how.seed, "Of scenes, parts, first weights and orders.",
                                o.threads, how.device);
  app.add_option("--comparisons", o.comparisons,
                 "all: analysers and word vectors are compared, where the data are posts; none.")
      ->type_name("NAME")
      ->check(CLI::IsMember({"all", "none"}))
      ->capture_default_str();
  how.analysers.mecab = sns::installed_mecab_dictionary();
  app.add_option("--mecab", how.analysers.mecab,
                 "A compiled dictionary in UTF-8, for MeCab to be compared too; by default an installed mecab-ko-dic.")
      ->type_name("FOLDER");
  app.add_option("--kiwi", how.analysers.kiwi, "Kiwi's model, for Kiwi to be compared too.")->type_name("FOLDER");
  app.add_option("--state", how.state, "Keep finished stages in this folder, and go on from what is there.")
      ->type_name("FOLDER");
  app.add_option("--effort", how.effort, "Share of the epochs of all networks, for a quick look.")
      ->type_name("X")
      ->check(CLI::Range(0.001, 100.0))
      ->capture_default_str();
  app.add_option("--trials", how.trials,
                 "Settings to try for each method, at most: the same for all. 1: each method's first setting.")
      ->type_name("N")
      ->check(CLI::Range(index_t(1), index_t(1) << 20))
      ->capture_default_str();
  app.add_option("--trial-pairs", how.trial_pairs,
                 "Pairs that a trial learns from, at most. 0: all but those it is judged on.")
      ->type_name("N")
      ->check(CLI::Range(index_t(0), index_t(1) << 40))
      ->capture_default_str();
  app.add_flag("--choosing", how.choosing,
               "Learn without the validation part and test on it, not on the test part: to choose settings by.");
  app.add_option("--lists", how.lists, "Top-10 lists to show in each direction.")
      ->type_name("N")
      ->check(CLI::Range(0, 1000))
      ->capture_default_str();
  app.set_version_flag("--version", "korean_sns_study " KINDRED_VERSION);
}

void run(options& o) {
  const auto start = std::chrono::steady_clock::now();
  sns::settings& how = o.how;
  how.methods = sns::methods_named(o.methods);
  how.threads = presentation::threads_or_processors(o.threads);
  how.comparisons = o.comparisons == "all";
  expects<argument_error>(how.posts.empty() == how.images.empty(), "--posts and --images go together");
  expects<argument_error>(how.folder.empty() || how.posts.empty(), "--data and --posts: one of them");
  expects<argument_error>(how.blocked.empty() || !how.posts.empty(), "--blocked: only with --posts");
  expects<argument_error>(!std::isnan(how.effort), "--effort is {}", how.effort);  // no range refuses it

  // what can be found wrong now should not be found after the work
  if (how.device == "cuda") sns::check_cuda();
  presentation::check_outputs(o.json, o.report);
  const sns::stages kept(how.state);
  const sns::device_work work = how.device == "cuda" ? sns::on_cuda() : sns::on_cpu();

  const sns::inputs data = sns::gathered(how, kept);
  sns::results found = sns::studied(data, how, kept, work);
  found.seconds_total = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  std::fputs(sns::printed(data, how, found).c_str(), stdout);
  if (!o.json.empty()) presentation::write_file(o.json, sns::results_json(data, how, found));
  if (!o.report.empty()) presentation::write_file(o.report, sns::html_report(data, how, found));
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(
      "Posts of pictures and Korean texts: describes both, learns what belongs together with eight methods and more,\n"
      "finds texts by images and images by texts, and shows how well that works.",
      "korean_sns_study");
  options o;
  return presentation::run_program(
      app, argc, argv, [&] { declare(app, o); }, [&] { run(o); });
}
