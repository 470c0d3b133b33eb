// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/io/base64.hpp>
#include <kindred/io/escaped.hpp>

namespace presentation {

using kindred::io::base64;
using kindred::io::escaped;

}  // namespace presentation
