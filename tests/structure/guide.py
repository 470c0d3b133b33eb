# SPDX-License-Identifier: Apache-2.0
"""guide.py COMPILER [INCLUDE_FOLDER...]: compiles every C++ block of the documentation, all in one unit and without
code generation.

A block is put into a function, or stands at namespace scope where it declares classes, templates or main. What it uses has to be
declared by the headers that it, or an earlier block of its page, includes, and so have aliases of namespaces. A comment on the line
before it says more:

  <!-- with: ctx, images, labels tags, kindred::index_t n -->   parameters of the function: the context, a matrix, one of KINDS,
                                                                or a whole declaration
  <!-- lesson: 01_search -->    the block is a part of examples/lessons/01_search.*, to the letter, and compiled there
  <!-- built by tests/readme -->
  <!-- not compiled: REASON -->
"""
import glob
import os
import re
import subprocess
import sys

from headers import INCLUDE, INCLUDE_LINE, ROOT, all_headers, read, report, room_of, without_comments
from names import public_names

CONTEXT = "kindred::context<kindred::cpu>& ctx"
KINDS = {
    "matrix": "const kindred::matrix<float, kindred::cpu>&",
    "labels": "const kindred::vector<kindred::label_t, kindred::cpu>&",
    "host_labels": "const std::vector<kindred::label_t>&",
    "texts": "const std::vector<std::string>&",
    "view": "kindred::vector_view<float, kindred::cpu>",
}
PREAMBLE = ["kindred/backend/cpu.hpp", "kindred/core/array.hpp", "functional", "string", "vector"]  # for the parameters
FLAGS = ["-std=c++20", "-x", "c++", "-fsyntax-only", "-Wall", "-Wextra", "-Werror", "-Wno-unused", "-Wno-unused-parameter",
         "-Wno-return-type", "-DKINDRED_COMPILED", f"-I{INCLUDE}"]  # main is in a namespace here, so it would have to return
PAGES = [os.path.relpath(page, ROOT) for pattern in ("*.md", "docs/**/*.md", "examples/**/*.md")
         for page in sorted(glob.glob(os.path.join(ROOT, pattern), recursive=True))]
BLOCK = re.compile(r"(?:^<!-- ([^\n]*) -->\n+)?^```cpp\n(.*?)^```", re.MULTILINE | re.DOTALL)
AT_NAMESPACE_SCOPE = re.compile(r"^(?:struct|class|template|int main)\b", re.MULTILINE)
ALIAS = re.compile(r"^namespace (\w+) = ([\w:]+);$", re.MULTILINE)


class Block:
    def __init__(self, page, line, comment, text):
        self.page, self.line, self.comment, self.text = page, line, comment or "", text
        self.place = f"{page}:{line}"
        self.includes = [name for _, name in INCLUDE_LINE.findall(text)]
        self.aliases = dict(ALIAS.findall(text))

    def says(self, what):
        return self.comment == what or self.comment.startswith(what + ":")


