// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <kindred/io/detail/crc32_impl.hpp>
#include <kindred/io/detail/text_impl.hpp>
#include <kindred/io/npz.hpp>
#include <limits>
#include <utility>

namespace kindred::io {

namespace detail {

/// The directory of a zip archive in memory, read by position; every read is checked against the end.
class zip_reader {
 public:
  zip_reader(std::span<const std::byte> bytes, const std::string& name, const limits& accepted)
      : bytes_(bytes), name_(name), accepted_(accepted), size_(static_cast<index_t>(bytes.size())) {}

  void read(std::map<std::string, zip_member>& members) {
    index_t entries = 0, at = 0;
    const index_t directory_end = read_end(entries, at);
    const index_t directory_at = at;
    index_t total = 0;
    std::vector<placed> all;
    for (index_t i = 0; i < entries; ++i) {
      std::string_view file;
      const placed p = entry(at, directory_at, file);
      all.push_back(p);
      if (!file.ends_with(".npy") || !valid_utf8(file)) continue;
      check(p.member.bytes <= accepted_.bytes - total, at, "size", "the members are larger than the limit");
      total += p.member.bytes;
      const auto [place, fresh] = members.emplace(file.substr(0, file.size() - 4), p.member);
      if (!fresh) place->second.refused = "the name occurs twice";
    }
    check(at == directory_end, at, "directory", "does not end where the archive says");
    // one member after the other from the first byte on; behind a member written to a stream its sizes stand once more
    std::sort(all.begin(), all.end(), [](const placed& a, const placed& b) { return a.local_at < b.local_at; });
    index_t reached = 0, slack = 0;
    for (const placed& p : all) {
      check(p.local_at >= reached && p.local_at - reached <= slack, p.local_at, "offset",
            "members overlap or have other data between them");
      reached = p.member.at + p.member.stored;
      slack = p.streamed ? 24 : 0;
    }
    check(directory_at >= reached && directory_at - reached <= slack, directory_at, "offset",
          "the directory overlaps a member or other data is ahead of it");
  }

 private:
  struct placed {
    zip_member member;
    index_t local_at = 0;
    bool streamed = false;
  };

  void check(bool ok, index_t at, const char* field, const char* what) const {
    expects<io_error>(ok, "{}: byte {}, {}: {}", name_, at, field, what);
  }
  std::uint64_t number(index_t at, int width) const {
    check(at >= 0 && at <= size_ - width, at, "structure", "the archive ends");
    std::uint64_t value = 0;
    for (int i = width; i-- > 0;)
      value = value << 8 | std::to_integer<std::uint64_t>(bytes_[static_cast<std::size_t>(at + i)]);
    return value;
  }
  index_t field(index_t at, int width, const char* what) const {
    const std::uint64_t value = number(at, width);
    check(value <= static_cast<std::uint64_t>(std::numeric_limits<index_t>::max()), at, what, "beyond 63 bits");
    return static_cast<index_t>(value);
  }

