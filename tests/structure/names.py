# SPDX-License-Identifier: Apache-2.0
"""Every public name of a room is in backticks in docs/guide/<room>.md, no table of names lists one twice, and where a table says in
which header a name is, it is there. `names.py --list` prints the names."""
import os
import re
import sys

from headers import ROOT, all_headers, read, report, room_of, without_comments

KEYWORDS = {
    "alignas", "asm", "concept", "const", "consteval", "constexpr", "constinit", "decltype", "explicit", "extern", "for", "if",
    "inline", "namespace", "noexcept", "operator", "requires", "return", "sizeof", "static", "static_assert", "switch",
    "template", "typename", "using", "while", "__attribute__",
}


def without_preprocessor(text):
    return re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", "", text, flags=re.MULTILINE)


def without_template_head(head):
    """Drops leading `template <...>` parts."""
    head = head.strip()
    while head.startswith("template"):
        at = head.find("<")
        if at < 0 or head[len("template"):at].strip():
            return None  # an explicit instantiation
        depth = 0
        for position in range(at, len(head)):
            if head[position] == "<":
                depth += 1
            elif head[position] == ">" and head[position - 1] != "-":
                depth -= 1
                if depth == 0:
                    break
        head = head[position + 1:].strip()
    return head


def declared_name(head):
    """The name a declaration at namespace scope gives, or None."""
    head = without_template_head(" ".join(head.split()))
    if not head:
        return None
    head = re.sub(r"\[\[.*?\]\]", " ", head).strip()
    head = re.sub(r"__attribute__\s*\(\(.*?\)\)\s*\)?", " ", head).strip()
    if re.match(r"(static_assert|using\s+namespace|extern\s+template|friend)\b", head):
        return None
    match = re.search(r"\bconcept\s+(\w+)\s*=", head)
    if match:
        return match.group(1)
    match = re.match(r"using\s+(\w+)\s*=", head)
    if match:
        return match.group(1)
    if re.match(r"using\s", head):
        return None
    # a requires clause in front of a function or class
    head = re.sub(r"^requires\b.*?(?=\b(?:struct|class|enum|union|void|auto|constexpr|inline|KINDRED_\w+)\b)", "", head)
    match = re.match(r"(?:KINDRED_\w+\s+)*(?:struct|class|union|enum(?:\s+class|\s+struct)?)\s+(?:alignas\s*\([^)]*\)\s*)?(\w+)\s*(.*)$", head)
    if match and not match.group(2).startswith("<"):  # not a specialization
        rest = match.group(2)
        if not rest or rest[0] in ":{=" or rest.startswith("final") or rest == ";":
            return match.group(1)
    elif match:
        return None
    for found in re.finditer(r"((?:\w+\s*(?:<[^()<>]*>)?\s*::\s*)?~?\w+)\s*\(", head):
        name = found.group(1)
        if name in KEYWORDS or name.startswith("KINDRED_"):
            continue
        if re.search(r"(?<![=!<>])=(?!=)", head[:found.start()]) and not re.search(r"\boperator\b", head):
            break  # the parenthesis belongs to the value of a variable
        if re.search(r"\boperator\b", head[:found.end()]):
            return None
        return None if "::" in name else name  # a definition outside its class
    if re.search(r"\boperator\b", head):
        return None
    match = re.match(r"(?:inline\s+|constexpr\s+|static\s+|const\s+)*[\w:<>,\s\*&]+?\s(\w+)\s*(=|$)", head)
    return match.group(1) if match else None


def continues(head):
    """Whether the brace after `head` opens a requires-expression or an initializer, after which the declaration goes on."""
    head = head.rstrip()
    if re.search(r"\brequires$|=(?:\s*[\w:<>]+)?$", head):
        return True
    if not head.endswith(")"):
        return False
    depth = 0
    for position in range(len(head) - 1, -1, -1):
        depth += (head[position] == ")") - (head[position] == "(")
        if depth == 0:
            break
    return re.search(r"(?:\brequires|=|&&|\|\||!|\()\s*requires$", head[:position].rstrip()) is not None


