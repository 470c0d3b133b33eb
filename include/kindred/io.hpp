// SPDX-License-Identifier: Apache-2.0
/// @file
/// All of `io`: docs/guide/io.md.
#pragma once

#include <kindred/io/array_header.hpp>
#include <kindred/io/atomic_file.hpp>
#include <kindred/io/base64.hpp>
#include <kindred/io/byte_source.hpp>
#include <kindred/io/byte_stream.hpp>
#include <kindred/io/csv.hpp>
#include <kindred/io/escaped.hpp>
#include <kindred/io/fbin.hpp>
#include <kindred/io/forward.hpp>
#include <kindred/io/fvecs.hpp>
#include <kindred/io/inflater.hpp>
#include <kindred/io/limits.hpp>
#include <kindred/io/line_reader.hpp>
#include <kindred/io/mapped_file.hpp>
#include <kindred/io/mat.hpp>
#include <kindred/io/named_arrays.hpp>
#include <kindred/io/npy.hpp>
#include <kindred/io/npz.hpp>
#include <kindred/io/npz_writer.hpp>
#include <kindred/io/parsed_number.hpp>
#include <kindred/io/safetensors.hpp>
#include <kindred/io/safetensors_writer.hpp>
#include <kindred/io/stored.hpp>
#include <kindred/io/trec.hpp>
#include <kindred/io/weights.hpp>
#include <kindred/io/word_vectors.hpp>
