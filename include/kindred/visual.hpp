// SPDX-License-Identifier: Apache-2.0
/// @file
/// All of `visual`: docs/guide/visual.md.
#pragma once

#include <kindred/visual/attention_map.hpp>
#include <kindred/visual/attention_overlay.hpp>
#include <kindred/visual/attention_words.hpp>
#include <kindred/visual/pointing_game.hpp>
#include <kindred/visual/scatter.hpp>
#include <kindred/visual/tsne.hpp>
#include <kindred/visual/tsne_map.hpp>
