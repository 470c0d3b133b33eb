# SPDX-License-Identifier: Apache-2.0
"""compilers.py flags COMPILER...   flags the library cannot work with are refused, by the compiler or when the program starts
compilers.py libcxx CLANG SYSTEM_INCLUDES   every header compiles with libc++; skipped (77) where that is not installed"""
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from headers import INCLUDE, all_headers, report  # noqa: E402

FOLDER = os.path.dirname(os.path.abspath(__file__))
SENTENCE = "kindred needs IEEE arithmetic"
EMPTY = "#include <kindred/core/config.hpp>\nint main() {}\n"
ASSOCIATIVE = ["-fassociative-math", "-fno-signed-zeros", "-fno-trapping-math"]
REFUSED = [(["-ffast-math"], SENTENCE), (["-Ofast"], SENTENCE), (["-funsafe-math-optimizations"], SENTENCE), (["-ffinite-math-only"], SENTENCE),
           (ASSOCIATIVE, SENTENCE), (["-freciprocal-math"], SENTENCE), (["-fno-exceptions"], "kindred reports errors by exceptions")]
HARMLESS = [[], ["-O3"], ["-fno-math-errno", "-fno-trapping-math"], ["-fno-rtti"]]


def output_of(work, compiler, options, source):
    """What compiler and program say, and whether both end well."""
    program = os.path.join(work, "program")
    for command in ([compiler, "-std=c++20", "-I", INCLUDE, "-O2", *options, *source, "-o", program], [program]):
        result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if result.returncode:
            return result.stdout, False
    return result.stdout, True


def flags(compilers):
    with tempfile.TemporaryDirectory() as work:
        empty = os.path.join(work, "empty.cpp")
        with open(empty, "w", encoding="utf-8") as file:
            file.write(EMPTY)
        for compiler in compilers:
            for options, sentence in REFUSED:
                output, passed = output_of(work, compiler, options, [empty])
                if passed or sentence not in output:
                    yield f"{compiler} {' '.join(options)}: expected '{sentence}', got: {output[:1000] or 'nothing'}"
            for options in HARMLESS:
                output, passed = output_of(work, compiler, options, [empty])
                if not passed or output:
                    yield f"{compiler} {' '.join(options)}: expected nothing, got: {output[:1000]}"
        output, passed = output_of(work, compilers[0], ["-Wall", "-Werror"], [os.path.join(FOLDER, "number.cpp")])
        if not passed:
            yield f"number.cpp: {output[:2000]}"


def libcxx(clang, system):
    options = ["-stdlib=libc++"]
    with tempfile.TemporaryDirectory() as work:
        source = os.path.join(work, "all.cpp")
        with open(source, "w", encoding="utf-8") as file:
            file.write("#include <string>\nint main() { return static_cast<int>(std::string().size()); }\n")
        if not output_of(work, clang, options, [source])[1]:
            print("skipped: no libc++ (Debian packages: libc++-dev libc++abi-dev)")
            sys.exit(77)
        output, passed = output_of(work, clang, options, [os.path.join(FOLDER, "number.cpp")])
        if not passed:
            yield f"number.cpp: {output[:2000]}"
        with open(source, "w", encoding="utf-8") as file:
            for header in all_headers(".hpp"):
                if not header.startswith("kindred/interop/") and not header.endswith("/compiled.hpp"):
                    file.write(f"#include <{header}>\n")
        places = [word for place in system for word in ("-isystem", place)]
        result = subprocess.run([clang, "-std=c++20", "-fsyntax-only", *options, "-I", INCLUDE, *places, source], text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if result.returncode or result.stdout:
            yield result.stdout[:4000]


if __name__ == "__main__":
    if sys.argv[1] == "flags":
        report(list(flags(sys.argv[2:])), f"{len(REFUSED) + len(HARMLESS)} sets of flags with {', '.join(map(os.path.basename, sys.argv[2:]))}")
    report(list(libcxx(sys.argv[2], [place for place in sys.argv[3].split(";") if place])), "headers with libc++")
