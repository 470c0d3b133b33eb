// SPDX-License-Identifier: Apache-2.0
// The frame of a program with CLI11, which its main.cpp links.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdio>
#include <kindred/core/error.hpp>
#include <kindred/core/parallel.hpp>
#include <new>
#include <string>

#include "files.hpp"

namespace presentation {

/// What main() returns: `declare()` adds the options to `app`, `run()` does the work once they are read.
/// 0 after a run, and after --help and --version; 1 with one line on stderr, "name: what went wrong", after any
/// exception.
template <class Declare, class Run>
int run_program(CLI::App& app, int argc, char** argv, Declare&& declare, Run&& run) {
  std::string failure;
  try {
    declare();
    try {
      app.parse(argc, argv);
    } catch (const CLI::Success& done) {  // --help, --version
      return app.exit(done);
    }
    run();
    if (std::fflush(stdout) == 0) return 0;
    failure = "the results could not be printed";
  } catch (const std::bad_alloc&) {
    failure = "not enough memory";
  } catch (const std::exception& e) {
    failure = kindred::printable(e.what());
  }
  std::fprintf(stderr, "%s: %s\n", app.get_name().c_str(), failure.c_str());
  return 1;
}

/// The options that programs with a report share. `seeds` says what the seed decides.
inline void add_run_options(CLI::App& app, std::string& json, std::string& report, std::uint64_t& seed,
                            const char* seeds, int& threads, std::string& device) {
  app.add_option("--seed", seed, seeds)->type_name("N")->capture_default_str();
  app.add_option("--threads", threads, "At work at once; the numbers do not depend on it. Default: the processors.")
      ->type_name("N")
      ->check(CLI::Range(1, 1024));
  app.add_option("--device", device, "Where the work is done: cpu or cuda.")
      ->type_name("NAME")
      ->check(CLI::IsMember({"cpu", "cuda"}))
      ->capture_default_str();
  app.add_option("--json", json, "Write the numbers to this file.")->type_name("FILE");
  app.add_option("--report", report, "Write an HTML report to this file.")->type_name("FILE");
}

/// Returns `asked`, or where that is 0 one thread for each processor that this process may use.
inline int threads_or_processors(int asked) { return asked > 0 ? asked : kindred::default_threads(); }

/// Finds out before the work whether --json and --report, empty where not given, can be written.
inline void check_outputs(const std::string& json, const std::string& report) {
  kindred::expects<kindred::argument_error>(json.empty() || json != report, "--json and --report both name {}", json);
  for (const auto* path : {&json, &report})
    if (!path->empty()) check_writable(*path);
}

}  // namespace presentation
