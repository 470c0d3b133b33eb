# SPDX-License-Identifier: Apache-2.0
"""What learners do on awkward data, ours beside cca-zoo and scikit-learn, as a table in Markdown.

  g++ -std=c++20 -O2 -I include -I /usr/include/eigen3 bench/peers/robustness.cpp -o robustness -pthread
  pip install cca-zoo scikit-learn        # either may be missing; its rows are then left out
  python3 bench/peers/robustness.py ./robustness

Two views of three hidden numbers with noise: 200 rows (30 where there are fewer rows than columns) to learn from, 200 to
judge by. Every method is asked for five dimensions. A cell says how much of the hidden numbers is found: the sum over the
first three coordinates of the correlation between both views' scores on the rows that were not learned from, signs and
all, so 3 would be perfect and a coordinate that does not generalize counts 0 or less; of pca the sum of the three
canonical correlations of its scores with the hidden numbers. Behind it how many dimensions there are, if not five.
Methods of three classes are given thirds of the first hidden number: they have two dimensions to find (semantic: three
posteriors that sum to one).
"warns" means that the library printed warnings, "NaN" that scores are not finite, "error" that it threw.
"""

import os
import subprocess
import sys
import tempfile
import warnings

import numpy as np


def draw(n, p, q, seed):
    rng = np.random.default_rng(seed)
    mix = np.random.default_rng(99)
    z = rng.normal(size=(n, 3)) * [1.5, 1.2, 1]
    x = z @ mix.normal(size=(3, p)) + 0.6 * rng.normal(size=(n, p))
    y = z @ mix.normal(size=(3, q)) + 0.6 * rng.normal(size=(n, q))
    return z, x, y


def cases():
    def both(change_x, change_y, n=200, p=8, q=6):
        z, x, y = draw(n, p, q, 1)
        zt, xt, yt = draw(200, p, q, 2)
        labels = np.digitize(z[:, 0], [-0.6, 0.6]).astype(np.int32)
        return {"x": change_x(x, z), "y": change_y(y, z), "xt": change_x(xt, zt), "yt": change_y(yt, zt), "labels": labels, "zt": zt}

    same = lambda a, z: a
    mix = np.random.default_rng(98).normal(size=(3, 8))
    noise = lambda n: np.random.default_rng(n).normal(size=n)
    yield "plain", both(same, same)
    yield "rank 3 of 8", both(lambda a, z: z @ mix, same)
    yield "constant columns", both(lambda a, z: np.column_stack([a, np.full((len(a), 2), 0.1)]), same)
    yield "collinear, exact", both(lambda a, z: np.column_stack([a, a[:, 0], a[:, 1] + a[:, 2]]), same)
    yield "collinear, 1e-9 apart", both(lambda a, z: np.column_stack([a, a[:, 0] + 1e-9 * noise(len(a))]), same)
    yield "shifted by 1e6", both(lambda a, z: a + 1e6, lambda a, z: a - 1e6)
    yield "columns of 1e-6 to 1e6", both(lambda a, z: a * np.logspace(-6, 6, a.shape[1]), same)
    yield "n 30, p 100, q 80", both(same, same, 30, 100, 80)
    yield "a constant view", both(lambda a, z: np.full_like(a, 3), same)
    yield "one NaN", {**both(same, same), "x": with_nan(both(same, same)["x"])}


def with_nan(x):
    x = x.copy()
    x[17, 2] = np.nan
    return x


def cell(a, b, zt=None):
    a, b = np.asarray(a, float), np.asarray(b, float)
    k = a.shape[1]
    if not (np.isfinite(a).all() and np.isfinite(b).all()):
        return "NaN"
    a, b = a - a.mean(0), b - b.mean(0)
    if zt is not None:
        spread = [np.linalg.svd(v, full_matrices=False) for v in (a[:, :3], zt - zt.mean(0))]
        found = np.linalg.svd(spread[0][0].T @ spread[1][0])[1].sum()
    else:
        lengths = np.sqrt((a[:, :3] ** 2).sum(0) * (b[:, :3] ** 2).sum(0))
        found = ((a[:, :3] * b[:, :3]).sum(0) / np.where(lengths > 0, lengths, 1)).sum()
    return "%.2f%s" % (found, "" if k == 5 else ", k %d" % k)


