// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/loss/concept.hpp>
#include <kindred/relation/csr.hpp>
#include <kindred/relation/without_self.hpp>
#include <memory>
#include <vector>

namespace image {

/// Any loss on labelled or linked rows of float behind one type, so that the encoder and its trainer are compiled once
/// for all losses. It is a LearnableEmbeddingLoss and a LearnablePairLoss whose weights may be none. Links, the
/// relation of a batch of a data::graph_sampler, are for losses on pairs on the host.
template <kindred::Device D>
class any_loss {
  using rows = kindred::matrix_view<const float, D>;
  using gradient = kindred::matrix_view<float, D>;
  using numbers = kindred::vector_view<float, D>;
  using label_list = kindred::vector_view<const kindred::label_t, D>;
  using linked = kindred::relation::without_self<kindred::relation::csr<D>, D>;

 public:
  template <class Loss>
  requires(!std::same_as<Loss, any_loss>)
  explicit any_loss(const Loss& loss) : held_(std::make_shared<holder<Loss>>(loss)) {}

  kindred::index_t parameter_count() const { return held_->parameter_count(); }
  kindred::index_t buffer_count() const { return 0; }
  template <class Visit>
  void parameters(Visit visit) const {
    visit("weights", kindred::index_t(0), kindred::index_t(1), parameter_count());
  }
  template <class Visit>
  void buffers(Visit) const {}
  std::string description() const { return held_->description(); }
  template <class T, kindred::Device E>
  void initialize(kindred::context<E>& ctx, kindred::vector_view<T, E> weights, kindred::vector_view<T, E>,
                  std::uint64_t seed) const {
    if constexpr (std::same_as<D, E>) held_->initialize(ctx, weights, seed);
  }
  any_loss reseeded(std::uint64_t seed) const { return held_->reseeded(seed); }
  template <kindred::Device E>
  void operator()(kindred::context<E>& ctx, kindred::vector_view<float, E> weights,
                  kindred::const_matrix<float, E> embeddings, kindred::const_vector<kindred::label_t, E> labels,
                  kindred::matrix_view<float, E> dembeddings, kindred::vector_view<float, E> dweights,
                  kindred::vector_view<float, E> value) const {
    if constexpr (std::same_as<D, E>) held_->run(ctx, weights, embeddings, labels, dembeddings, dweights, value);
  }
  template <kindred::Device E, class R>
  void operator()(kindred::context<E>& ctx, kindred::vector_view<float, E> weights, kindred::const_matrix<float, E> a,
                  kindred::const_matrix<float, E>, const R& links, kindred::matrix_view<float, E> da,
                  kindred::matrix_view<float, E>, kindred::vector_view<float, E> dweights,
                  kindred::vector_view<float, E> value) const {
    if constexpr (std::same_as<D, E> && std::same_as<R, linked> && D::host_memory)
      held_->run(ctx, weights, a, links, da, dweights, value);
    else
      throw kindred::argument_error("links are for training on the host");
  }

 private:
  struct anything {
    virtual ~anything() = default;
    virtual kindred::index_t parameter_count() const = 0;
    virtual std::string description() const = 0;
    virtual void initialize(kindred::context<D>& ctx, numbers weights, std::uint64_t seed) const = 0;
    virtual any_loss reseeded(std::uint64_t seed) const = 0;
    virtual void run(kindred::context<D>& ctx, numbers weights, rows embeddings, label_list labels,
                     gradient dembeddings, numbers dweights, numbers value) const = 0;
    virtual void run(kindred::context<D>& ctx, numbers weights, rows embeddings, const linked& links,
                     gradient dembeddings, numbers dweights, numbers value) const = 0;
  };
  template <class Loss>
  struct holder : anything {
    static constexpr bool learns = kindred::layer::Parametric<Loss>;
    explicit holder(const Loss& l) : loss(l) {}
    kindred::index_t parameter_count() const override {
      if constexpr (learns) return loss.parameter_count();
      return 0;
    }
    std::string description() const override {
      if constexpr (learns) return loss.description();
      return "";
    }
    void initialize(kindred::context<D>& ctx, numbers weights, std::uint64_t seed) const override {
      if constexpr (learns) loss.initialize(ctx, weights, numbers(), seed);
    }
    any_loss reseeded(std::uint64_t seed) const override { return any_loss(kindred::miner::reseeded(loss, seed)); }
    void run(kindred::context<D>& ctx, numbers weights, rows embeddings, label_list labels, gradient dembeddings,
             numbers dweights, numbers value) const override {
      if constexpr (learns)
        loss(ctx, weights, embeddings, labels, dembeddings, dweights, value);
      else
        loss(ctx, embeddings, labels, dembeddings, value);
    }
    void run(kindred::context<D>& ctx, numbers weights, rows embeddings, const linked& links, gradient dembeddings,
             numbers dweights, numbers value) const override {
      if constexpr (!D::host_memory) {
        throw kindred::argument_error("--graph: only with --device cpu");
      } else {
        if constexpr (requires {
                        loss(ctx, weights, embeddings, embeddings, links, dembeddings, dembeddings, dweights, value);
                      })
          loss(ctx, weights, embeddings, embeddings, links, dembeddings, dembeddings, dweights, value);
        else if constexpr (requires { loss(ctx, embeddings, embeddings, links, dembeddings, dembeddings, value); })
          loss(ctx, embeddings, embeddings, links, dembeddings, dembeddings, value);
        else
          throw kindred::argument_error("--graph: this loss needs classes");
      }
    }
    Loss loss;
  };

  std::shared_ptr<const anything> held_;
};

}  // namespace image