  /// Number of entries, start of the directory; returns its end.
  index_t read_end(index_t& entries, index_t& directory_at) const {
    index_t end_at = size_ - 22;  // the record that a comment of 65535 bytes at most follows, up to the end
    const auto is_end = [&] {
      return number(end_at, 4) == 0x06054B50 && field(end_at + 20, 2, "comment") == size_ - 22 - end_at;
    };
    while (end_at >= 0 && end_at + 22 + 65535 >= size_ && !is_end()) --end_at;
    check(end_at >= 0 && end_at + 22 + 65535 >= size_, std::max<index_t>(0, size_ - 22), "end record",
          "this is no zip archive");
    check(number(end_at + 4, 2) == 0 && number(end_at + 6, 2) == 0, end_at + 4, "disk", "several disks");
    entries = field(end_at + 10, 2, "entries");
    check(number(end_at + 8, 2) == number(end_at + 10, 2), end_at + 8, "entries", "several disks");
    index_t bytes = field(end_at + 12, 4, "directory size"), end = end_at;
    directory_at = field(end_at + 16, 4, "directory offset");
    if (end_at >= 20 && number(end_at - 20, 4) == 0x07064B50) {  // zip64
      const index_t locator_at = end_at - 20;
      check(number(locator_at + 4, 4) == 0 && number(locator_at + 16, 4) == 1, locator_at, "disk", "several disks");
      end = field(locator_at + 8, 8, "zip64 end record");
      check(end <= locator_at - 56 && number(end, 4) == 0x06064B50, end, "zip64 end record",
            "is not where it should be");
      check(number(end + 4, 8) == static_cast<std::uint64_t>(locator_at - end - 12), end + 4, "zip64 end record",
            "does not end at its locator");
      check(number(end + 16, 4) == 0 && number(end + 20, 4) == 0 && number(end + 24, 8) == number(end + 32, 8),
            end + 16, "disk", "several disks");
      const index_t entries64 = field(end + 32, 8, "entries"), bytes64 = field(end + 40, 8, "directory size"),
                    at64 = field(end + 48, 8, "directory offset");
      check((entries == entries64 || entries == 0xFFFF) && (bytes == bytes64 || bytes == 0xFFFFFFFF) &&
                (directory_at == at64 || directory_at == 0xFFFFFFFF),
            end, "zip64 end record", "contradicts the end record");
      entries = entries64;
      bytes = bytes64;
      directory_at = at64;
    }
    expects<io_error>(entries <= accepted_.entries, "{}: byte {}, entries: {}, the limit is {}", name_, end_at, entries,
                      accepted_.entries);
    check(directory_at <= end && bytes == end - directory_at, end_at + 12, "directory",
          "is not directly ahead of the end record");
    check(entries <= bytes / 46, end_at + 10, "entries", "more than the directory can hold");
    return end;
  }

  /// Replaces what is 0xFFFFFFFF by what the zip64 extra field between `at` and `end` says, in the order of the fields.
  void zip64(index_t at, index_t end, std::initializer_list<index_t*> values) const {
    bool found = false;
    while (at < end) {
      check(end - at >= 4, at, "extra field", "is cut short");
      const auto id = number(at, 2);
      const auto length = static_cast<index_t>(number(at + 2, 2));
      check(length <= end - at - 4, at + 2, "extra field", "is longer than all extra fields");
      if (id == 1) {
        check(!found, at, "zip64 field", "occurs twice");
        found = true;
        index_t value_at = at + 4;
        for (index_t* const value : values) {
          if (*value != 0xFFFFFFFF) continue;
          check(at + 4 + length - value_at >= 8, value_at, "zip64 field", "is too short");
          *value = field(value_at, 8, "zip64 field");
          value_at += 8;
        }
      }
      at += 4 + length;
    }
    for (const index_t* const value : values) check(found || *value != 0xFFFFFFFF, at, "zip64 field", "is missing");
  }

  /// One entry of the directory, its member and the name of its file; `at` moves to the next entry.
  placed entry(index_t& at, index_t directory_at, std::string_view& file) const {
    check(number(at, 4) == 0x02014B50, at, "directory", "an entry expected");
    const auto flags = number(at + 8, 2), method = number(at + 10, 2);
    placed p;
    if ((flags & ~std::uint64_t{0x080E}) != 0) p.member.refused = "encrypted, or with flags that are unknown";
    if (method != 0 && method != 8) p.member.refused = "packed by a method other than stored and deflate";
    p.streamed = (flags & 8) != 0;
    p.member.crc = static_cast<std::uint32_t>(number(at + 16, 4));
    p.member.deflated = method == 8;
    p.member.stored = static_cast<index_t>(number(at + 20, 4));
    p.member.bytes = static_cast<index_t>(number(at + 24, 4));
    const auto name_length = static_cast<index_t>(number(at + 28, 2)), extra = static_cast<index_t>(number(at + 30, 2)),
               comment = static_cast<index_t>(number(at + 32, 2));
    check(number(at + 34, 2) == 0, at + 34, "disk", "several disks");
    p.local_at = static_cast<index_t>(number(at + 42, 4));
    file = text(at + 46, name_length);
    zip64(at + 46 + name_length, at + 46 + name_length + extra, {&p.member.bytes, &p.member.stored, &p.local_at});
    const index_t entry_at = at;
    at += 46 + name_length + extra + comment;
    check(at <= size_, entry_at, "directory", "the archive ends");
    if (method == 8)
      check(p.member.bytes / 1032 <= p.member.stored, entry_at + 24, "size", "more than deflate can make of the bytes");
    else if (method == 0 && p.member.refused == nullptr)
      check(p.member.bytes == p.member.stored, entry_at + 24, "size", "stored bytes that are packed");

    const index_t local = p.local_at;
    check(number(local, 4) == 0x04034B50, local, "member", "is not where the directory says");
    check(number(local + 6, 2) == flags && number(local + 8, 2) == method, local + 6, "member",
          "flags or method contradict the directory");
    const auto local_name = static_cast<index_t>(number(local + 26, 2)),
               local_extra = static_cast<index_t>(number(local + 28, 2));
    check(text(local + 30, local_name) == file, local + 30, "name", "contradicts the directory");
    index_t stored = static_cast<index_t>(number(local + 18, 4)), bytes = static_cast<index_t>(number(local + 22, 4));
    zip64(local + 30 + local_name, local + 30 + local_name + local_extra, {&bytes, &stored});
    check(p.streamed || (stored == p.member.stored && bytes == p.member.bytes && number(local + 14, 4) == p.member.crc),
          local + 14, "member", "sizes or checksum contradict the directory");
    p.member.at = local + 30 + local_name + local_extra;
    check(p.member.at <= directory_at && p.member.stored <= directory_at - p.member.at, local, "member",
          "reaches into the directory");
    return p;
  }
  std::string_view text(index_t at, index_t length) const {
    check(at <= size_ && length <= size_ - at, at, "name", "the archive ends");
    return {reinterpret_cast<const char*>(bytes_.data()) + at, static_cast<std::size_t>(length)};
  }

