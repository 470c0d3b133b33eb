# SPDX-License-Identifier: Apache-2.0
"""What may not stand in the project: unfinished work, paths of one machine, catch-all names, long comments."""
import os
import re
import subprocess

from headers import ROOT, report

UNFINISHED = re.compile("|".join([r"\bTO" + r"DO\b", r"\bFIX" + r"ME\b", r"\bXX" + r"X\b", r"\bfor no" + r"w\b"]))
ONE_MACHINE = re.compile(r"(?<![\w.])/(?:wo" + r"rk|home|root)/\w")
# g++ 12 at -O3 warns (-Wrestrict, a false alarm) where a short literal is put in front of a temporary string or assigned to a
# string. Without a warning: '?' + std::to_string(n), and text.append(first ? "" : ", ") += std::to_string(n).
ONE = r'"(?:\\.|[ !#-\[\]-~])"'
SHORT = r'"(?:\\.|[ !#-\[\]-~]){0,2}"'
BEGUN_BY_LITERAL = re.compile(rf"(?:^|[(,?:{{=]|\+=|return|<<)\s*{ONE} \+ (?!\w+\b(?![\w:(.<]|->))"
                              rf"|(?<![\w*&>] )(?:\b[\w.\]\[>-]+) = {ONE};"
                              rf"|(?:\+=|[=(,]|return) \([^\"]* \? {SHORT} : {SHORT}\) \+ "
                              rf"|\.(?:assign|insert|replace)\([^;]*{SHORT}\)", re.ASCII)
CATCH_ALL = re.compile(r"(?:^|[/_])(?:utils?|common|helpers?|misc|stuff)(?:[/_.]|$)")
TOP_LEVEL = {"CMakeLists.txt", "CMakePresets.json", "README.md", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md", "cmake", "include",
             "examples", "tests", "bench", "docs"}
TEXT = (".hpp", ".cuh", ".inc", ".cpp", ".cu", ".py", ".sh", ".md", ".txt", ".cmake", ".in", ".json", ".yml", ".yaml")
SOURCE = (".hpp", ".cuh", ".inc", ".cpp", ".cu")


def files():
    """What git knows; without git everything outside dot and build folders."""
    listing = subprocess.run(["git", "-C", ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                             stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) if os.path.exists(os.path.join(ROOT, ".git")) else None
    if listing and listing.returncode == 0:
        return sorted(name for name in listing.stdout.split("\0") if name and os.path.exists(os.path.join(ROOT, name)))
    found = []
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [f for f in folders if not f.startswith((".", "build")) and f != "__pycache__"]
        found += [os.path.relpath(os.path.join(folder, name), ROOT) for name in names if not name.startswith(".")]
    return sorted(found)


if __name__ == "__main__":
    problems = []
    listing = files()
    for top in sorted({name.split("/")[0] for name in listing}):
        if not top.startswith(".") and top not in TOP_LEVEL:
            problems.append(f"{top}: not a part of the top level")
    for name in listing:
        if CATCH_ALL.search(name.lower()):
            problems.append(f"{name}: the name does not say what is inside")
        if not name.endswith(TEXT) or name.startswith("tests/data/"):
            continue
        with open(os.path.join(ROOT, name), encoding="utf-8", errors="replace") as file:
            for number, line in enumerate(file, 1):
                if UNFINISHED.search(line):
                    problems.append(f"{name}:{number}: unfinished: {line.strip()[:100]}")
                if ONE_MACHINE.search(line):
                    problems.append(f"{name}:{number}: a path of one machine: {line.strip()[:100]}")
                if name.endswith(SOURCE) and BEGUN_BY_LITERAL.search(line):
                    problems.append(f"{name}:{number}: a string begun by a short literal: {line.strip()[:100]}")
                # clang-format breaks code, not comments
                if name.endswith(SOURCE) and len(line) > 121 and line.lstrip().startswith("//"):
                    problems.append(f"{name}:{number}: a comment of more than 120 columns")
    report(problems, f"{len(listing)} files")
