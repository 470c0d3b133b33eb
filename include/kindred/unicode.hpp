// SPDX-License-Identifier: Apache-2.0
/// @file
/// All of `unicode`: docs/guide/unicode.md.
#pragma once

#include <kindred/unicode/hangul.hpp>
#include <kindred/unicode/normalize.hpp>
#include <kindred/unicode/utf8.hpp>
