// SPDX-License-Identifier: Apache-2.0
/// @file
/// All of `generative`: docs/guide/generative.md.
#pragma once

#include <kindred/generative/autoencoder.hpp>
#include <kindred/generative/autoencoder_trainer.hpp>
#include <kindred/generative/bimodal_autoencoder.hpp>
#include <kindred/generative/bimodal_autoencoder_trainer.hpp>
#include <kindred/generative/cmdn.hpp>
#include <kindred/generative/corr_ae.hpp>
#include <kindred/generative/daml_trainer.hpp>
#include <kindred/generative/multimodal_dbn.hpp>
#include <kindred/generative/paired_autoencoder_trainer.hpp>
#include <kindred/generative/rbm.hpp>
#include <kindred/generative/stacked_autoencoder.hpp>
