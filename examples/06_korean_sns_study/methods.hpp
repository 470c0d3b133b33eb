// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <closed_form.hpp>
#include <kindred/core/types.hpp>
#include <string>
#include <vector>

namespace sns {

using kindred::index_t;

/// What learns: one of the closed forms of ../shared/pairs, or a model of kindred::model.
enum class learner { closed_form, dcca, cmdn, deep_sm, cmpl, mcsm, corr_ae, bimodal_autoencoder, multimodal_dbn };

/// Sizes and training of a network: the first setting that is tried.
struct network_setting {
  index_t hidden = 0;      ///< units between the rows and the common space; of cmpl and mcsm those of a recurrent state
  index_t dimensions = 0;  ///< of the common space; of each of mcsm's two
  index_t epochs = 0;      ///< before --effort
  index_t batch = 0;
  double rate = 0;
  double dropout = 0;
  double weight_decay = 0;
  double ridge = 0;           ///< dcca: of the loss
  double correspondence = 0;  ///< corr_ae: alpha
  bool both = false;          ///< corr_ae: each code reconstructs both modalities (Corr-Full-AE), not its own alone
  bool words = false;         ///< cmpl: reads words through a recurrent network, not rows through two layers
};

struct method {
  const char* name;
  const char* title;
  sns::learner learner;
  pairs::family family;  ///< of closed forms
  bool of_the_eight;     ///< a part of the default
  network_setting network{};
  pairs::fit_setting fit{};  ///< of closed forms
};

/// The settings of a network that are tried; the first is `of.network`.
/// words   whether the data have words
kindred::selection::space<network_setting> space_of(const method& of, bool words);

/// Size and training of the cross attention of words: few numbers, as one linear map a side has to do.
inline constexpr network_setting cross_attention_setting{.dimensions = 64, .epochs = 6, .batch = 32, .rate = 2e-3};

/// All methods, in the order of the tables.
const std::vector<method>& known_methods();

/// The methods of a list of names, in the order of the tables, each once; the eight for an empty list.
/// Errors  kindred::argument_error that names the unknown one and the known ones.
std::vector<method> methods_named(const std::vector<std::string>& names);

}  // namespace sns
