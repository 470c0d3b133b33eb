// SPDX-License-Identifier: Apache-2.0
/// @file
/// Subword models of sentencepiece. Needs its library 0.1.97 or later: link with -lsentencepiece. Its header declares
/// absl::string_view itself, so a file that includes Abseil's own cannot include this one.
#pragma once

#include <sentencepiece_processor.h>

#include <kindred/core/error.hpp>
#include <kindred/io/byte_source.hpp>
#include <kindred/io/limits.hpp>
#include <kindred/text/concept.hpp>
#include <memory>
#include <string>
#include <vector>

namespace kindred::interop {

/// Words cut into pieces by a trained model of sentencepiece (unigram, BPE, word or character), as ids and as a
/// text::Tokenizer.
///
/// What text is normalised to, and so what decode gives, is written in the model (NFKC by default);
/// text::byte_pair_encoding is exact. Copies share the model. Safe to use from several threads.
///
/// Complexity   sentencepiece's.
/// Errors       io_error, naming the file, for a file that is missing, beyond the limits or no model; how carefully it
///              is parsed is up to sentencepiece, so models from strangers are not for it. argument_error where it
///              refuses text or ids.
/// Reference    Kudo and Richardson 2018, https://github.com/google/sentencepiece
class sentencepiece_tokenizer {
 public:
  /// The model in the file `path` (".model").
  explicit sentencepiece_tokenizer(const std::string& path, const io::limits& accepted = {})
      : model_(std::make_shared<::sentencepiece::SentencePieceProcessor>()) {
    io::byte_source source(path);
    expects<io_error>(source.size() <= accepted.bytes, "{}: {} bytes, the limit is {}", path, source.size(),
                      accepted.bytes);
    std::string bytes(static_cast<std::size_t>(source.size()), '\0');
    source.read(bytes.data(), source.size());
    const auto status = model_->LoadFromSerializedProto(bytes);
    expects<io_error>(status.ok(), "{}: sentencepiece: {}", path, status.error_message());
  }

  /// Number of pieces.
  index_t size() const { return model_->GetPieceSize(); }
  /// The id that stands for what is in no piece.
  label_t unknown() const { return model_->unk_id(); }
  /// The piece of an id, ▁ in place of a blank. Errors: argument_error for an id outside [0, size()).
  const std::string& piece(label_t id) const {
    check(id);
    return model_->IdToPiece(id);
  }

  /// Appends the ids of a text to `out`.
  void encode(std::string_view text, std::vector<label_t>& out) const {
    std::vector<int> ids;
    done(model_->Encode(text, &ids), "encode");
    out.insert(out.end(), ids.begin(), ids.end());
  }
  std::vector<label_t> encode(std::string_view text) const {
    std::vector<label_t> ids;
    encode(text, ids);
    return ids;
  }
  /// The text of ids.
  std::string decode(const std::vector<label_t>& ids) const {
    for (const label_t id : ids) check(id);
    std::string text;
    done(model_->Decode(std::vector<int>(ids.begin(), ids.end()), &text), "decode");
    return text;
  }

  /// Calls emit(std::string_view) for each piece.
  template <class Emit>
  void operator()(std::string_view text, Emit&& emit) const {
    std::vector<std::string> pieces;
    done(model_->Encode(text, &pieces), "encode");
    for (const auto& p : pieces) emit(std::string_view(p));
  }

 private:
  void check(label_t id) const {
    expects<argument_error>(id >= 0 && id < size(), "interop::sentencepiece_tokenizer: id {} of {} pieces", id, size());
  }
  static void done(const ::sentencepiece::util::Status& status, const char* what) {
    expects<argument_error>(status.ok(), "interop::sentencepiece_tokenizer::{}: {}", what, status.error_message());
  }

  std::shared_ptr<::sentencepiece::SentencePieceProcessor> model_;
};

static_assert(text::Tokenizer<sentencepiece_tokenizer>);

}  // namespace kindred::interop
