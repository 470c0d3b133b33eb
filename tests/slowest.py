# SPDX-License-Identifier: Apache-2.0
"""Prints where the time of a test run went: slowest.py STARTED BUILD...; STARTED in seconds since 1970, BUILD folders of Ninja
that hold tests.xml of ctest. What was compiled before STARTED is not counted."""
import os
import sys
import time
import xml.etree.ElementTree


def compiled(folder, started):
    """Seconds and output of each step of Ninja since then."""
    path = os.path.join(folder, ".ninja_log")
    if not os.path.exists(path):
        return
    with open(path, encoding="utf-8") as file:
        steps = [line.split("\t") for line in file if not line.startswith("#")]
    for begin, end, _, output, *_ in {step[3]: step for step in steps}.values():
        path = os.path.join(folder, output)
        if os.path.exists(path) and os.path.getmtime(path) >= started:
            yield (int(end) - int(begin)) / 1000, output


def tested(folder):
    for case in xml.etree.ElementTree.parse(os.path.join(folder, "tests.xml")).iter("testcase"):
        yield float(case.get("time")), case.get("name")


if __name__ == "__main__":
    started, folders = int(sys.argv[1]), sys.argv[2:]
    build = [step for folder in folders for step in compiled(folder, started)]
    tests = [step for folder in folders for step in tested(folder)]
    print(f"\n{time.time() - started:.0f} s. Added up over processes: {sum(s for s, _ in build):.0f} s for {len(build)} steps of the build, "
          f"{sum(s for s, _ in tests):.0f} s for {len(tests)} tests. The slowest ten:")
    for seconds, name in sorted(build + tests, reverse=True)[:10]:
        print(f"{seconds:8.1f} s  {name}")
