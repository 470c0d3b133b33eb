// SPDX-License-Identifier: Apache-2.0
// cross_modal_study: fits closed-form methods on pairs of images and texts, finds texts by images and images by texts,
// and shows how well that went as tables, lists, an HTML report and JSON.
#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <files.hpp>
#include <kindred/core/config.hpp>
#include <kindred/core/error.hpp>
#include <program.hpp>

#include "data.hpp"
#include "report.hpp"
#include "results_json.hpp"
#include "study.hpp"
#include "tables.hpp"

namespace {

struct options {
  std::string data, json, report, device = "cpu";
  std::vector<std::string> methods;
  std::uint64_t seed = 1;
  int threads = 0, folds = 5, trials = 8, lists = 3;
  kindred::index_t items = 0;
};

std::string method_help() {
  std::string text = "The methods, separated by commas:";
  for (const auto& m : study::known_methods()) text += std::string("\n  ") + m.name + "  " + m.title;
  return text;
}

void declare(CLI::App& app, options& o) {
  app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  app.add_option("--data", o.data,
                 "Folder with train_ and test_ images.npy, texts.npy and labels.npy, one pair per row. Without it:\n"
                 "pictures of emoji with their Korean names and keywords.")
      ->type_name("FOLDER");
  app.add_option("--methods", o.methods, method_help())
      ->type_name("LIST")
      ->delimiter(',')
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->default_str("all");
  presentation::add_run_options(app, o.json, o.report, o.seed,
                                "Of the folds, of random vectors and of the embedded split.", o.threads, o.device);
  app.add_option("--folds", o.folds, "Of the cross-validation that chooses hyper-parameters.")
      ->type_name("N")
      ->check(CLI::Range(2, 100))
      ->capture_default_str();
  app.add_option("--trials", o.trials,
                 "Settings to try for each method, at most: the same for all. 1: each method's first setting.")
      ->type_name("N")
      ->check(CLI::Range(1, 100000))
      ->capture_default_str();
  app.add_option("--items", o.items, "Use at most this many pairs of each half, for a quick look. 0: all.")
      ->type_name("N")
      ->check(CLI::Range(kindred::index_t(0), kindred::index_t(1) << 40))
      ->capture_default_str();
  app.add_option("--lists", o.lists, "Top-10 lists to show in each direction.")
      ->type_name("N")
      ->check(CLI::Range(0, 1000))
      ->capture_default_str();
  app.set_version_flag("--version", "cross_modal_study " KINDRED_VERSION);
}

void run(const options& o) {
  const auto start = std::chrono::steady_clock::now();
  study::settings how;
  how.methods = o.methods.empty() ? study::known_methods() : study::methods_named(o.methods);
  how.seed = o.seed;
  how.folds = o.folds;
  how.trials = o.trials;
  how.lists = o.lists;
  how.threads = presentation::threads_or_processors(o.threads);

  // what can be found wrong now should not be found after the work
  if (o.device == "cuda") study::check_cuda();
  presentation::check_outputs(o.json, o.report);

  study::study_data data = o.data.empty() ? study::embedded(o.seed) : study::load_folder(o.data);
  study::reduce(data, o.items, o.seed);
  study::study_result result = o.device == "cuda" ? study::run_on_cuda(data, how) : study::run_on_cpu(data, how);
  result.seconds_total = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();

  const study::manifest run{.seed = o.seed,
                            .version = KINDRED_VERSION,
                            .device = o.device,
                            .threads = how.threads,
                            .folds = o.folds,
                            .trials = o.trials};
  std::fputs(study::printed(data, result).c_str(), stdout);
  if (!o.json.empty()) presentation::write_file(o.json, study::results_json(data, result, run));
  if (!o.report.empty()) presentation::write_file(o.report, study::html_report(data, result, run));
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(
      "Finds texts by images and images by texts with closed-form methods, and shows how well that works.\n"
      "Hyper-parameters are chosen by cross-validation on the training half.",
      "cross_modal_study");
  options o;
  return presentation::run_program(
      app, argc, argv, [&] { declare(app, o); }, [&] { run(o); });
}
