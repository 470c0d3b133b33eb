// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/array.hpp>
#include <kindred/io/forward.hpp>
#include <string>
#include <utility>
#include <vector>

namespace kindred::io {

/// Throws an io_error that lists all problems of a file, up to 64 KiB of them; other messages cut a text at 1000 bytes.
[[noreturn]] inline void raise_all(const std::string& file, const std::string& problems) {
  throw io_error(printable(file, 1000) + ": " + printable(problems, std::size_t(1) << 16), source::here());
}

/// Named matrices that lie in flat vectors, on their way to a file and back: a tensor for each, so that other programs
/// find them by name.
///
///   io::weights<float, cpu> list;
///   list.add(flat, [&](auto visit) { spec.parameters(visit); });    // visit(name, offset, rows, cols)
///   list.save(file, "encoder.");
///   list.load(ctx, file, "encoder.");
///
/// A piece of one row is saved with one axis, others with two; both forms of a row are read. Numbers of another type
/// are converted as io::npy does. With an empty prefix the list is compared with the whole file.
///
/// Complexity   O(numbers); loading holds them twice.
/// Errors       load: one io_error that lists all names of the list that the file lacks, all of the file under the
///              prefix that the list lacks, and all of another shape, with both shapes. Nothing is changed then.
template <class T, Device D>
class weights {
 public:
  /// The pieces that pieces(visit) names. The vector must outlive the list.
  template <class Pieces>
  void add(const vector<T, D>& flat, Pieces pieces) {
    pieces([&](const char* name, index_t offset, index_t rows, index_t cols) {
      expects(offset >= 0 && offset + rows * cols <= flat.size(), "io::weights: {} ends at {} of {} numbers", name,
              offset + rows * cols, flat.size());
      pieces_.push_back({name, &flat, offset, rows, cols});
    });
  }

  /// Adds every piece to a file. The vectors must stay as they are until the file is written.
  template <class Writer>
  void save(Writer& file, const std::string& prefix) const {
    for (const piece& p : pieces_) {
      if constexpr (D::host_memory) {
        const T* const at = p.flat->data() + p.offset;
        if (p.rows == 1)
          file.add(prefix + p.name, vector_view<const T, D>(at, p.cols));
        else
          file.add(prefix + p.name, matrix_view<const T, D>(at, p.rows, p.cols));
      } else {
        const auto numbers = p.flat->to_host();
        const auto at = numbers.begin() + static_cast<std::ptrdiff_t>(p.offset);
        file.add(prefix + p.name, p.shape(), std::vector<T>(at, at + static_cast<std::ptrdiff_t>(p.rows * p.cols)));
      }
    }
  }

  template <class File>
  void load(context<D>& ctx, const File& file, const std::string& prefix) const {
    std::string problems;
    const auto problem = [&](const std::string& what) { problems.append(problems.empty() ? "" : "; ") += what; };
    for (const piece& p : pieces_) {
      const std::string name = prefix + p.name;
      if (!file.contains(name))
        problem(name + " is missing");
      else if (const auto& came = file.shape(name); came != p.shape() && came != p.two_axes())
        problem(name + ": expected " + shown(p.shape()) + ", got " + shown(came));
    }
    for (const std::string& name : file.names())
      if (name.compare(0, prefix.size(), prefix) == 0 && !wanted(name.substr(prefix.size())))
        problem(name + " is not expected");
    if (!problems.empty()) raise_all(file.name(), problems);

    std::vector<matrix<T, D>> loaded;
    for (const piece& p : pieces_) {
      const std::string name = prefix + p.name;
      if (file.shape(name).size() == 2) {
        loaded.push_back(file.template load_matrix<T>(ctx, name));
      } else {
        const auto row = file.template load_vector<T>(ctx, name);
        loaded.emplace_back(ctx, 1, row.size(), uninitialized);
        ctx.copy(loaded.back().data(), row.data(), row.size() * static_cast<index_t>(sizeof(T)));
      }
    }
    for (std::size_t i = 0; i < pieces_.size(); ++i)
      ctx.copy(pieces_[i].flat->data() + pieces_[i].offset, loaded[i].data(),
               pieces_[i].rows * pieces_[i].cols * static_cast<index_t>(sizeof(T)));
  }

 private:
  struct piece {
    std::string name;
    const vector<T, D>* flat;
    index_t offset, rows, cols;
    std::vector<index_t> shape() const { return rows == 1 ? std::vector<index_t>{cols} : two_axes(); }
    std::vector<index_t> two_axes() const { return {rows, cols}; }
  };
  static std::string shown(const std::vector<index_t>& shape) {
    std::string text;
    for (const index_t length : shape) text += (text.empty() ? "" : " x ") + std::to_string(length);
    return text.empty() ? "a number" : text;
  }
  bool wanted(const std::string& name) const {
    for (const piece& p : pieces_)
      if (p.name == name) return true;
    return false;
  }

  std::vector<piece> pieces_;
};

}  // namespace kindred::io
