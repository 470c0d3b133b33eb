// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/error.hpp>
#include <kindred/io/forward.hpp>
#include <string>

namespace kindred::train {

/// A file from which training goes on as if it had never stopped: all that a trainer, and the loop that runs it, depend
/// on.
///
///   train::checkpoint::save("run.safetensors", trainer, loop);
///   ...                                                        // another process, made of the same parts
///   train::checkpoint::resume("run.safetensors", trainer, loop);
///
/// One safetensors file, which appears whole or not at all. The encoder in it stands by name under `trainer.encoder.`
/// (its parameters, its spec), so that encoder::network::load reads it too. Include
/// <kindred/io/safetensors_writer.hpp>.
///
/// Determinism  a resumed run gives the bytes of one that was never interrupted, on the same machine and number type.
/// Errors       io_error for files that are broken or of other parts, with what was wanted and what came; a trainer may
///              be half changed then and must not be used.
struct checkpoint {
  template <class Writer = io::safetensors_writer, class Trainer, class... Loop>
  static void save(const std::string& path, Trainer& trainer, const Loop&... loop) {
    Writer file;
    file.metadata("checkpoint", version);
    trainer.save(file, "trainer.");
    (loop.save(file, "loop."), ...);
    file.write(path);
  }
  template <class File = io::safetensors, class Trainer, class... Loop>
  static void resume(const std::string& path, Trainer& trainer, Loop&... loop) {
    resume(File(path), trainer, loop...);
  }
  /// From an opened file.
  template <class File, class Trainer, class... Loop>
  requires requires(const File& file) { file.names(); }
  static void resume(const File& file, Trainer& trainer, Loop&... loop) {
    const std::string& came = file.metadata("checkpoint");
    expects<io_error>(came == version, "{}: metadata checkpoint: expected '{}', got '{}'", file.name(), version, came);
    trainer.resume(file, "trainer.");
    (loop.resume(file, "loop."), ...);
  }

 private:
  static constexpr const char* version = "1";
};

}  // namespace kindred::train
