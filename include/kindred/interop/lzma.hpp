// SPDX-License-Identifier: Apache-2.0
/// @file
/// xz through liblzma, for readers of streams. Needs liblzma 5.2 or later: link with -llzma.
#pragma once

#include <lzma.h>

#include <algorithm>
#include <kindred/io/byte_stream.hpp>
#include <vector>

namespace kindred::interop {

namespace detail {

/// What xz streams, one behind the other, hold.
class xz_stream final : public io::byte_stream {
 public:
  explicit xz_stream(std::unique_ptr<io::byte_stream> from) : from_(std::move(from)), buffer_(std::size_t(1) << 16) {
    constexpr std::uint64_t memory = std::uint64_t(1) << 30;  // what the largest preset takes is 65 MiB
    const lzma_ret status = lzma_stream_decoder(&stream_, memory, LZMA_CONCATENATED);
    expects<io_error>(status == LZMA_OK, "{}: liblzma: status {}", name(), static_cast<int>(status));
  }
  ~xz_stream() override { lzma_end(&stream_); }

  index_t read(void* to, index_t most) override {
    stream_.next_out = static_cast<std::uint8_t*>(to);
    stream_.avail_out = static_cast<std::size_t>(most);
    while (!ended_ && stream_.avail_out == static_cast<std::size_t>(most)) {
      if (stream_.avail_in == 0) {
        stream_.next_in = buffer_.data();
        stream_.avail_in = static_cast<std::size_t>(from_->read(buffer_.data(), static_cast<index_t>(buffer_.size())));
      }
      const lzma_ret status = lzma_code(&stream_, stream_.avail_in == 0 ? LZMA_FINISH : LZMA_RUN);
      ended_ = status == LZMA_STREAM_END;
      if (status != LZMA_OK && !ended_) refuse(status);
    }
    return most - static_cast<index_t>(stream_.avail_out);
  }
  const std::string& name() const override { return from_->name(); }
  index_t position() const override { return from_->position() - static_cast<index_t>(stream_.avail_in); }

 private:
  void refuse(lzma_ret status) {
    const char* const message = status == LZMA_BUF_ERROR        ? "the stream ends"
                                : status == LZMA_FORMAT_ERROR   ? "this is no xz stream"
                                : status == LZMA_DATA_ERROR     ? "the data are broken"
                                : status == LZMA_OPTIONS_ERROR  ? "its options are unknown to this liblzma"
                                : status == LZMA_MEMLIMIT_ERROR ? "it needs more than 1 GiB of memory"
                                                                : "liblzma has no memory or is misused";
    expects<io_error>(false, "{}: byte {}: xz: {}", name(), position(), message);
  }
  std::unique_ptr<io::byte_stream> from_;
  std::vector<std::uint8_t> buffer_;
  lzma_stream stream_ = LZMA_STREAM_INIT;
  bool ended_ = false;
};

inline std::unique_ptr<io::byte_stream> decode_xz(std::unique_ptr<io::byte_stream> from) {
  return std::make_unique<xz_stream>(std::move(from));
}

}  // namespace detail

/// xz for io::open_stream and io::line_reader: streams one behind the other are one text; checksums are compared.
///
/// Complexity   O(bytes in + bytes out); memory as the file asks for, 1 GiB at most: 9 MiB for xz -6, 65 MiB for xz -9.
/// Errors       io_error, "file: byte i: xz: ...": a stream that is broken, cut short, with a wrong checksum, that asks
///              for more memory, or is followed by something that is no stream.
/// Reference    the .xz file format 1.1; liblzma, https://tukaani.org/xz.
inline constexpr io::stream_format xz_format{"xz",
                                             {"\xfd"
                                              "7zXZ\0",
                                              6},
                                             &detail::decode_xz};

}  // namespace kindred::interop