def ours(program, folders, data):
    rows = {}
    lines = subprocess.run([program] + list(folders.values()), capture_output=True, text=True, check=True).stdout.splitlines()
    names = {folder: name for name, folder in folders.items()}
    for line in lines:
        learner, folder, status, *rest = line.split("\t")
        name = names[folder]
        if status == "ok":
            n, k = int(rest[0]), int(rest[1])
            numbers = np.array([float(v) for v in rest[2:]]).reshape(2, n, k)
            result = cell(numbers[0], numbers[1], data[name]["zt"] if learner == "pca" else None)
        else:
            result = "refused: " + rest[0].split(": ", 1)[1].split(" [")[0]
        rows.setdefault("`%s`" % learner, {})[name] = result
    return rows


def peers():
    try:
        from cca_zoo.linear import CCA, MCCA, PLS, RidgeCCA
        from cca_zoo.nonparametric import KCCA
    except ImportError:
        print("cca-zoo is not installed", file=sys.stderr)
    else:
        def zoo(model):
            def run(d):
                model.fit([d["x"], d["y"]])
                return model.transform([d["xt"], d["yt"]])
            return run

        yield "cca-zoo CCA", zoo(CCA(5))
        yield "cca-zoo RidgeCCA, 0.1", zoo(RidgeCCA(5, shrinkage=0.1))
        yield "cca-zoo MCCA, 0.1", zoo(MCCA(5, shrinkage=0.1))
        yield "cca-zoo PLS", zoo(PLS(5))
        yield "cca-zoo KCCA, rbf", zoo(KCCA(5, kernel="rbf"))
    try:
        from sklearn.cross_decomposition import CCA, PLSSVD, PLSCanonical, PLSRegression
        from sklearn.decomposition import PCA
    except ImportError:
        print("scikit-learn is not installed", file=sys.stderr)
    else:
        def cross(model):
            return lambda d: model.fit(d["x"], d["y"]).transform(d["xt"], d["yt"])

        yield "scikit-learn CCA", cross(CCA(5))
        yield "scikit-learn PLSCanonical", cross(PLSCanonical(5))
        yield "scikit-learn PLSRegression", cross(PLSRegression(5))
        yield "scikit-learn PLSSVD", cross(PLSSVD(5))
        yield "scikit-learn PCA", lambda d: (PCA(5).fit(d["x"]).transform(d["xt"]),) * 2


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    data = dict(cases())
    with tempfile.TemporaryDirectory() as place:
        folders = {}
        for i, (name, d) in enumerate(data.items()):
            folders[name] = os.path.join(place, str(i))
            os.mkdir(folders[name])
            for part in ("x", "y", "xt", "yt", "labels"):
                np.save(os.path.join(folders[name], part + ".npy"), d[part])
        table = ours(sys.argv[1], folders, data)
    for name, run in peers():
        row = table.setdefault(name, {})
        for case, d in data.items():
            with warnings.catch_warnings(record=True) as said, np.errstate(all="ignore"):
                warnings.simplefilter("always")
                try:
                    a, b = run(d)
                    row[case] = cell(a, b, d["zt"] if "PCA" in name else None)
                except Exception as error:
                    row[case] = "error: " + str(error).splitlines()[0][:48]
            if said and not row[case].startswith("error"):
                row[case] += ", warns"
    print("| method | " + " | ".join(data) + " |")
    print("|---" * (len(data) + 1) + "|")
    for name, row in table.items():
        print("| %s | " % name + " | ".join(row[case] for case in data) + " |")


if __name__ == "__main__":
    main()