def public_names(text):
    """Names declared in namespaces of the library outside detail."""
    text = without_preprocessor(without_comments(text))
    text = re.sub(r'"(?:\\.|[^"\\\n])*"', '""', text)
    names, scopes, head, parens = set(), [], "", 0
    for char in text:
        at_namespace = all(kind == "namespace" for kind in scopes)
        if char in "([":
            parens += 1
        elif char in ")]":
            parens -= 1
        if parens == 0 and char == "{":
            if not at_namespace:
                scopes.append("other")
            elif re.search(r"\bnamespace\b(?:\s+\w+(?:\s*::\s*\w+)*)?\s*$", head) and "=" not in head:
                name = re.search(r"\bnamespace\s*([\w:\s]*)$", head).group(1).strip()
                private = name == "" or "detail" in re.split(r"\s*::\s*", name)
                scopes.append("private" if private else "namespace")
                head = ""
            elif continues(head):
                scopes.append("expression")
            else:
                name = declared_name(head)
                if name:
                    names.add(name)
                scopes.append("other")
                head = ""
            continue
        if parens == 0 and char == "}":
            closed = scopes.pop() if scopes else ""
            if closed != "expression" and all(kind in ("namespace", "private") for kind in scopes):
                head = ""
            continue
        if not at_namespace:
            continue
        if parens == 0 and char == ";":
            name = declared_name(head)
            if name:
                names.add(name)
            head = ""
        else:
            head += char
    return names


def names_by_room():
    """Rooms, their public names, and the headers that declare each."""
    rooms = {}
    for header in all_headers(".hpp", ".cuh"):
        room = room_of(header)
        if room:
            for name in public_names(read(header)):
                rooms.setdefault(room, {}).setdefault(name, []).append(header)
    return rooms


def listed_twice(page):
    """Names in the first column of the tables headed "name", listed more than once."""
    seen, twice, names = set(), set(), False
    for line in page.splitlines():
        column = line.split("|")[1] if line.startswith("|") and line.count("|") > 1 else None
        if column is None or column.strip() == "name":
            names = column is not None
        elif names:
            found = set(re.findall(r"`([^`]+)`", column))
            twice |= found & seen
            seen |= found
    return sorted(twice)


def wrong_headers(page, declaring):
    """(name, headers listed, headers that declare it) where a table with a column "header" is wrong; `declaring` maps names to
    paths."""
    column = None
    for line in page.splitlines():
        cells = [cell.strip() for cell in line.split("|")[1:-1]] if line.startswith("|") else []
        if not cells or cells[0] == "name":
            column = cells.index("header") if "header" in cells else None
        elif column is not None:
            listed = {name.split("/")[-1] for name in re.findall(r"`([\w/]+\.(?:hpp|cuh))`", cells[column])}
            for name in re.findall(r"`(\w+)", cells[0]):
                declared = {path.split("/")[-1] for path in declaring.get(name, ())}
                if listed and declared and not listed & declared:
                    yield name, sorted(listed), sorted(declared)


if __name__ == "__main__":
    rooms = names_by_room()
    if "--list" in sys.argv:
        for room in sorted(rooms):
            print(f"{room}: {' '.join(sorted(rooms[room]))}")
        sys.exit(0)
    problems = []
    for room in sorted(rooms):
        page = os.path.join(ROOT, "docs", "guide", room + ".md")
        if not os.path.exists(page):
            problems.append(f"docs/guide/{room}.md is missing; it would list {', '.join(sorted(rooms[room]))}")
            continue
        with open(page, encoding="utf-8") as file:
            text = file.read()
        problems += [f"docs/guide/{room}.md lists `{name}` twice" for name in listed_twice(text)]
        problems += [f"docs/guide/{room}.md says that `{name}` is in {' '.join(listed)}, it is in {' '.join(declared)}"
                     for name, listed, declared in wrong_headers(text, rooms[room])]
        quoted = " ".join(re.findall(r"`([^`\n]+)`", text))
        listed = set(re.findall(r"\w+", quoted))
        for name in sorted(set(rooms[room]) - listed):
            problems.append(f"docs/guide/{room}.md does not list `{name}` of {rooms[room][name][0]}")
    report(problems, f"{sum(len(names) for names in rooms.values())} public names in {len(rooms)} rooms")
