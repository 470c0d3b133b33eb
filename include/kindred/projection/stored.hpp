// SPDX-License-Identifier: Apache-2.0
/// @file
/// What the fitted projections share when they are saved and loaded.
#pragma once

#include <kindred/core/array.hpp>
#include <kindred/io/forward.hpp>
#include <string>
#include <vector>

namespace kindred::projection::detail {

/// Refuses a file that holds something else under `prefix`.
template <class File>
void expect_type(const File& file, const std::string& prefix, const char* wanted) {
  const std::string& type = file.metadata(prefix + "type");
  expects<io_error>(type == wanted, "{}: metadata {}type: {} wanted, {} came", file.name(), prefix, wanted, type);
}

/// `count` numbers of the tensor `name`, on the host.
template <class T, class File, Device D>
std::vector<T> stored_list(context<D>& ctx, const File& file, const std::string& name, index_t count) {
  const auto list = file.template load_vector<T>(ctx, name).to_host();
  expects<io_error>(static_cast<index_t>(list.size()) == count, "{}: tensor {}: {} numbers wanted, {} came",
                    file.name(), name, count, list.size());
  return list;
}

/// Refuses numbers that cannot be: a rank, a count.
template <class File>
index_t at_least(const File& file, const std::string& name, index_t value, index_t least) {
  expects<io_error>(value >= least, "{}: tensor {}: {} is less than {}", file.name(), name, value, least);
  return value;
}

/// What save(path) does.
template <class Writer, class P>
void save_alone(const P& part, const std::string& path) {
  Writer file;
  part.save(file, "");
  file.write(path);
}

}  // namespace kindred::projection::detail
