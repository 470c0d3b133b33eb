# SPDX-License-Identifier: Apache-2.0
"""Measures what each public header costs to include and what the program of README.md costs to compile, header-only and with
KINDRED_COMPILED, and holds it against limits.json beside this file. Exit code 1 when a limit is passed.

    python3 bench/compile/measure.py [--compiler g++] [--repeat 3] [--only PATTERN] [--json FILE]

User seconds of the compiler alone, the least of the repetitions. Run it on a quiet machine."""
import argparse
import fnmatch
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
INCLUDE = os.path.join(ROOT, "include")
REFERENCE = "#include <span>\n#include <string>\n#include <vector>\n"


def user_seconds(command, source, suffix, repeat):
    """The least user time of `repeat` compilations; None when it does not compile."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "unit" + suffix)
        with open(path, "w", encoding="utf-8") as file:
            file.write(source)
        best = None
        for _ in range(repeat):
            process = subprocess.Popen(command + ["-o", os.path.join(folder, "unit.o"), path], stderr=subprocess.PIPE)
            message = process.stderr.read().decode(errors="replace")
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = status
            if status:
                print(message[:2000], file=sys.stderr)
                return None
            best = usage.ru_utime if best is None else min(best, usage.ru_utime)
        return best


def public_headers(extension):
    found = []
    for folder, _, files in os.walk(INCLUDE):
        for name in files:
            if name.endswith(extension) and os.path.basename(folder) != "detail" and name != "compiled.hpp":
                found.append(os.path.relpath(os.path.join(folder, name), INCLUDE).replace(os.sep, "/"))
    return sorted(found)


def limit_of(limits, mode, header):
    if header.count("/") == 1:  # the umbrella of a room, or of all
        return limits["umbrella"][mode]
    return next(limit for pattern, limit in limits[mode] if fnmatch.fnmatch(header, pattern))


def eigen():
    try:
        flags = subprocess.run(["pkg-config", "--cflags-only-I", "eigen3"], capture_output=True, text=True, check=True).stdout.split()
        return [word for flag in flags for word in ("-isystem", flag[2:])]
    except (OSError, subprocess.CalledProcessError):
        return ["-isystem", "/usr/include/eigen3"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--compiler", default="g++")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--only", default="*", help="headers that match, for example 'kindred/core/*'")
    parser.add_argument("--json", help="write the figures there as well")
    options = parser.parse_args()
    with open(os.path.join(HERE, "limits.json"), encoding="utf-8") as file:
        limits = json.load(file)
    base = [options.compiler, "-std=c++20", "-O2", "-c", "-I", INCLUDE] + eigen()
    modes = {"header_only": base, "compiled": base + ["-DKINDRED_COMPILED"]}
    empty = user_seconds(base, "", ".cpp", options.repeat)
    unit = user_seconds(base, REFERENCE, ".cpp", options.repeat) - empty
    figures = {"compiler": options.compiler, "empty": empty, "unit": unit, "headers": {}, "program": {}}
    over = []

    def show(what, mode, seconds, limit):
        if seconds is None:
            over.append(f"{what} ({mode}) does not compile")
            return
        ratio = (seconds - empty) / unit
        mark = ""
        if ratio > limit:
            mark = "  OVER"
            over.append(f"{what} ({mode}): {ratio:.1f} units, limit {limit}")
        print(f"{what:44} {mode:12} {seconds - empty:7.2f} s {ratio:7.1f} of {limit:4}{mark}", flush=True)

    print(f"{options.compiler}: empty unit {empty:.2f} s; 1 unit = <span>, <string>, <vector> = {unit:.2f} s")
    for header in public_headers(".hpp"):
        if fnmatch.fnmatch(header, options.only):
            for mode, command in modes.items():
                seconds = user_seconds(command, f"#include <{header}>\n", ".cpp", options.repeat)
                figures["headers"].setdefault(header, {})[mode] = seconds
                show(header, mode, seconds, limit_of(limits, mode, header))
    nvcc = shutil.which("nvcc") or shutil.which("/usr/local/cuda/bin/nvcc")
    if nvcc:
        command = [nvcc, "-std=c++20", "-O2", "-c", "-DEIGEN_NO_CUDA", "-I", INCLUDE] + eigen()
        for header in public_headers(".cuh"):
            if fnmatch.fnmatch(header, options.only):
                seconds = user_seconds(command, f"#include <{header}>\n", ".cu", options.repeat)
                figures["headers"].setdefault(header, {})["cuda"] = seconds
                show(header, "cuda", seconds, limit_of(limits, "cuda", header))
    if options.only == "*":
        with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as file:
            program = next(b for b in re.findall(r"```cpp\n(.*?)```", file.read(), re.DOTALL) if "int main(" in b)
        for mode, command in modes.items():
            seconds = user_seconds(command, program, ".cpp", options.repeat)
            figures["program"][mode] = seconds
            show("the program of README.md", mode, seconds, limits["program"][mode])
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(figures, file, indent=1)
    for line in over:
        print(line)
    print(f"{len(over)} limits passed")
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
