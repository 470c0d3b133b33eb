// SPDX-License-Identifier: Apache-2.0
/// @file
/// What load(ctx, file, prefix) functions check: every number of a file that is divided by, indexed with or counted to
/// has a lower and an upper bound, and whatever a constructor refuses is an io_error that names the file.
#pragma once

#include <kindred/core/array.hpp>
#include <kindred/io/forward.hpp>
#include <string>
#include <vector>

namespace kindred::io {

/// Refuses a file that holds something else under `prefix`.
template <class File>
void expect_type(const File& file, const std::string& prefix, const char* wanted) {
  const std::string& type = file.metadata(prefix + "type");
  expects<io_error>(type == wanted, "{}: metadata {}type: expected {}, got {}", file.name(), prefix, wanted, type);
}

/// `count` numbers of the tensor `name`, on the host.
template <class T, class File, Device D>
std::vector<T> stored_list(context<D>& ctx, const File& file, const std::string& name, index_t count) {
  const auto list = file.template load_vector<T>(ctx, name).to_host();
  expects<io_error>(static_cast<index_t>(list.size()) == count, "{}: tensor {}: expected {} values, got {}",
                    file.name(), name, count, list.size());
  return list;
}

/// Refuses a number of the tensor `name` that cannot be: a rank, a count, a choice. NaN is refused.
template <class N, class File>
N in_range(const File& file, const std::string& name, N value, std::type_identity_t<N> least,
           std::type_identity_t<N> most) {
  expects<io_error>(least <= value && value <= most, "{}: tensor {}: expected {} to {}, got {}", file.name(), name,
                    least, most, value);
  return value;
}

/// Refuses labels of classes that do not ascend: each has one dimension.
template <class File>
std::vector<label_t> ascending(const File& file, const std::string& name, std::vector<label_t> labels) {
  for (std::size_t i = 1; i < labels.size(); ++i)
    expects<io_error>(labels[i - 1] < labels[i], "{}: tensor {}: the labels do not ascend", file.name(), name);
  return labels;
}

/// Refuses a tensor that is missing, empty or of another shape than rows x cols: what has to hold before memory for as
/// many numbers is asked for.
template <class File>
void expect_matrix(const File& file, const std::string& name, index_t rows, index_t cols) {
  expects<io_error>(rows > 0 && cols > 0 && file.contains(name) && file.shape(name) == std::vector<index_t>{rows, cols},
                    "{}: tensor {}: expected {} x {}", file.name(), name, rows, cols);
}

/// Writes one part to a file of its own: what save(path) of a fitted part does.
template <class Writer, class Part>
void save_alone(const Part& part, const std::string& path) {
  Writer file;
  part.save(file, "");
  file.write(path);
}

/// make(), whose shape_error or argument_error becomes an io_error that names the file and the prefix.
template <class File, class F>
auto made_from(const File& file, const std::string& prefix, F make) {
  constexpr const char* text = "{}: under \"{}\": {}";
  try {
    return make();
  } catch (const shape_error& e) {
    raise<io_error>(text, file.name(), prefix, e.what());
  } catch (const argument_error& e) {
    raise<io_error>(text, file.name(), prefix, e.what());
  }
}

}  // namespace kindred::io
