# SPDX-License-Identifier: Apache-2.0
"""Compiles headers alone, with every warning an error: alone.py COMPILER WARNINGS SYSTEM_INCLUDES PROVEN
(lists separated by semicolons). PROVEN are headers that a test unit, compiled with the same warnings, includes first.
For a compiler called nvcc: every .cuh alone, and all .hpp in one file. For a compiler called clang++: all .hpp in one file, as
what one includes does not depend on the compiler; those of interop, which may be missing, alone."""
import concurrent.futures
import os
import re
import subprocess
import sys
import tempfile

from headers import INCLUDE, all_headers, includes, read, report, without_comments

CBLAS = re.compile(r"\bKINDRED_BLAS\b")
SEAM = re.compile(r"\bKINDRED_(COMPILED|INLINE)\b")
# how a header with a seam ends; its definitions follow everything else
DEFINITIONS = re.compile(r"\n#if !defined\(KINDRED_COMPILED\)\n((?:#include <kindred/[\w/]+_impl\.hpp>\n)+)#endif\s*\Z")


CBLAS_USE = """#include <kindred/backend/cpu.hpp>
void multiply(kindred::context<kindred::cpu>& ctx, kindred::matrix_view<double, kindred::cpu> m) {
  ctx.gemm(1.0, m, kindred::transpose::no, m, kindred::transpose::no, 0.0, m);
}
"""


def has_cblas(compiler):
    return subprocess.run([compiler, "-fsyntax-only", "-x", "c++", "-"], input="#include <cblas.h>\n", text=True,
                          stderr=subprocess.DEVNULL).returncode == 0


def missing_library(compiler, header, places):
    """What an interop header includes that is not installed here, or None. Other headers need nothing that may be missing."""
    if not header.startswith("kindred/interop/"):
        return None
    for name in includes(read(header)):
        if not name.startswith("kindred/"):
            found = subprocess.run([compiler, "-fsyntax-only", *places, "-x", "c++", "-"], text=True, stderr=subprocess.DEVNULL,
                                   input=f"#if !__has_include(<{name}>)\n#error\n#endif\n")
            if found.returncode:
                return name
    return None


def compile_one(command, source, label):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "alone.cu" if "nvcc" in os.path.basename(command[0]) else "alone.cpp")
        with open(path, "w", encoding="utf-8") as file:
            file.write(source)
        extra = ["-o", os.path.join(folder, "alone.o")] if "-c" in command else []
        result = subprocess.run(command + extra + [path], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        output = result.stdout.strip()
        if result.returncode or output:
            return f"---- {label}\n{output[:4000]}"
    return None


def jobs_for(compiler, warnings, system, proven):
    places = ["-I", INCLUDE] + [word for place in system for word in ("-isystem", place)]
    if "nvcc" in os.path.basename(compiler):
        command = [compiler, "-std=c++20", "-c", "-DEIGEN_NO_CUDA", "-Xcompiler=-Wall,-Wextra,-Wshadow", "-Werror", "all-warnings"]
        for header in set(all_headers(".cuh")) - proven:
            yield command + places, f"#include <{header}>\n", f"{header}, nvcc"
        together = [h for h in all_headers(".hpp") if not h.endswith(("_impl.hpp", "/compiled.hpp")) and not h.startswith("kindred/interop/")]
        yield command + ["-DKINDRED_COMPILED"] + places, "".join(f"#include <{h}>\n" for h in together), "all .hpp, nvcc"
        return
    command = [compiler, "-std=c++20", "-fsyntax-only", "-Werror"] + warnings + places
    alone = all_headers(".hpp")
    if "clang" in os.path.basename(compiler):
        together = [h for h in alone if not h.startswith("kindred/interop/")]
        alone = [h for h in alone if h not in together]
        source = "".join(f"#include <{h}>\n" for h in together if not h.endswith("/compiled.hpp"))
        yield command, source, "all .hpp, header-only"
        source = "".join(f"#include <{h}>\n" for h in together)
        yield command + ["-DKINDRED_COMPILED"], source, "all .hpp, KINDRED_COMPILED"
        if has_cblas(compiler):
            yield command + ["-DKINDRED_BLAS"], CBLAS_USE, "backend/cpu.hpp, KINDRED_BLAS"
    definitions = {h: includes(m.group(1)) for h in alone if (m := DEFINITIONS.search(read(h)))}
    # header-only, a header goes through the same text as its definitions do that include it
    proven.update(name for h, names in definitions.items() for name in names if h in includes(read(name)))
    for header in alone:
        missing = missing_library(compiler, header, places)
        if missing:
            print(f"skipped {header}: <{missing}> is not installed")
            continue
        source = f"#include <{header}>\n"
        text = without_comments(read(header))
        seam = SEAM.search(text) and not header.endswith("/compiled.hpp")
        # the two ways of compiling differ in the headers that hold a seam; what those include is checked with them
        if header not in proven and header not in definitions:
            yield command + ["-DKINDRED_COMPILED"], source, f"{header}, KINDRED_COMPILED"
        if header in definitions or seam and header not in proven:
            yield command, source, f"{header}, header-only"
        if CBLAS.search(text) and has_cblas(compiler):
            # a program that multiplies, so that the templates are instantiated
            yield command + ["-DKINDRED_BLAS"], source + CBLAS_USE, f"{header}, KINDRED_BLAS"


if __name__ == "__main__":
    compiler = sys.argv[1]
    warnings, system, proven = ([word for word in argument.split(";") if word] for argument in sys.argv[2:])
    jobs = list(jobs_for(compiler, warnings, system, set(proven)))
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        problems = [p for p in pool.map(lambda job: compile_one(*job), jobs) if p]
    report(problems, f"{len(jobs)} compilations with {os.path.basename(compiler)}")