def text_of(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


def blocks_of(page):
    text = text_of(page)
    for found in BLOCK.finditer(text):
        yield Block(page, text[:found.start(2)].count("\n") + 1, found.group(1), found.group(2))


class Headers:
    """What headers of the library include and declare."""

    def __init__(self):
        self.reached, self.declares = {}, {}
        self.includes = {header: [name for _, name in INCLUDE_LINE.findall(without_comments(read(header)))]
                         for header in all_headers()}
        for header in all_headers(".hpp", ".cuh"):
            if "/detail/" in header or header.endswith("/forward.hpp"):
                continue
            for name in public_names(read(header)):
                self.declares.setdefault((room_of(header), name), set()).add(header)
        self.rooms = {room for room, _ in self.declares}

    def closure(self, header):
        """All that `header` includes, itself as well."""
        if header not in self.reached:
            found, rest = set(), [header]
            while rest:
                at = rest.pop()
                if at not in found:
                    found.add(at)
                    rest += self.includes.get(at, [])
            self.reached[header] = found
        return self.reached[header]

    def missing(self, text, aliases, includes):
        """Qualified names of the library in `text` that no header among `includes` declares."""
        there = set().union(*(self.closure(name) for name in includes)) if includes else set()
        for name in sorted(set(re.findall(r"(?<![\w:])(?:\w+::)+\w+", without_comments(text)))):
            parts = name.split("::")
            parts = aliases.get(parts[0], parts[0]).split("::") + parts[1:]
            if parts[0] != "kindred" or len(parts) < 2:
                continue
            room = parts[1] if parts[1] in self.rooms and len(parts) > 2 else "core"
            declared = parts[2] if room == parts[1] else parts[1]
            headers = self.declares.get((room, declared), set())
            if headers and not headers & there:
                yield name, min(headers, key=len)


def quotes(text, block):
    """Whether `block` is some successive lines of `text`, all less indented by the same number of blanks."""
    lines, quoted = text.splitlines(), block.splitlines()
    for first in range(len(lines) - len(quoted) + 1):
        part = lines[first:first + len(quoted)]
        indent = len(part[0]) - len(part[0].lstrip())
        if all(line[indent:] == wanted and not line[:indent].strip() for line, wanted in zip(part, quoted)):
            return True
    return False


def lesson_problems(lessons, readme):
    for name in sorted(lessons):
        code = [line for line in lessons[name].splitlines() if line.strip() and not line.strip().startswith("//")]
        if not 20 <= len(code) <= 60:
            yield f"examples/lessons/{name}: expected 20 to 60 lines of code, got {len(code)}"
        if f"(examples/lessons/{name})" not in readme:
            yield f"examples/lessons/{name}: not in the table of README.md"


def parameters(comment):
    items, depth, item = [], 0, ""
    for char in comment.split(":", 1)[1] + ",":
        depth += (char in "<(") - (char in ">)")
        if char == "," and depth == 0:
            kind, _, name = item.strip().rpartition(" ")
            items.append(CONTEXT if name == "ctx" else f"{KINDS.get(kind or 'matrix', kind)} {name}")
            item = ""
        else:
            item += char
    return ", ".join(items)


def third_party(includes, headers):
    """Headers of other libraries that `includes` reach: what they name themselves, and what the room interop names."""
    reached = {name for include in includes for name in headers.closure(include) if name.startswith("kindred/interop/")}
    named = set(includes).union(*(headers.includes[name] for name in reached))
    return sorted(name for name in named if not name.startswith("kindred/") and ("." in name or "/" in name))


def units(blocks, headers):
    """The source of one unit; blocks whose packages are missing leave a message."""
    includes, bodies = [f"#include <{name}>" for name in PREAMBLE], []
    for number, block in enumerate(blocks):
        there = " && ".join(f"__has_include(<{name}>)" for name in third_party(block.all_includes, headers)) or "1"
        includes += [f"#if {there}"] + [f"#include <{name}>" for name in block.includes] + ["#endif"]
        bodies.append(f"#if {there}\nnamespace block_{number} {{")
        bodies += [f"namespace {name} = {target};" for name, target in block.inherited.items()]
        at_namespace_scope = AT_NAMESPACE_SCOPE.search(block.text)
        if not at_namespace_scope:
            bodies.append(f"void fragment({parameters(block.comment) if block.says('with') else ''}) {{")
        bodies.append(f'#line {block.line} "{block.page}"\n{INCLUDE_LINE.sub("", block.text)}')
        bodies.append(("" if at_namespace_scope else "}\n") + f'}}\n#else\n#pragma message("left out: {block.place}")\n#endif')
    return "\n".join(includes + bodies) + "\n"


if __name__ == "__main__":
    compiler, folders = sys.argv[1], sys.argv[2:]
    headers, compiled, quoted, reasons = Headers(), [], 0, []
    lessons = {os.path.basename(path): text_of(path) for path in glob.glob(os.path.join(ROOT, "examples", "lessons", "*.c*"))}
    problems = list(lesson_problems(lessons, text_of("README.md")))
    for page in PAGES:
        includes, aliases = [], {}
        for block in blocks_of(page):
            if block.says("lesson"):
                quoted += 1
                name = block.comment.split(":", 1)[1].strip()
                if not any(os.path.splitext(file)[0] == name and quotes(text, block.text) for file, text in lessons.items()):
                    problems.append(f"{block.place}: no such lines in the lesson {name}")
                continue
            if block.says("not compiled") or block.says("built by tests/readme"):
                reasons.append(f"{block.place}: {block.comment}")
                continue
            includes += block.includes
            block.all_includes = list(includes)
            block.inherited = {name: target for name, target in aliases.items() if name not in block.aliases}
            aliases.update(block.aliases)
            for name, header in headers.missing(block.text, aliases, includes):
                problems.append(f"{block.place}: {name} needs #include <{header}>")
            compiled.append(block)
    source = units(compiled, headers)
    if "--print" in folders:
        print(source)
        sys.exit(0)
    result = subprocess.run([compiler, *FLAGS, *(f"-isystem{folder}" for folder in folders), "-"], input=source, cwd=ROOT,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8")
    if result.returncode:
        problems.append(result.stdout)
    reasons += re.findall(r"left out: [\w./]+:\d+", result.stdout)
    print("\n".join(reasons))
    report(problems, f"{len(compiled)} blocks compiled, {quoted} quoted from lessons, {len(reasons)} neither")
