# SPDX-License-Identifier: Apache-2.0
"""guide.py finds what is wrong in made-up blocks."""
import tempfile

from guide import Headers, blocks_of, lesson_problems, parameters, quotes
from headers import report


def failures():
    headers, aliases = Headers(), {"kd": "kindred"}
    needs = [header for _, header in headers.missing("kd::op::softmax(ctx, x, kd::matrix<float, kd::cpu>());", aliases,
                                                     ["kindred/core/view.hpp"])]
    if needs != ["kindred/core/array.hpp", "kindred/op/softmax.hpp"]:
        yield f"missing headers: {needs}"
    if list(headers.missing("kd::op::softmax(ctx, x, y);", aliases, ["kindred/op/softmax.hpp"])):
        yield "a header that is included is reported as missing"

    lesson = "int main() {\n  a();\n\n  if (b)\n    c();\n}\n"
    for block, expected in (("a();\n\nif (b)\n  c();\n", True), ("a();\nif (b)\n", False), ("if (b)\nc();\n", False),
                            ("a()\n", False)):
        if quotes(lesson, block) != expected:
            yield f"quotes({block!r}) is not {expected}"

    lessons = {"a.cpp": "x;\n" * 20, "b.cpp": "x;\n" * 61}
    found = [problem.split(":")[0] for problem in lesson_problems(lessons, "(examples/lessons/b.cpp)")]
    if found != ["examples/lessons/a.cpp", "examples/lessons/b.cpp"]:
        yield "a lesson that is too long, or not listed, is not found"

    listed = parameters("with: ctx, x, labels y, const std::function<int(int, int)>& f")
    if not listed.endswith(", const std::function<int(int, int)>& f"):
        yield f"parameters: {listed}"
    if listed.count("kindred::matrix<float, kindred::cpu>& x") != 1 or listed.count("kindred::label_t, kindred::cpu>& y") != 1:
        yield f"parameters: {listed}"

    with tempfile.NamedTemporaryFile("w", suffix=".md") as page:
        page.write("one\n\n<!-- with: ctx -->\n```cpp\na();\n```\n\n```cpp\nb();\n```\n")
        page.flush()
        found = [(block.line, block.comment, block.text) for block in blocks_of(page.name)]
        if found != [(5, "with: ctx", "a();\n"), (9, "", "b();\n")]:
            yield f"blocks: {found}"


if __name__ == "__main__":
    report(list(failures()), "made-up blocks")
