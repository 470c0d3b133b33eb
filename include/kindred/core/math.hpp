// SPDX-License-Identifier: Apache-2.0
/// @file
/// Elementary functions without branches, for the inner loops of kernel bodies. At -O3 g++ 12 vectorizes a loop over
/// them for plain x86-64 in float and from AVX2 on in double, clang in both already at -O2. On a device they are CUDA's
/// own. sqrt is the processor's instruction.
///
/// Error bounds hold on the host with and without fused multiply-add and are measured by tests/core/math.cpp against
/// long double, in units in the last place (ULP) of the result. Denormal arguments and results are exact to the same
/// bounds. NaN gives NaN. Nothing sets errno.
///
/// Determinism  the same bits on one machine and compiler setting; with and without fused multiply-add, and on a GPU,
///              the last bits differ.
/// Reference    the reductions are the classical ones (Cody and Waite 1980, Muller 2016); the coefficients are
///              Chebyshev interpolants computed by tests/reference/core_math.py.
#pragma once

#include <kindred/core/config.hpp>
#include <kindred/core/device.hpp>
#include <kindred/core/types.hpp>

#if defined(__CUDA_ARCH__)
#define KINDRED_MATH_ON_DEVICE 1
#else
#define KINDRED_MATH_ON_DEVICE 0
#endif

