# SPDX-License-Identifier: Apache-2.0
"""lessons.py PROGRAM SOURCE: runs a lesson; it has to print what the comment at the end of its source says. Where a lesson
reports that no GPU can be used, the lines ahead of that are compared and the rest is skipped."""
import os
import re
import subprocess
import sys
import tempfile

NO_GPU = "context<cuda>: no CUDA device can be used here"
SKIPPED = 77


def expected(source):
    with open(source, encoding="utf-8") as file:
        text = file.read()
    found = re.search(r"^// It prints\n((?://   .*\n)+)\Z", text, re.MULTILINE)
    if not found:
        sys.exit(f"{source} should end with a comment that says what it prints")
    return [line[len("//   "):] for line in found.group(1).splitlines()]


if __name__ == "__main__":
    program, source = sys.argv[1:]
    lines = expected(source)
    with tempfile.TemporaryDirectory() as folder:
        result = subprocess.run([os.path.abspath(program)], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                encoding="utf-8")
    printed = result.stdout.splitlines()
    without_gpu = source.endswith(".cu") and bool(printed) and printed[-1].startswith(NO_GPU)
    if without_gpu:
        without, printed = printed[-1], printed[:-1]
        lines = lines[:len(printed)]
    if result.returncode != 0 or printed != lines:
        sys.exit("\n".join([f"exit code {result.returncode}, expected", *lines, "got", *printed]))
    if without_gpu:
        print(f"skipped after {len(printed)} lines: {without}")
        sys.exit(SKIPPED)