  std::span<const std::byte> bytes_;
  const std::string& name_;
  const limits& accepted_;
  index_t size_;
};

}  // namespace detail

KINDRED_INLINE npz::npz(std::string path, const limits& accepted, inflater inflate)
    : name_(std::move(path)), accepted_(accepted), inflate_(inflate), file_(name_), bytes_(file_->bytes()) {
  open();
}

KINDRED_INLINE npz::npz(std::span<const std::byte> bytes, std::string name, const limits& accepted, inflater inflate)
    : name_(std::move(name)), accepted_(accepted), inflate_(inflate), bytes_(bytes) {
  open();
}

KINDRED_INLINE void npz::open() {
  expects<io_error>(static_cast<index_t>(bytes_.size()) <= accepted_.bytes, "{}: {} bytes, the limit is {}", name_,
                    bytes_.size(), accepted_.bytes);
  detail::zip_reader(bytes_, name_, accepted_).read(members_);
}

KINDRED_INLINE std::vector<std::string> npz::names() const {
  std::vector<std::string> all;
  for (const auto& member : members_) all.push_back(member.first);
  return all;
}

KINDRED_INLINE std::string npz::place(const std::string& name) const {
  return name_ + ": member '" + detail::printable(name) + "'";
}

KINDRED_INLINE const detail::zip_member& npz::find(const std::string& name) const {
  const auto found = members_.find(name);
  expects<io_error>(found != members_.end(), "{}: there is no array '{}'", name_, detail::printable(name));
  const char* const refused = found->second.refused;
  expects<io_error>(refused == nullptr, "{}: {}", refused != nullptr ? place(name) : "", refused);
  return found->second;
}

KINDRED_INLINE array_header npz::header(const std::string& name, index_t wanted_bytes) const {
  const detail::zip_member& m = find(name);
  const auto stored = bytes_.subspan(static_cast<std::size_t>(m.at), static_cast<std::size_t>(m.stored));
  std::vector<std::byte> start;
  if (m.deflated)
    start = detail::inflated(inflate_, deflated::raw_start, stored, std::min(m.bytes, detail::longest_array_head),
                             place(name));
  byte_source source(m.deflated ? std::span<const std::byte>(start) : stored, place(name));
  return detail::read_array_start(source, m.bytes, accepted_, wanted_bytes);
}

KINDRED_INLINE npz::member_bytes npz::unpacked(const std::string& name) const {
  const detail::zip_member& m = find(name);
  member_bytes out;
  out.bytes = bytes_.subspan(static_cast<std::size_t>(m.at), static_cast<std::size_t>(m.stored));
  if (m.deflated) {
    out.owned = detail::inflated(inflate_, deflated::raw, out.bytes, m.bytes, place(name));
    out.bytes = out.owned;
  }
  detail::crc32 sum;
  sum.add(out.bytes.data(), m.bytes);
  expects<io_error>(sum.value() == m.crc, "{}: byte {}: the checksum is wrong", place(name), m.at);
  return out;
}

}  // namespace kindred::io
