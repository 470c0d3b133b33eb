// SPDX-License-Identifier: Apache-2.0
/// @file
/// All of `relation`: docs/guide/relation.md.
#pragma once

#include <kindred/relation/concept.hpp>
#include <kindred/relation/csr.hpp>
#include <kindred/relation/graded.hpp>
#include <kindred/relation/hops.hpp>
#include <kindred/relation/labelled_pairs.hpp>
#include <kindred/relation/multi_label.hpp>
#include <kindred/relation/paired.hpp>
#include <kindred/relation/pairs.hpp>
#include <kindred/relation/reversed.hpp>
#include <kindred/relation/same_label.hpp>
#include <kindred/relation/without_self.hpp>
