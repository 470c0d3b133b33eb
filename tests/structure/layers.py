# SPDX-License-Identifier: Apache-2.0
"""Checks what headers include: the level table, what each of them may not include at all, that `detail` is used by its own room only,
and that the umbrella of each room includes all of its public headers. `layers.py --write-umbrellas` writes the umbrellas."""
import os
import re
import sys

from headers import INCLUDE, LEVELS, LEVEL_OF, all_headers, includes, read, report, room_of, without_comments

# Eigen costs a second or more in every file that sees it, so it stands behind these seams only.
EIGEN_SEAMS = {
    "kindred/linalg/detail/eigen_impl.hpp",
    "kindred/interop/eigen.hpp",
}
# Costly or missing from a supported compiler. None: nowhere. "impl": in *_impl.hpp, behind the seam of KINDRED_COMPILED.
FORBIDDEN = {
    "iostream": None,
    "ranges": None,
    "regex": None,
    "format": None,
    "source_location": None,
    "filesystem": "impl",
}
FORBIDDEN_WORDS = re.compile(r"\b(BDCSVD|thrust::|cub::|cooperative_groups)")
FORBIDDEN_FOLDERS = re.compile(r"^(thrust|cub|cooperative_groups)\b")
PRIVATE = re.compile(r"kindred/(\w+)/detail/")
PRIVATE_NAME = re.compile(r"(?<![\w:])(?:kindred::)?(?:(\w+)::)?detail::(\w+)")
# namespaces that are not rooms; kindred::detail itself belongs to core, and to backend, whose contexts are core's
ROOM_OF_NAMESPACE = {"kindred": "core", "math": "core", "random": "core"}
# each header of interop needs a library that may be missing, so it has no umbrella
WITHOUT_UMBRELLA = {"interop"}
CUDA_HEADER = re.compile(r"^(cuda|cublas|curand|cusolver|device_launch|mma\.h)")


def problems_of(header):
    text = read(header)
    room = room_of(header)
    if header.endswith(".inc"):
        if not text.startswith("// SPDX-License-Identifier: Apache-2.0\n"):
            yield f"{header}: the first line is not the licence line"
    elif not re.match(r"// SPDX-License-Identifier: Apache-2.0\n(///?[^\n]*\n)*\n?#pragma once\n", text):
        yield f"{header}: does not begin with the licence line and #pragma once"
    if room is not None and room not in LEVEL_OF:
        yield f"{header}: room {room} stands in no level"
        return
    for name in includes(text):
        if name.startswith("kindred/") or name == "kindred.hpp":
            target = room_of(name)
            if room is None:
                continue  # the two umbrellas stand above everything
            if target is None:
                yield f"{header}: includes {name}, which stands above every room"
            elif target not in LEVEL_OF:
                yield f"{header}: includes {name}, whose room stands in no level"
            elif target != room and LEVEL_OF[target] >= LEVEL_OF[room]:
                direction = "upwards" if LEVEL_OF[target] > LEVEL_OF[room] else "sideways"
                yield f"{header}: includes {name}, {direction} (level {LEVEL_OF[room]} -> {LEVEL_OF[target]})"
            private = PRIVATE.match(name)
            if private and private.group(1) != room:
                yield f"{header}: includes {name}, which is private to {private.group(1)}"
            if name.endswith(".cuh") and header.endswith(".hpp"):
                yield f"{header}: a .hpp includes the CUDA header {name}"
            continue
        if re.match(r"^(unsupported/)?Eigen/", name) and header not in EIGEN_SEAMS:
            yield f"{header}: includes {name}; Eigen stands behind {', '.join(sorted(EIGEN_SEAMS))} only"
        if name in FORBIDDEN and not (FORBIDDEN[name] == "impl" and header.endswith("_impl.hpp")):
            yield f"{header}: includes <{name}>"
        if FORBIDDEN_FOLDERS.match(name):
            yield f"{header}: includes {name}"
        if CUDA_HEADER.match(name) and header.endswith(".hpp"):
            yield f"{header}: a .hpp includes the CUDA header {name}"
    yield from private_names(header, room, without_comments(text))
    for word in FORBIDDEN_WORDS.findall(without_comments(text)):
        yield f"{header}: uses {word}"


def private_names(header, room, text):
    if room is None:
        return
    for match in PRIVATE_NAME.finditer(text):
        space = match.group(1)
        if space is None and not match.group(0).startswith("kindred::"):
            continue  # of this room
        owner = ROOM_OF_NAMESPACE.get(space or "kindred", space)
        if owner in LEVEL_OF and owner != room and not (owner == "core" and room == "backend"):
            yield f"{header}: uses {match.group(0)}, which is private to {owner}"


def umbrella_of(room, headers):
    listed = [h for h in headers if room_of(h) == room and h.endswith(".hpp") and "/detail/" not in h]
    return listed, f"kindred/{room}.hpp"


def umbrellas(headers):
    """(header, its text) for every room and for all of them together."""
    rooms = sorted(room for rooms in LEVELS for room in rooms if room not in WITHOUT_UMBRELLA)
    head = "// SPDX-License-Identifier: Apache-2.0\n/// @file\n/// {}\n#pragma once\n\n"
    made = []
    for room in rooms:
        listed, name = umbrella_of(room, headers)
        if listed:
            made.append((name, head.format(f"All of `{room}`: docs/guide/{room}.md.") + "".join(f"#include <{h}>\n" for h in listed)))
    text = head.format("The whole library but for the headers of `interop`, which need other libraries, and those of CUDA (.cuh).")
    return made + [("kindred/kindred.hpp", text + "".join(f"#include <{name}>\n" for name, _ in made))]


def wrong_umbrellas(headers):
    for name, text in umbrellas(headers):
        if not os.path.exists(os.path.join(INCLUDE, name)) or read(name) != text:
            yield f"{name}: does not list what it should; tests/structure/layers.py --write-umbrellas writes it"


CONFIG = "kindred/core/config.hpp"


def reached(header, found):
    for name in includes(read(header)):
        if name.startswith("kindred/") and name not in found:
            found.add(name)
            reached(name, found)
    return found


def without_config(headers):
    """core/config.hpp refuses compiler flags that the library cannot work with, so every header has to include it."""
    for header in headers:
        if not header.endswith((".inc", "_impl.hpp")) and header != CONFIG and CONFIG not in reached(header, set()):
            yield f"{header}: does not include {CONFIG}, directly or through another header"


if __name__ == "__main__":
    headers = all_headers()
    if sys.argv[1:] == ["--write-umbrellas"]:
        for name, text in umbrellas(headers):
            with open(os.path.join(INCLUDE, name), "w", encoding="utf-8") as file:
                file.write(text)
        headers = all_headers()
    problems = [problem for header in headers for problem in problems_of(header)]
    problems += list(without_config(headers)) + list(wrong_umbrellas(headers))
    report(problems, f"{len(headers)} headers")
