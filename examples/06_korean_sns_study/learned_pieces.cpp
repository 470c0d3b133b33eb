// SPDX-License-Identifier: Apache-2.0
#include "learned_pieces.hpp"

#include <sentencepiece_trainer.h>

#include <kindred/interop/sentencepiece.hpp>
#include <kindred/io/atomic_file.hpp>
#include <passing_file.hpp>
#include <unordered_map>

namespace sns {

namespace {

/// Gives sentencepiece the texts `rows`, as every tokenizer sees them.
class sentences : public ::sentencepiece::SentenceIterator {
 public:
  sentences(const std::vector<std::string>& texts, const std::vector<sentence::index_t>& rows)
      : texts_(texts), rows_(rows) {
    read();
  }
  bool done() const override { return at_ >= rows_.size(); }
  void Next() override {
    ++at_;
    read();
  }
  const std::string& value() const override { return now_; }
  ::sentencepiece::util::Status status() const override { return {}; }

 private:
  void read() {
    if (!done()) now_ = sentence::normalized(texts_[static_cast<std::size_t>(rows_[at_])]);
  }

  const std::vector<std::string>& texts_;
  const std::vector<sentence::index_t>& rows_;
  std::size_t at_ = 0;
  std::string now_;
};

}  // namespace

sentence::cutter learned_pieces(const std::vector<std::string>& texts, const std::vector<sentence::index_t>& rows,
                                sentence::index_t symbols) {
  sentences from(texts, rows);
  std::string model;
  // one thread: the pieces do not depend on how many there are
  const std::unordered_map<std::string, std::string> how{{"vocab_size", std::to_string(symbols)},
                                                         {"hard_vocab_limit", "false"},
                                                         {"model_type", "unigram"},
                                                         {"num_threads", "1"},
                                                         {"minloglevel", "2"}};
  const auto status = ::sentencepiece::SentencePieceTrainer::Train(how, &from, &model);
  kindred::expects<kindred::argument_error>(status.ok(), "sentencepiece: {}", status.error_message());
  const sentence::passing_file file;
  kindred::io::atomic_file out(file.path());
  out.write(model);
  out.commit();
  return [cut = kindred::interop::sentencepiece_tokenizer(file.path())](std::string_view text,
                                                                        const sentence::emitter& emit) {
    cut(text, [&](std::string_view piece) {
      if (piece != "▁") emit(piece);
    });
  };
}

}  // namespace sns
