# SPDX-License-Identifier: Apache-2.0
"""readme_test.py extract SOURCE FOLDER: writes the program of README.md and the one that the pieces of
docs/guide/bring_your_own_part.md make into FOLDER, a project that links kindred::compiled.
readme_test.py run SOURCE FOLDER WORK: runs what was built into FOLDER: the first on the Wikipedia articles where those are
(KINDRED_DATA, else shared/data beside the source tree), and on small generated data always; the second has to print what the
page says."""
import os
import random
import re
import shutil
import struct
import subprocess
import sys

PROJECT = """foreach(program readme_program own_part)
  add_executable(${program} ${program}.cpp)
  target_compile_options(${program} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Werror)
  target_link_libraries(${program} PRIVATE kindred::compiled)
endforeach()
"""
OWN_PART = "docs/guide/bring_your_own_part.md"
LONGEST = 35  # lines of code; a first program has to fit on a screen
WIKIPEDIA = (0.2463, 0.2007)


def write_npy(path, rows, code):
    flat = [x for row in rows for x in (row if isinstance(row, list) else [row])]
    shape = f"({len(rows)}, {len(rows[0])})" if isinstance(rows[0], list) else f"({len(rows)},)"
    header = f"{{'descr': '<{code}', 'fortran_order': False, 'shape': {shape}, }}"
    header += " " * (-(len(header) + 11) % 64) + "\n"
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode("latin1"))
        file.write(struct.pack(f"<{len(flat)}{'f' if code == 'f4' else 'i'}", *flat))


def generated(folder):
    """Four classes that both views show under different noise."""
    os.makedirs(folder, exist_ok=True)
    random.seed(1)
    centres = [[[random.gauss(0, 3) for _ in range(width)] for _ in range(4)] for width in (12, 9)]
    for part, count in (("train", 120), ("test", 60)):
        labels = [i % 4 for i in range(count)]
        for kind, at in zip(("images", "texts"), centres):
            write_npy(f"{folder}/{part}_{kind}.npy", [[x + random.gauss(0, 1) for x in at[label]] for label in labels], "f4")
        write_npy(f"{folder}/{part}_labels.npy", labels, "i4")
    return folder


def run(*command):
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if result.returncode:
        print(result.stdout)
        sys.exit(f"failed: {' '.join(command)}")
    return result.stdout


def text_of(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def own_part(page):
    """The program of the page and what it prints."""
    printed = re.findall(r"^It prints\n\n```\n(.*?)```", page, re.DOTALL | re.MULTILINE)
    if len(printed) != 1:
        sys.exit(f"{OWN_PART} should say once what it prints")
    return "\n".join(re.findall(r"```cpp\n(.*?)```", page, re.DOTALL)), printed[0]


def maps(program, folder):
    output = run(program, folder)
    print(f"{folder}:\n{output}", end="")
    found = [float(x) for x in re.findall(r"mAP (\d\.\d{4})$", output, re.MULTILINE)]
    if len(found) != 2:
        sys.exit("expected two lines that end in an mAP")
    return found


def extract(source, folder):
    blocks = re.findall(r"```cpp\n(.*?)```", text_of(os.path.join(source, "README.md")), re.DOTALL)
    programs = [block for block in blocks if "int main(" in block]
    if len(programs) != 1:
        sys.exit(f"README.md holds {len(programs)} programs, not one")
    code = [line for line in programs[0].splitlines() if line.strip()]
    if len(code) > LONGEST:
        sys.exit(f"the program in README.md has {len(code)} lines, more than {LONGEST}")
    os.makedirs(folder, exist_ok=True)
    for name, text in (("CMakeLists.txt", PROJECT), ("readme_program.cpp", programs[0]),
                       ("own_part.cpp", own_part(text_of(os.path.join(source, OWN_PART)))[0])):
        with open(f"{folder}/{name}", "w", encoding="utf-8") as file:
            file.write(text)


def run_programs(source, folder, work):
    output, expected = run(f"{folder}/own_part"), own_part(text_of(os.path.join(source, OWN_PART)))[1]
    if output != expected:
        sys.exit(f"{OWN_PART} says that it prints\n{expected}but it printed\n{output}")
    program = f"{folder}/readme_program"
    shutil.rmtree(work, ignore_errors=True)
    small = maps(program, generated(f"{work}/data"))
    # four classes span three of the seven dimensions, the other four are noise of equal weight; chance is about 0.27
    if min(small) < 0.6 or max(small) > 1:
        sys.exit("four separated classes should give an mAP well above chance")
    data = os.environ.get("KINDRED_DATA") or os.path.join(os.path.dirname(source), "shared", "data")
    wikipedia = os.path.join(data, "wikipedia_rasiwasia2010")
    if not os.path.isdir(wikipedia):
        print(f"no folder {wikipedia}: the figures in README.md were not checked")
    elif any(abs(a - b) > 0.0005 for a, b in zip(maps(program, wikipedia), WIKIPEDIA)):
        sys.exit(f"expected {WIKIPEDIA}")
    bad = subprocess.run([program, f"{work}/nowhere"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if bad.returncode != 1 or bad.stderr.count("\n") != 1:
        sys.exit(f"a missing folder should give one line and exit code 1, not {bad.returncode} and {bad.stderr!r}")


if __name__ == "__main__":
    {"extract": extract, "run": run_programs}[sys.argv[1]](*sys.argv[2:])
