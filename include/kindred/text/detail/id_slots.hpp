// SPDX-License-Identifier: Apache-2.0
/// @file
/// A hash table of ids, which word_ids and word_counts share.
#pragma once

#include <cstring>
#include <kindred/core/error.hpp>
#include <kindred/core/types.hpp>
#include <string_view>
#include <vector>

namespace kindred::text::detail {

/// 32 well-mixed bits of a word: eight bytes at a time, the same on every machine of one byte order.
inline std::uint32_t word_hash(std::string_view word) noexcept {
  std::uint64_t h = 0x9E3779B97F4A7C15ull ^ word.size();
  const auto mix = [&](std::uint64_t bytes) {
    h = (h ^ bytes) * 0xBF58476D1CE4E5B9ull;
    h ^= h >> 29;
  };
  const char* at = word.data();
  std::size_t left = word.size();
  for (; left >= 8; left -= 8, at += 8) {
    std::uint64_t bytes;
    std::memcpy(&bytes, at, 8);
    mix(bytes);
  }
  if (left > 0) {
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, at, left);
    mix(bytes);
  }
  h *= 0x94D049BB133111EBull;
  return static_cast<std::uint32_t>(h >> 32);
}

/// A hash table of ids alone: the keys stand with their owner, which is asked whether an id's key is the one looked
/// for. Open addressing, at most half full, 16 to 32 bytes per id. Ids count from 0 and are below 2^31.
class id_slots {
 public:
  id_slots() : slots_(16) {}

  index_t size() const { return used_; }
  /// Where a key of this hash stands or would stand. equal(id): whether the key of `id` is meant.
  template <class Equal>
  std::size_t locate(std::uint32_t hash, Equal equal) const {
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t i = hash & mask;; i = (i + 1) & mask) {
      const slot& s = slots_[i];
      if (s.id < 0 || (s.hash == hash && equal(s.id))) return i;
    }
  }
  /// The id at a place that locate gave, -1 for none.
  label_t id(std::size_t place) const { return slots_[place].id; }
  /// Puts an id to a free place; places found before are void.
  void claim(std::size_t place, std::uint32_t hash, label_t id) {
    slots_[place] = {hash, id};
    if (2 * ++used_ > static_cast<index_t>(slots_.size())) resize(2 * slots_.size());
  }
  void clear() { *this = id_slots(); }

 private:
  struct slot {
    std::uint32_t hash = 0;
    label_t id = -1;
  };
  void resize(std::size_t count) {
    expects<argument_error>(used_ < (index_t(1) << 31) - 1, "text: more than {} different words", used_ - 1);
    std::vector<slot> old(count);
    old.swap(slots_);
    for (const slot& s : old)
      if (s.id >= 0) slots_[locate(s.hash, [](label_t) { return false; })] = s;
  }

  std::vector<slot> slots_;
  index_t used_ = 0;
};

}  // namespace kindred::text::detail
