# SPDX-License-Identifier: Apache-2.0
"""All C++ and CUDA files are formatted as .clang-format says, by the version that it names; exit code 77 where that is not installed."""
import glob
import os
import re
import shutil
import subprocess
import sys

from headers import ROOT


def main():
    with open(os.path.join(ROOT, ".clang-format"), encoding="utf-8") as file:
        version = re.match(r"# clang-format (\d+)", file.read()).group(1)
    program = shutil.which(f"clang-format-{version}")
    if program is None:
        found = shutil.which("clang-format")
        named = subprocess.run([found, "--version"], capture_output=True, text=True).stdout if found else ""
        program = found if re.search(rf"\bversion {version}\.", named) else None
    if program is None:
        print(f"clang-format {version} is not installed (Debian package: clang-format-{version})")
        return 77
    files = [path for folder in ("include", "tests", "examples", "bench") for kind in ("hpp", "cpp", "cuh", "cu")
             for path in glob.glob(os.path.join(ROOT, folder, "**", "*." + kind), recursive=True)]
    done = subprocess.run([program, "--dry-run", "--Werror", *sorted(files)], capture_output=True, text=True)
    wrong = sorted(set(re.findall(r"^(\S+?):\d+:\d+: error: code should be clang-formatted", done.stderr, re.MULTILINE)))
    for path in wrong:
        print(f"{os.path.relpath(path, ROOT)} is not formatted: clang-format-{version} -i")
    print(f"{len(wrong)} problems, {len(files)} files")
    return 1 if wrong or done.returncode else 0


if __name__ == "__main__":
    sys.exit(main())
