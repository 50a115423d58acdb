"""The independent judge: what a person's click would make of a posted comment, and whether that still parses.

Nothing here comes from the program under test. A suggestion is applied as GitHub documents it: the lines of the comment
are replaced by the lines of its `suggestion` block.
"""

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

_BLOCK = re.compile(r"^(?P<fence>`{3,})suggestion\n(?P<code>.*?)^(?P=fence)$", re.DOTALL | re.MULTILINE)


def suggestion_of(body: str) -> list[str] | None:
    """The lines of a comment's one suggestion block; None where there is none."""
    found = list(_BLOCK.finditer(body))
    assert len(found) < 2, body
    return found[0]["code"].split("\n")[:-1] if found else None


def clicked(head: str, first: int, last: int, lines: list[str]) -> str:
    """The file after the click: plain replacement of lines."""
    old = head.split("\n")
    return "\n".join([*old[: first - 1], *lines, *old[last:]])


def parses(path: str, text: str) -> bool:
    """Whether the language's own parser, or its tree-sitter grammar, takes the text."""
    kind = path.rpartition(".")[2]
    if kind == "py":
        return _compiles(text)
    if kind == "json":
        return _loads(text)
    if kind == "yaml":
        return _is_yaml(text)
    root = _grammar(kind).parse(text.encode()).root_node
    return not root.has_error and not (kind == "rb" and any(map(_is_stray_end, _leaves(root))))


def _leaves(node) -> Iterator[Any]:
    for child in node.children:
        yield from _leaves(child)
    if not node.children:
        yield node


def _is_stray_end(node) -> bool:
    """The grammar takes `end` for a variable where no block is open; Ruby itself does not. The files here have none."""
    return node.type == "identifier" and node.text == b"end"


def _compiles(text: str) -> bool:
    try:
        compile(text, "suggested.py", "exec")
    except SyntaxError:
        return False
    return True


def _loads(text: str) -> bool:
    try:
        json.loads(text)
    except json.JSONDecodeError:
        return False
    return True


def _is_yaml(text: str) -> bool:
    import yaml

    try:
        yaml.safe_load(text)
    except yaml.YAMLError:
        return False
    return True


@cache
def _grammar(kind: str):
    import tree_sitter_go
    import tree_sitter_java
    import tree_sitter_ruby
    import tree_sitter_typescript
    from tree_sitter import Language, Parser

    languages = {
        "go": tree_sitter_go.language,
        "java": tree_sitter_java.language,
        "rb": tree_sitter_ruby.language,
        "ts": tree_sitter_typescript.language_typescript,
    }
    return Parser(Language(languages[kind]()))
