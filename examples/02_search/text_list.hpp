// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/io/safetensors_writer.hpp>
#include <string>
#include <vector>

/// The lines of a UTF-8 file without their line breaks and without a byte order mark; a last line without a break
/// counts.
/// Errors  io_error for a file that cannot be read, and, by line, for bytes that are not UTF-8.
std::vector<std::string> read_lines(const std::string& path);

/// Texts in a container: the tensors `bytes` and `ends` under `prefix`.
void save_texts(kindred::io::safetensors_writer& file, const std::string& prefix,
                const std::vector<std::string>& texts);
/// Errors  io_error for ends that do not fit.
std::vector<std::string> load_texts(const kindred::io::safetensors& file, const std::string& prefix);
