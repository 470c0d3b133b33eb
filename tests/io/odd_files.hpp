// SPDX-License-Identifier: Apache-2.0
/// @file
/// Safetensors files that are whole and consistent but odd: the head fits the bytes, so every check of the format
/// passes, while numbers, shapes, types and texts are other than what was saved. What load() functions have to find by
/// themselves.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <kindred/core/random.hpp>
#include <kindred/io/safetensors.hpp>
#include <map>
#include <string>
#include <vector>

namespace odd_files {

struct tensor {
  std::string type;
  std::vector<std::size_t> shape;
  std::string bytes;
  std::size_t count() const {
    std::size_t n = 1;
    for (const std::size_t length : shape) n *= length;
    return n;
  }
};
struct content {
  std::map<std::string, std::string> texts;
  std::map<std::string, tensor> tensors;
};

inline std::size_t width_of(const std::string& type) {
  return type == "F64" || type == "I64" ? 8 : type == "F32" || type == "I32" ? 4 : type == "U8" ? 1 : 2;
}

/// The content of a file as io::safetensors_writer writes it.
inline content parsed(const std::string& file) {
  std::uint64_t length = 0;
  std::memcpy(&length, file.data(), 8);
  const std::string head = file.substr(8, length), data = file.substr(8 + length);
  std::size_t at = 0;
  const auto text = [&] {
    std::string out;
    at = head.find('"', at) + 1;
    for (; head[at] != '"'; ++at) {
      if (head[at] == '\\') ++at;
      out += head[at];
    }
    ++at;
    return out;
  };
  const auto numbers = [&] {
    std::vector<std::size_t> out;
    at = head.find('[', at) + 1;
    while (head[at] != ']') {
      std::size_t digits = 0;
      out.push_back(std::stoull(head.substr(at), &digits));
      at += digits;
      if (head[at] == ',') ++at;
    }
    ++at;
    return out;
  };
  content c;
  const auto ends = [&] {
    return head.find_first_of("\"}", at) == std::string::npos || head[head.find_first_of("\"}", at)] == '}';
  };
  while (!ends()) {
    const std::string name = text();
    if (name == "__metadata__") {
      while (!ends()) {
        const std::string key = text();
        c.texts[key] = text();
      }
      at = head.find('}', at) + 1;
      continue;
    }
    tensor t;
    for (int field = 0; field < 3; ++field) {
      const std::string key = text();
      if (key == "dtype") {
        t.type = text();
      } else if (key == "shape") {
        t.shape = numbers();
      } else {
        const auto range = numbers();
        t.bytes = data.substr(range[0], range[1] - range[0]);
      }
    }
    at = head.find('}', at) + 1;
    c.tensors[name] = t;
  }
  return c;
}

inline std::string written(const content& c) {
  std::string head = "{", data;
  const auto quoted = [](const std::string& s) {
    std::string out = "\"";
    for (const char letter : s) out.append(letter == '"' || letter == '\\' ? "\\" : "") += std::string(1, letter);
    return out + "\"";
  };
  if (!c.texts.empty()) {
    head += "\"__metadata__\":{";
    for (const auto& [key, value] : c.texts)
      head.append(head.back() == '{' ? "" : ",") += quoted(key) + ":" + quoted(value);
    head += "}";
  }
  for (const std::size_t width : {8u, 4u, 2u, 1u})
    for (const auto& [name, t] : c.tensors) {
      if (width_of(t.type) != width) continue;
      std::string shape;
      for (const std::size_t n : t.shape) shape.append(shape.empty() ? "" : ",") += std::to_string(n);
      head.append(head.size() > 1 ? "," : "") += quoted(name) + ":{\"dtype\":\"" + t.type + "\",\"shape\":[" + shape +
                                                 "],\"data_offsets\":[" + std::to_string(data.size()) + "," +
                                                 std::to_string(data.size() + t.bytes.size()) + "]}";
      data += t.bytes;
    }
  head += "}";
  head.append((64 - (8 + head.size()) % 64) % 64, ' ');
  std::string out(8, '\0');
  const std::uint64_t length = head.size();
  std::memcpy(out.data(), &length, 8);
  return out + head + data;
}

/// An odd relative of one of the seeds, the same for the same number.
inline std::string odd(const std::vector<content>& seeds, std::uint64_t number) {
  std::uint64_t i = 0;
  const auto draw = [&](std::size_t n) {
    return static_cast<std::size_t>(kindred::random::below(static_cast<kindred::index_t>(n), number, 78, i++));
  };
  const auto one_of = [&](auto& map) {
    auto at = map.begin();
    std::advance(at, static_cast<std::ptrdiff_t>(draw(map.size())));
    return at;
  };
  const auto value = [&](const std::string& type) {
    static constexpr double reals[] = {0,
                                       -0.0,
                                       1,
                                       -1,
                                       0.5,
                                       2.7,
                                       1e9,
                                       -1e9,
                                       1e30,
                                       -1e30,
                                       1e-30,
                                       3e38,
                                       1e300,
                                       5e-324,
                                       4294967296.0,
                                       9.3e18,
                                       __builtin_nan(""),
                                       __builtin_inf(),
                                       -__builtin_inf()};
    static constexpr std::int64_t wholes[] = {0,
                                              1,
                                              -1,
                                              2,
                                              3,
                                              5,
                                              7,
                                              256,
                                              257,
                                              1000000,
                                              2147483647,
                                              2147483648,
                                              4294967296,
                                              1099511627776,
                                              INT64_C(1) << 62,
                                              INT64_MAX,
                                              INT64_MIN,
                                              -2147483648};
    std::string out(width_of(type), '\0');
    const double real = reals[draw(std::size(reals))];
    const auto single = static_cast<float>(real);
    const std::int64_t whole = wholes[draw(std::size(wholes))];
    if (type == "F64")
      std::memcpy(out.data(), &real, 8);
    else if (type == "F32")
      std::memcpy(out.data(), &single, 4);
    else
      std::memcpy(out.data(), &whole, out.size());
    return out;
  };
  content c = seeds[number % seeds.size()];
  const auto resized = [&](tensor& t, std::vector<std::size_t> shape) {
    const std::string old = t.bytes.empty() ? value(t.type) : t.bytes;
    t.shape = std::move(shape);
    if (t.count() > 20000) t.shape.assign(1, 1);
    const std::size_t size = t.count() * width_of(t.type);
    t.bytes.clear();
    while (t.bytes.size() < size) t.bytes += old;
    t.bytes.resize(size);
  };
  static const char* const types[] = {"F32", "F64", "I64", "I32", "U8"};
  static const char* const texts[] = {"0",
                                      "-1",
                                      "1",
                                      "2",
                                      "1e9",
                                      "nan",
                                      "x",
                                      "",
                                      "9223372036854775807",
                                      "9223372036854775808",
                                      "4 1 0 0",
                                      "0 0 0 0",
                                      "1 1099511627776 1 0",
                                      "4 1099511627776 1099511627776 1"};
  for (std::size_t edits = 1 + draw(3); edits > 0 && !c.tensors.empty(); --edits) {
    auto at = one_of(c.tensors);
    tensor& t = at->second;
    switch (draw(12)) {
      case 0:
      case 1:  // one number
        if (!t.bytes.empty()) t.bytes.replace(draw(t.count()) * width_of(t.type), width_of(t.type), value(t.type));
        break;
      case 2: {  // all numbers
        const std::string one = value(t.type);
        for (std::size_t n = 0; n < t.count(); ++n) t.bytes.replace(n * one.size(), one.size(), one);
        break;
      }
      case 3:
      case 4: {  // other lengths
        std::vector<std::size_t> shape = t.shape;
        for (std::size_t& n : shape) {
          const std::size_t lengths[] = {0, 1, 2, 3, n, n, n + 1, n > 0 ? n - 1 : 0, 2 * n};
          n = lengths[draw(9)];
        }
        resized(t, shape);
        break;
      }
      case 5:  // axes exchanged, or another number of them
        if (t.shape.size() == 2 && draw(2) == 0)
          resized(t, {t.shape[1], t.shape[0]});
        else
          resized(t, std::vector<std::size_t>(draw(4), draw(3)));
        break;
      case 6:
        c.tensors.erase(at);
        break;
      case 7:
        c.tensors[at->first + (draw(2) == 0 ? "x" : ".y")] = tensor(t);
        break;
      case 8:
        t.type = types[draw(5)];
        resized(t, t.shape);
        break;
      case 9:
        if (!c.texts.empty()) one_of(c.texts)->second = texts[draw(std::size(texts))];
        break;
      default: {  // an axis that tensors share changes in all of them
        if (t.shape.empty()) break;
        const std::size_t length = t.shape[draw(t.shape.size())], lengths[] = {0, 0, 1, length + 1, 2 * length};
        const std::size_t other_length = lengths[draw(5)];
        for (auto& [name, other] : c.tensors) {
          std::vector<std::size_t> shape = other.shape;
          std::replace(shape.begin(), shape.end(), length, other_length);
          if (shape != other.shape) resized(other, shape);
        }
      }
    }
  }
  return written(c);
}

}  // namespace odd_files
