# SPDX-License-Identifier: Apache-2.0
"""Compiles every case of this folder. The second line of a case says what has to happen: `// compiles`, or the beginning of the
sentence that is the compiler's only error: compile_fail.py COMPILER SYSTEM_INCLUDES (separated by semicolons)."""
import concurrent.futures
import os
import subprocess
import sys
import tempfile

FOLDER = os.path.dirname(os.path.abspath(__file__))
INCLUDE = os.path.join(FOLDER, *[".."] * 3, "include")


def expected(case):
    with open(case, encoding="utf-8") as file:
        return file.read().splitlines()[1].removeprefix("// ")


def problem(command, case):
    wanted = expected(case)
    result = subprocess.run(command + [case], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    errors = [line for line in result.stdout.splitlines() if "error:" in line]
    if wanted == "compiles":
        return None if result.returncode == 0 else f"{case}: does not compile\n{result.stdout[:4000]}"
    if result.returncode == 0:
        return f"{case}: compiles, but should say: {wanted}"
    if len(errors) != 1 or wanted not in errors[0]:
        return f"{case}: {len(errors)} errors, one should come and say: {wanted}\n{result.stdout[:4000]}"
    return None


if __name__ == "__main__":
    compiler, system = sys.argv[1], [place for place in sys.argv[2].split(";") if place]
    command = [compiler, "-std=c++20", "-DKINDRED_COMPILED", "-I", INCLUDE] + [w for place in system for w in ("-isystem", place)]
    cases = sorted(os.path.join(FOLDER, name) for name in os.listdir(FOLDER) if name.endswith(".cpp"))
    if sum(expected(case) == "compiles" for case in cases) != 1 or len(cases) < 10:
        sys.exit("one case should compile, and there should be ten or more")
    with tempfile.TemporaryDirectory() as work:
        # what all cases include, read once
        clang = "clang" in os.path.basename(compiler)
        header = os.path.join(FOLDER, "parts.hpp")
        parsed = os.path.join(work, "parts.pch" if clang else "parts.hpp.gch")
        subprocess.run(command + ["-x", "c++-header", header, "-o", parsed], check=True)
        command += ["-include-pch", parsed] if clang else ["-I", work, "-include", "parts.hpp"]
        command += ["-fsyntax-only"]
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            problems = [p for p in pool.map(lambda case: problem(command, case), cases) if p]
    for p in problems:
        print(p)
    print(f"{len(problems)} problems, {len(cases)} cases with {os.path.basename(compiler)}")
    sys.exit(1 if problems else 0)