namespace kindred::math {

/// The unsigned integer with the size of a float or double.
template <class T>
using bits_of = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;

/// Returns the IEEE 754 bits of x, and the number with the bits b.
template <class T>
KINDRED_HD constexpr bits_of<T> to_bits(T x) {
  return __builtin_bit_cast(bits_of<T>, x);
}
template <class T>
KINDRED_HD constexpr T from_bits(bits_of<T> b) {
  return __builtin_bit_cast(T, b);
}

/// Returns x without its sign; NaN stays NaN.
template <class T>
KINDRED_HD constexpr T absolute(T x) {
  return from_bits<T>(to_bits(x) & ~(bits_of<T>(1) << (8 * sizeof(T) - 1)));
}

namespace detail {

template <class T>
struct format;

template <>
struct format<float> {
  using bits = std::uint32_t;
  static constexpr int mantissa_bits = 23, bias = 127;
  static constexpr float round = 0x1.8p23f;    // adding it leaves the nearest integer in the low bits
  static constexpr float integer = 0x1.0p23f;  // an integer in its low bits is that much more
  static constexpr float smallest_normal = 0x1.0p-126f, largest = 0x1.fffffep127f;
  static constexpr float raise = 0x1.0p25f, raised_by = 25;  // makes a denormal number normal
  static constexpr float sqrt_half = 0x1.6a09e6p-1f;
  static constexpr float log2e = 0x1.715476p0f;
  static constexpr float ln2_high = 0x1.62e4p-1f, ln2_low = 1.428606765330187e-06f;  // high times an exponent is exact
  static constexpr float exp_low = -104, exp_high = 89, expm1_low = -20, expm1_large = 80, tanh_high = 10;
};

template <>
struct format<double> {
  using bits = std::uint64_t;
  static constexpr int mantissa_bits = 52, bias = 1023;
  static constexpr double round = 0x1.8p52;
  static constexpr double integer = 0x1.0p52;
  static constexpr double smallest_normal = 0x1.0p-1022, largest = 0x1.fffffffffffffp1023;
  static constexpr double raise = 0x1.0p54, raised_by = 54;
  static constexpr double sqrt_half = 0x1.6a09e667f3bcdp-1;
  static constexpr double log2e = 0x1.71547652b82fep0;
  static constexpr double ln2_high = 0x1.62e42feep-1, ln2_low = 1.9082149292705877e-10;
  static constexpr double exp_low = -746, exp_high = 710, expm1_low = -40, expm1_large = 700, tanh_high = 20;
};

template <class T>
KINDRED_HD constexpr T with_sign(T x, T s) {
  constexpr bits_of<T> sign = bits_of<T>(1) << (8 * sizeof(T) - 1);
  return from_bits<T>((to_bits(x) & ~sign) | (to_bits(s) & sign));
}

/// a where `take`, else b. With the ternary operator g++ 12 threads constants through branches and gives up
/// vectorizing.
template <class T>
KINDRED_HD constexpr T select(bool take, T a, T b) {
  const bits_of<T> mask = bits_of<T>(0) - static_cast<bits_of<T>>(take);
  return from_bits<T>((to_bits(a) & mask) | (to_bits(b) & ~mask));
}

template <class T>
KINDRED_HD constexpr T polynomial(T, T c) {
  return c;
}
template <class T, class... Rest>
KINDRED_HD constexpr T polynomial(T x, T c, Rest... rest) {
  return c + x * polynomial(x, rest...);
}

// (exp(r) - 1 - r) / r^2 for |r| <= ln(2) / 2
KINDRED_HD constexpr float exp_series(float r) {
  return polynomial(r, 0.5f, 1.666657338e-1f, 4.166655011e-2f, 8.363773874e-3f, 1.392692661e-3f);
}
KINDRED_HD constexpr double exp_series(double r) {
  return polynomial(r, 5.00000000000000113e-1, 1.66666666666666675e-1, 4.16666666666206386e-2, 8.3333333333297935e-3,
                    1.38888889189391678e-3, 1.98412698643805133e-4, 2.48015186413959936e-5, 2.75572664186123037e-6,
                    2.76213386691429238e-7, 2.51013469283503402e-8);
}
// (2 atanh(s) / s - 2) / s^2 for z = s^2, |s| <= (sqrt(2) - 1) / (sqrt(2) + 1)
KINDRED_HD constexpr float log_series(float z) {
  return polynomial(z, 6.66666856e-1f, 3.998855099e-1f, 2.959031736e-1f);
}
KINDRED_HD constexpr double log_series(double z) {
  return polynomial(z, 6.66666666666666991e-1, 3.99999999998932218e-1, 2.85714286288109956e-1, 2.22222106742385152e-1,
                    1.81829225135159433e-1, 1.53306173067432609e-1, 1.46300313641233159e-1);
}
// erf(x) / x - 1 for z = x^2, |x| < 1
KINDRED_HD constexpr float erf_near(float z) {
  return polynomial(z, 1.283791658e-1f, -3.76126266e-1f, 1.12835938e-1f, -2.685416834e-2f, 5.188994224e-3f,
                    -8.01595619e-4f, 7.872582762e-5f);
}
KINDRED_HD constexpr double erf_near(double z) {
  return polynomial(z, 1.28379167095512566e-1, -3.76126389031835382e-1, 1.12837916709449089e-1, -2.68661706432214518e-2,
                    5.22397760697688195e-3, -8.54832596845851491e-4, 1.20552946910196954e-4, -1.4924732685547571e-5,
                    1.6447371314258485e-6, -1.62080657047222144e-7, 1.37182187620514555e-8, -7.79238777698008462e-10);
}
// erfc(x) exp(x^2) for t = (x - 2) / (x + 2), 1 <= x <= 6.1
KINDRED_HD constexpr float erf_far(float t) {
  return polynomial(t, 2.553957072e-1f, -4.271859183e-1f, 2.416537407e-1f, -7.897240764e-2f, 3.828383402e-3f,
                    6.847675168e-3f, -1.364388459e-3f);
}
KINDRED_HD constexpr double erf_far(double t) {
  return polynomial(t, 2.55395676310505745e-1, -4.27185847413958494e-1, 2.41658194242465603e-1, -7.89785810157041282e-2,
                    3.73289240442904419e-3, 6.99746173681029013e-3, -8.47143254453169846e-4, -9.8197693489348989e-4,
                    4.35556184016720659e-5, 1.74359345235868294e-4, 2.75268496089944156e-5, -2.75607381536337988e-5,
                    -1.39969798951267596e-5, 1.29717712907360656e-6, 4.01332430140328522e-6, 1.29317137627440207e-6,
                    -1.15347639332586621e-6);
}

/// x = n ln(2) + r with the integer n in two's complement; `expm1` is exp(r) - 1.
template <class T>
struct reduced {
  bits_of<T> n;
  T expm1;
};
template <class T>
KINDRED_HD constexpr reduced<T> reduce(T x) {
  using f = format<T>;
  const T shifted = x * f::log2e + f::round, n = shifted - f::round;
  const T r = (x - n * f::ln2_high) - n * f::ln2_low;
  return {to_bits(shifted) - to_bits(f::round), r + r * r * exp_series(r)};
}

template <class T>
KINDRED_HD constexpr T exp(T x) {
  using f = format<T>;
  x = select(x > f::exp_high, f::exp_high, x);  // these two keep NaN
  x = select(x < f::exp_low, f::exp_low, x);
  const auto [n, expm1] = reduce(x);
  // 2^n as two factors, because 2^n alone may be out of range where the result is not; shifts stay unsigned
  const bits_of<T> both = n + 2 * f::bias, first = both >> 1, second = both - first;
  return (T(1) + expm1) * from_bits<T>(first << f::mantissa_bits) * from_bits<T>(second << f::mantissa_bits);
}

template <class T>
KINDRED_HD constexpr T expm1(T x) {
  using f = format<T>;
  const T kept = select(x > f::exp_high, f::exp_high, x);
  const auto [n, small] = reduce(select(kept < f::expm1_low, f::expm1_low, kept));
  // everything halved for large x, where 2^n may be out of range; not for small, which may be denormal
  const bits_of<T> lower = static_cast<bits_of<T>>(kept > f::expm1_large);
  const T power = from_bits<T>((n + f::bias - lower) << f::mantissa_bits);
  const T one = from_bits<T>((f::bias - lower) << f::mantissa_bits);
  return (power * small + (power - one)) * from_bits<T>((f::bias + lower) << f::mantissa_bits);
}

template <class T>
KINDRED_HD constexpr T log(T x) {
  using f = format<T>;
  const bool tiny = x < f::smallest_normal;
  const T normal = select(tiny, x * f::raise, x);
  const T shift = f::integer + f::bias + select(tiny, f::raised_by, T(0));
  // x = 2^e (1 + m) with 1 + m in [sqrt(1/2), sqrt(2))
  const bits_of<T> at = to_bits(normal) - to_bits(f::sqrt_half) + (bits_of<T>(f::bias) << f::mantissa_bits);
  const T e = from_bits<T>(to_bits(f::integer) + (at >> f::mantissa_bits)) - shift;
  const T m = from_bits<T>((at & ((bits_of<T>(1) << f::mantissa_bits) - 1)) + to_bits(f::sqrt_half)) - T(1);
  const T s = m / (T(2) + m), z = s * s, half = T(0.5) * m * m;
  const T y = e * f::ln2_high - ((half - (s * (half + z * log_series(z)) + e * f::ln2_low)) - m);
  constexpr bits_of<T> infinite = bits_of<T>(2 * f::bias + 1) << f::mantissa_bits;
  const T infinity = from_bits<T>(infinite), nan = from_bits<T>(infinite | (infinite >> 1));
  const T finite = select(x == T(0), -infinity, y);
  const T number = select(x > f::largest, infinity, finite);
  return select(x >= T(0), number, nan);
}

template <class T>
KINDRED_HD constexpr T log1p(T x) {
  using f = format<T>;
  const T u = T(1) + x;
  const T y = detail::log(u) + (x - (u - T(1))) / u;
  const T finite = select(u == T(0), detail::log(T(0)), y);
  return select(x > f::largest, x, finite);
}

template <class T>
KINDRED_HD constexpr T tanh(T x) {
  using f = format<T>;
  const T a = absolute(x);
  const auto [n, small] = reduce(T(2) * select(a > f::tanh_high, f::tanh_high, a));
  const T power = from_bits<T>((n + f::bias) << f::mantissa_bits);
  const T expm1 = power * small + (power - T(1));
  return with_sign(expm1 / (expm1 + T(2)), x);
}

template <class T>
KINDRED_HD constexpr T erf(T x) {
  const T a = absolute(x), b = select(a > T(6.1), T(6.1), a);
  const T near = a + a * erf_near(a * a);
  const T far = T(1) - detail::exp(-(b * b)) * erf_far((b - T(2)) / (b + T(2)));
  return with_sign(select(a < T(1), near, far), x);
}

}  // namespace detail

/// e^x. exp(-inf) = 0, exp(inf) = inf; overflow gives inf, underflow goes through the denormals to 0.
/// Error  1.2 ULP.
KINDRED_HD inline float exp(float x) {
#if KINDRED_MATH_ON_DEVICE
  return ::expf(x);
#else
  return detail::exp(x);
#endif
}
KINDRED_HD inline double exp(double x) {
#if KINDRED_MATH_ON_DEVICE
  return ::exp(x);
#else
  return detail::exp(x);
#endif
}

/// e^x - 1 without cancellation near 0. expm1(-inf) = -1. The sign of a zero is not kept.
/// Error  3 ULP.
KINDRED_HD inline float expm1(float x) {
#if KINDRED_MATH_ON_DEVICE
  return ::expm1f(x);
#else
  return detail::expm1(x);
#endif
}
KINDRED_HD inline double expm1(double x) {
#if KINDRED_MATH_ON_DEVICE
  return ::expm1(x);
#else
  return detail::expm1(x);
#endif
}

/// Natural logarithm. log(0) = -inf, log(inf) = inf, NaN below 0.
/// Error  1 ULP.
KINDRED_HD inline float log(float x) {
#if KINDRED_MATH_ON_DEVICE
  return ::logf(x);
#else
  return detail::log(x);
#endif
}
KINDRED_HD inline double log(double x) {
#if KINDRED_MATH_ON_DEVICE
  return ::log(x);
#else
  return detail::log(x);
#endif
}

/// log(1 + x) without cancellation near 0. log1p(-1) = -inf, NaN below. The sign of a zero is not kept.
/// Error  2 ULP.
KINDRED_HD inline float log1p(float x) {
#if KINDRED_MATH_ON_DEVICE
  return ::log1pf(x);
#else
  return detail::log1p(x);
#endif
}
KINDRED_HD inline double log1p(double x) {
#if KINDRED_MATH_ON_DEVICE
  return ::log1p(x);
#else
  return detail::log1p(x);
#endif
}

/// Hyperbolic tangent, odd to the bit. tanh(+-inf) = +-1.
/// Error  3 ULP.
KINDRED_HD inline float tanh(float x) {
#if KINDRED_MATH_ON_DEVICE
  return ::tanhf(x);
#else
  return detail::tanh(x);
#endif
}
KINDRED_HD inline double tanh(double x) {
#if KINDRED_MATH_ON_DEVICE
  return ::tanh(x);
#else
  return detail::tanh(x);
#endif
}

/// 1 / (1 + e^-x). sigmoid(-inf) = 0, sigmoid(inf) = 1.
/// Error  3 ULP; results below the smallest normal number may be 0.
KINDRED_HD inline float sigmoid(float x) { return 1.0f / (1.0f + math::exp(-x)); }
KINDRED_HD inline double sigmoid(double x) { return 1.0 / (1.0 + math::exp(-x)); }

/// Error function, odd to the bit. erf(+-inf) = +-1.
/// Error  2 ULP.
KINDRED_HD inline float erf(float x) {
#if KINDRED_MATH_ON_DEVICE
  return ::erff(x);
#else
  return detail::erf(x);
#endif
}
KINDRED_HD inline double erf(double x) {
#if KINDRED_MATH_ON_DEVICE
  return ::erf(x);
#else
  return detail::erf(x);
#endif
}

/// Square root, correctly rounded: the processor's instruction. NaN below 0. g++ vectorizes loops over it only with
/// -fno-math-errno.
KINDRED_HD inline float sqrt(float x) { return __builtin_sqrtf(x); }
KINDRED_HD inline double sqrt(double x) { return __builtin_sqrt(x); }

}  // namespace kindred::math

#undef KINDRED_MATH_ON_DEVICE
