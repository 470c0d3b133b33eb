// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <string>

namespace sentence {

/// The name of a temporary file of this process; what stands there is gone when the object is.
class passing_file {
 public:
  passing_file() {
    static std::atomic<int> made{0};
    path_ = (std::filesystem::temp_directory_path() /
             ("kindred." + std::to_string(::getpid()) + "." + std::to_string(made++)))
                .string();
  }
  passing_file(const passing_file&) = delete;
  passing_file& operator=(const passing_file&) = delete;
  ~passing_file() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace sentence
