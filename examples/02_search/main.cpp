// SPDX-License-Identifier: Apache-2.0
// search: embeds a gallery, saves it, loads it and answers queries.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <kindred/core/utf8.hpp>

#include "build.hpp"
#include "query.hpp"

int main(int count, char** arguments) {
  CLI::App app{"Search among rows of numbers, lines of text, or from one to the other."};
  app.require_subcommand(1);

  build_options b;
  CLI::App* const building = app.add_subcommand("build", "Embed a gallery and write it to a file.");
  building->add_option("GALLERY", b.gallery, "FILE.npy, a row per item; or a text file, a line per item.")->required();
  building->add_option("FILE", b.file, "The file to write.")->required();
  building->add_option("--captions", b.captions,
                       "A text file, line i belongs to row i of GALLERY: texts find rows and rows find texts.");
  building->add_option("--compare", b.compare, "How rows of numbers are compared.")
      ->check(CLI::IsMember({"cosine", "bhattacharyya"}))
      ->capture_default_str();
  building->add_option("--terms", b.terms, "Columns of texts at most (2048; with --captions 512).")
      ->check(CLI::Range(1, 1 << 20));
  building->add_option("--dimensions", b.dimensions, "Dimensions shared by rows and captions at most (all).")
      ->check(CLI::Range(1, 1 << 20));

  query_options q;
  CLI::App* const asking = app.add_subcommand("query", "Answer queries: query, rank, id, score and text in columns.");
  asking->add_option("FILE", q.file, "What build wrote.")->required();
  asking->add_option("QUERIES", q.queries, "FILE.npy, a row per query; or a text file, a line per query.");
  asking->add_option("--text", q.texts, "A query as it is; may be repeated.");
  asking->add_option("-k", q.k, "Results per query.")->check(CLI::Range(1, 1 << 20))->capture_default_str();
  asking->add_flag("--json", q.json, "Print JSON.");

  int threads = 1;
  for (CLI::App* const command : {building, asking})
    command->add_option("--threads", threads, "Threads; the answers do not depend on them.")
        ->check(CLI::Range(1, 1024))
        ->capture_default_str();
  try {
    app.parse(count, arguments);
    b.threads = q.threads = threads;
    if (building->parsed())
      build(b);
    else
      query(q);
    return 0;
  } catch (const CLI::Success& e) {
    return app.exit(e);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "search: %s\n", kindred::printable(e.what()).c_str());
    return 1;
  }
}
