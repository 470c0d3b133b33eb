// SPDX-License-Identifier: Apache-2.0
// image_by_image: from pictures to an embedding to similar-item search; trains an encoder with each of several losses
// and shows how well pictures of classes that training never saw find each other.
#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <files.hpp>
#include <filesystem>
#include <kindred/core/config.hpp>
#include <kindred/core/error.hpp>
#include <program.hpp>

#include "image_search.hpp"
#include "report.hpp"
#include "results_json.hpp"
#include "tables.hpp"

namespace {

using kindred::index_t;

struct options {
  std::string data, graph, json, report, device = "cpu";
  std::vector<std::string> losses;
  index_t size = 32;
  int threads = 0;
  bool turned = false, validation = false;
  image::settings how;
};

std::string loss_help() {
  std::string text = "The losses, separated by commas:";
  for (const auto& k : image::known_losses()) text += std::string("\n  ") + k.name + "  " + k.title;
  return text + "\n  triplet  triplet, the miner of --miner";
}

void declare(CLI::App& app, options& o) {
  image::settings& how = o.how;
  const auto whole = CLI::Range(index_t(1), index_t(1) << 30);
  app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  app.add_option(
         "--data", o.data,
         "Folder with train_ and test_ images.npy and labels.npy, or with a subfolder of PNG and JPEG pictures for\n"
         "each class. Without it: pictures of emoji.")
      ->type_name("FOLDER");
  app.add_option(
         "--graph", o.graph,
         "Links between training pictures, two positions a line: what training draws together instead of classes.")
      ->type_name("FILE.csv");
  app.add_option("--hops", how.hops, "Pictures that are linked over so many links are no negatives.")
      ->type_name("N")
      ->check(CLI::Range(1, 8))
      ->capture_default_str();
  app.add_option("--loss", o.losses, loss_help())
      ->type_name("LIST")
      ->delimiter(',')
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->default_str("all but triplet");
  app.add_option("--miner", how.miner, "Which triplets the loss triplet looks at.")
      ->type_name("NAME")
      ->check(CLI::IsMember(image::known_miners()))
      ->capture_default_str();
  app.add_option("--epochs", how.epochs, "Times that training sees every picture.")
      ->type_name("N")
      ->check(whole)
      ->capture_default_str();
  app.add_option("--batch", how.batch, "Pictures in a batch.")->type_name("N")->check(whole)->capture_default_str();
  app.add_option("--per-class", how.per_class, "Pictures of one class in a batch.")
      ->type_name("N")
      ->check(whole)
      ->capture_default_str();
  app.add_option("--rate", how.rate, "Learning rate at the start; it falls along a cosine.")
      ->type_name("X")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--width", how.width, "Channels of the encoder.")->type_name("N")->check(whole)->capture_default_str();
  app.add_option("--dimension", how.dimension, "Numbers of an embedding.")
      ->type_name("N")
      ->check(whole)
      ->capture_default_str();
  app.add_option("--rotation", how.rotation, "Degrees by which training pictures are turned at most.")
      ->type_name("X")
      ->check(CLI::Range(0.0, 180.0))
      ->capture_default_str();
  app.add_option("--shift", how.shift, "Share of their size by which they are moved at most.")
      ->type_name("X")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  app.add_option("--scale", how.scale, "How much larger or smaller they become at most.")
      ->type_name("X")
      ->check(CLI::Range(1.0, 10.0))
      ->capture_default_str();
  app.add_flag("--flip", how.flip, "Exchange left and right in half of them.");
  app.add_flag("--turned-classes", o.turned, "Quarter turns of training pictures become classes of their own.");
  app.add_flag("--validation", o.validation,
               "Leave the test half alone: hold out a quarter of the training classes and measure on those.");
  app.add_option("--size", o.size, "Side to which pictures of subfolders and emoji are brought.")
      ->type_name("N")
      ->check(CLI::Range(16, 1024))
      ->capture_default_str();
  app.add_option("--checkpoints", how.checkpoints,
                 "Write training's state to this folder after every epoch, and go on from what is there.")
      ->type_name("FOLDER");
  presentation::add_run_options(app, o.json, o.report, how.seed,
                                "Of first weights, batches, maps of pictures and drawn halves.", o.threads, o.device);
  app.add_option("--lists", how.lists, "Queries whose nearest pictures the report shows.")
      ->type_name("N")
      ->check(CLI::Range(0, 1000))
      ->capture_default_str();
  app.set_version_flag("--version", "image_by_image " KINDRED_VERSION);
}

image::picture_set load(const options& o) {
  namespace fs = std::filesystem;
  std::error_code ignored;
  if (o.data.empty()) return image::embedded(o.size, o.how.seed);
  kindred::expects<kindred::io_error>(fs::is_directory(o.data, ignored), "{}: is not a folder", o.data);
  if (fs::exists(o.data + "/train_images.npy", ignored)) return image::load_arrays(o.data);
  return image::load_class_folders(o.data, o.size, o.how.seed);
}

void run(options& o) {
  const auto start = std::chrono::steady_clock::now();
  image::settings& how = o.how;
  how.losses = o.losses.empty() ? image::known_losses() : image::losses_named(o.losses);
  how.threads = presentation::threads_or_processors(o.threads);

  // what can be found wrong now should not be found after the work
  if (o.device == "cuda") image::check_cuda();
  presentation::check_outputs(o.json, o.report);
  if (!how.checkpoints.empty()) std::filesystem::create_directories(how.checkpoints);

  image::picture_set set = load(o);
  if (!o.graph.empty()) {
    kindred::expects<kindred::argument_error>(!o.turned && !o.validation,
                                              "--graph is about the training pictures as they are");
    image::load_links(o.graph, set);
  }
  if (o.validation) image::validation_only(set, how.seed);
  image::check(set);
  if (o.turned) image::add_turned_classes(set);
  image::results found = o.device == "cuda" ? image::run_on_cuda(set, how) : image::run_on_cpu(set, how);
  found.seconds_total = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();

  const image::manifest started{
      .seed = how.seed, .version = KINDRED_VERSION, .device = o.device, .threads = how.threads};
  std::fputs(image::printed(set, found).c_str(), stdout);
  if (!o.json.empty()) presentation::write_file(o.json, image::results_json(set, how, found, started));
  if (!o.report.empty()) presentation::write_file(o.report, image::html_report(set, how, found, started));
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(
      "Finds pictures by pictures: trains an encoder with each of several losses and shows how well pictures of "
      "classes\n"
      "that training never saw find each other.",
      "image_by_image");
  options o;
  return presentation::run_program(
      app, argc, argv, [&] { declare(app, o); }, [&] { run(o); });
}
