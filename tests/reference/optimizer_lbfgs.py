# SPDX-License-Identifier: Apache-2.0
"""Writes tests/data/optimizer/lbfgs.txt with NumPy and SciPy.

Run from the repository's root:  python3 tests/reference/optimizer_lbfgs.py
Each line: a name, the number of rows and columns, the elements in rows. Minima come from SciPy's Newton method with exact
second derivatives, polished by plain Newton steps until nothing changes.
"""

import numpy as np
from scipy.optimize import minimize

rng = np.random.default_rng(11)
out = {}


def newton(f, gradient, hessian, start):
    x = minimize(f, start, jac=gradient, hess=hessian, method="trust-exact", options={"gtol": 1e-8}).x
    for _ in range(20):
        x = x - np.linalg.solve(hessian(x), gradient(x))
    return x


# a regularized log-sum-exp: log sum_i exp(a_i x - b_i) + |x|^2 / 20
a, b = rng.normal(size=(30, 8)) * np.logspace(-1, 1, 8), rng.normal(size=30)


def soft(x):
    e = np.exp(a @ x - b - np.max(a @ x - b))
    return e / e.sum()


def smooth(x):
    z = a @ x - b
    return np.max(z) + np.log(np.exp(z - np.max(z)).sum()) + x @ x / 20


def smooth_gradient(x):
    return a.T @ soft(x) + x / 10


def smooth_hessian(x):
    p = soft(x)
    return a.T @ (np.diag(p) - np.outer(p, p)) @ a + np.eye(8) / 10


x = newton(smooth, smooth_gradient, smooth_hessian, np.zeros(8))
out["log_sum_a"], out["log_sum_b"], out["log_sum_x"], out["log_sum_value"] = a, b, x, smooth(x)

# a robust fit: sum_i (sqrt(1 + (c_i x - d_i)^2) - 1) + |x|^2 / 2
c, d = rng.normal(size=(40, 5)), 3 * rng.standard_t(2, size=40)


def robust(x):
    return (np.sqrt(1 + (c @ x - d) ** 2) - 1).sum() + x @ x / 2


def robust_gradient(x):
    r = c @ x - d
    return c.T @ (r / np.sqrt(1 + r * r)) + x


def robust_hessian(x):
    r = c @ x - d
    return c.T @ ((1 + r * r) ** -1.5 * c.T).T + np.eye(5)


x = newton(robust, robust_gradient, robust_hessian, np.zeros(5))
out["robust_c"], out["robust_d"], out["robust_x"], out["robust_value"] = c, d, x, robust(x)

with open("tests/data/optimizer/lbfgs.txt", "w") as file:
    for name, value in out.items():
        value = np.atleast_2d(value)
        print(name, *value.shape, *("%.17g" % v for v in value.ravel()), file=file)
