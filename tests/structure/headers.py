# SPDX-License-Identifier: Apache-2.0
"""The headers of the library as the structure tests see them."""
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
INCLUDE = os.path.join(ROOT, "include")

# A header may include headers of lower levels and of its own room, nothing else.
LEVELS = [
    ["core"],
    ["backend", "relation", "unicode"],
    ["op", "linalg", "optimizer", "io"],
    ["layer", "similarity", "miner", "metric", "text", "data", "visual"],
    ["loss", "index", "encoder", "projection", "selection", "words"],
    ["train", "retrieval"],
    ["model", "caption", "check", "interop"],
    ["generative"],
]
LEVEL_OF = {room: level for level, rooms in enumerate(LEVELS) for room in rooms}

INCLUDE_LINE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^">]+)[">]', re.MULTILINE)


def all_headers(*extensions):
    """Paths below include/, with forward slashes, sorted."""
    found = []
    for folder, _, files in os.walk(INCLUDE):
        for name in files:
            if name.endswith(extensions or (".hpp", ".cuh", ".inc")):
                found.append(os.path.relpath(os.path.join(folder, name), INCLUDE).replace(os.sep, "/"))
    return sorted(found)


def read(header):
    with open(os.path.join(INCLUDE, header), encoding="utf-8") as file:
        return file.read()


def room_of(header):
    """`kindred/core/view.hpp` -> core; the umbrellas kindred.hpp and kindred/compiled.hpp -> None."""
    parts = header.split("/")
    return parts[1] if len(parts) > 2 else None


def includes(text):
    return [name for _, name in INCLUDE_LINE.findall(without_comments(text))]


def without_comments(text):
    """Comments become blanks of the same length in lines; string literals stay."""
    pattern = re.compile(r'R"([^\s()\\]*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|(?<![0-9a-fA-F])\'(?:\\.|[^\'\\\n])+\'|//[^\n]*|/\*.*?\*/', re.DOTALL)

    def blank(match):
        token = match.group(0)
        return re.sub(r"[^\n]", " ", token) if token.startswith(("//", "/*")) else token

    return pattern.sub(blank, text)


def report(problems, checked):
    """Ends the program: 0 and one line when nothing was found, else 1 and every problem."""
    for problem in problems:
        print(problem)
    print(f"{len(problems)} problems, {checked}")
    sys.exit(1 if problems else 0)
