// SPDX-License-Identifier: Apache-2.0
#include "text_list.hpp"

#include <kindred/backend/cpu.hpp>
#include <kindred/io/line_reader.hpp>
#include <kindred/unicode/utf8.hpp>

namespace kd = kindred;

std::vector<std::string> read_lines(const std::string& path) {
  kd::io::line_reader in(path);
  std::vector<std::string> lines;
  for (std::string_view line; in.next(line);) {
    try {
      kd::unicode::decode_utf8(line);
    } catch (const kd::argument_error&) {
      kd::expects<kd::io_error>(false, "{}: line {} is not UTF-8", path, in.number());
    }
    lines.emplace_back(line);
  }
  return lines;
}

void save_texts(kd::io::safetensors_writer& file, const std::string& prefix, const std::vector<std::string>& texts) {
  std::vector<std::uint8_t> bytes;
  std::vector<kd::index_t> ends;
  for (const std::string& text : texts) {
    bytes.insert(bytes.end(), text.begin(), text.end());
    ends.push_back(static_cast<kd::index_t>(bytes.size()));
  }
  file.add(prefix + "bytes", std::move(bytes));
  file.add(prefix + "ends", std::move(ends));
}

std::vector<std::string> load_texts(const kd::io::safetensors& file, const std::string& prefix) {
  kd::context<kd::cpu> ctx;
  const auto bytes = file.load_vector<std::uint8_t>(ctx, prefix + "bytes").to_host();
  const auto ends = file.load_vector<kd::index_t>(ctx, prefix + "ends").to_host();
  const auto size = static_cast<kd::index_t>(bytes.size());
  std::vector<std::string> texts;
  kd::index_t begin = 0;
  for (const kd::index_t end : ends) {
    kd::expects<kd::io_error>(begin <= end && end <= size, "{}: {}ends: {} after {} of {} bytes", file.name(), prefix,
                              end, begin, size);
    texts.emplace_back(bytes.begin() + begin, bytes.begin() + end);
    begin = end;
  }
  kd::expects<kd::io_error>(begin == size, "{}: {}ends: the last is {} of {} bytes", file.name(), prefix, begin, size);
  return texts;
}
