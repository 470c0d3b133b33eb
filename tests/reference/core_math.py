# SPDX-License-Identifier: Apache-2.0
"""Prints the polynomial coefficients of include/kindred/core/{math,random}.hpp (needs mpmath).

Each polynomial interpolates its function at Chebyshev nodes of the interval, in 60 digits; the error printed beside it
is the largest one on a dense grid, relative to what the polynomial is added to or multiplied with.
"""
from mpmath import mp, mpf, cos, pi, exp, log, erf, erfc, sin, sqrt, matrix, lu_solve

mp.dps = 60


def fit(f, low, high, degree):
    n = degree + 1
    low, high = mpf(low), mpf(high)
    nodes = [(low + high) / 2 + (high - low) / 2 * cos(pi * (2 * k + 1) / (2 * n)) for k in range(n)]
    return list(lu_solve(matrix([[x**j for j in range(n)] for x in nodes]), matrix([f(x) for x in nodes])))


def value(c, x):
    sum = mpf(0)
    for a in reversed(c):
        sum = sum * x + a
    return sum


def show(name, c, error, digits):
    print(f"{name}: {len(c)} coefficients, error {mp.nstr(error, 3)}")
    print("  {" + ", ".join(mp.nstr(a, digits, min_fixed=-1, max_fixed=1) for a in c) + "}")


def grid(low, high, n=400):
    return [mpf(low) + (mpf(high) - mpf(low)) * (k + mpf(1) / 3) / n for k in range(n)]


half_ln2 = log(2) / 2 * mpf("1.01")
for type_name, digits, exp_degree, log_degree, erf_degree, tail_degree in (
    ("float", 10, 4, 2, 6, 6),
    ("double", 18, 9, 6, 11, 16),
):
    print(type_name)

    # exp(r) = 1 + r + r^2 p(r)
    f = lambda r: (exp(r) - 1 - r) / r**2 if abs(r) > mpf(10) ** -15 else mpf(1) / 2 + r / 6
    c = fit(f, -half_ln2, half_ln2, exp_degree)
    show("exp", c, max(abs(value(c, r) - f(r)) * r**2 / exp(r) for r in grid(-half_ln2, half_ln2)), digits)

    # log((1 + s) / (1 - s)) = 2 s + s p(s^2) s^2
    top = ((sqrt(2) - 1) / (sqrt(2) + 1)) ** 2 * mpf("1.01")
    f = lambda z: (log((1 + sqrt(z)) / (1 - sqrt(z))) / sqrt(z) - 2) / z if z > mpf(10) ** -15 else mpf(2) / 3
    c = fit(f, mpf(10) ** -14, top, log_degree)
    show("log", c, max(abs(value(c, z) - f(z)) * z / 2 for z in grid(mpf(10) ** -14, top)), digits)

    # erf(x) = x + x p(x^2), |x| < 1
    f = lambda z: erf(sqrt(z)) / sqrt(z) - 1
    c = fit(f, mpf(10) ** -30, mpf("1.001"), erf_degree)
    show("erf near", c, max(abs(value(c, z) - f(z)) / (1 + f(z)) for z in grid(mpf(10) ** -30, 1)), digits)

    # erfc(x) = exp(-x^2) p((x - 2) / (x + 2)), 1 <= x < 6.1
    at = lambda t: 2 * (1 + t) / (1 - t)
    f = lambda t: erfc(at(t)) * exp(at(t) ** 2)
    low, high = (mpf("0.999") - 2) / (mpf("0.999") + 2), (mpf("6.1") - 2) / (mpf("6.1") + 2)
    c = fit(f, low, high, tail_degree)
    show("erf far", c, max(abs(value(c, t) - f(t)) * exp(-(at(t) ** 2)) for t in grid(low, high)), digits)

# sin(2 pi v) = v p(v^2), |v| <= 1/4, for random::normal
f = lambda z: sin(2 * pi * sqrt(z)) / sqrt(z)
c = fit(f, mpf(10) ** -30, mpf(1) / 16, 8)
show("sine of turns", c, max(abs(value(c, z) - f(z)) / f(z) for z in grid(mpf(10) ** -30, mpf(1) / 16)), 18)
