# SPDX-License-Identifier: Apache-2.0
"""Checks what headers include: the level table, and what each of them may not include at all."""
import re

from headers import LEVEL_OF, all_headers, includes, read, report, room_of, without_comments

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
    for word in FORBIDDEN_WORDS.findall(without_comments(text)):
        yield f"{header}: uses {word}"


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
    problems = [problem for header in headers for problem in problems_of(header)] + list(without_config(headers))
    report(problems, f"{len(headers)} headers")
