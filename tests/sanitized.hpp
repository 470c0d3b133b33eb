// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Whether the address sanitizer is on. Cases that train until a model is good then train briefly and leave out what
/// only a good model meets: the plain flavour checks that, and sanitizers look for errors of memory.
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
inline constexpr bool sanitized = true;
#else
inline constexpr bool sanitized = false;
#endif
#else
inline constexpr bool sanitized = false;
#endif
