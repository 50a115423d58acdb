"""The table of messages in docs/github.md has every message that this package and its git raise."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from pr_reviewer.providers.github import pending, reviews

TOP = Path(__file__).parents[3]
PAGE = (TOP / "docs" / "github.md").read_text(encoding="utf-8").partition("## Troubleshooting")[2]
ERRORS = {"Broken", "GitError", "ProviderRefused", "ProviderUnavailable", "SettingsError", "Unanswered", "UsageError"}
SAID_ELSEWHERE = {"hooks.py"}  # setting up an App: told by that command
FILES = [
    *(file for file in (TOP / "pr_reviewer/providers/github").glob("*.py") if file.name not in SAID_ELSEWHERE),
    *(TOP / "pr_reviewer/git" / name for name in ("fetch.py", "locks.py")),
]


def pieces(node: ast.expr) -> Iterator[list[str]]:
    """The words of a message that are always the same, for each message that the expression can be."""
    match node:
        case ast.Constant(value=str(text)):
            yield [text]
        case ast.JoinedStr(values=parts):
            yield [part.value for part in parts if isinstance(part, ast.Constant)]
        case ast.IfExp(body=one, orelse=other):
            yield from (*pieces(one), *pieces(other))


def messages() -> Iterator[tuple[str, str]]:
    """(where, the longest of its fixed words) for each error and each text that becomes one."""
    for file in FILES:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            given: list[ast.expr] = []
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ERRORS:
                given = node.args[:1]
            elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "text":
                given = [node.value]
            for fixed in (each for expression in given for each in pieces(expression)):
                yield f"{file.name}:{node.lineno}", max(fixed, key=len).strip(" :(")


FOUND = sorted(messages())


def test_messages_are_found_at_all():
    assert len(FOUND) > 35


@pytest.mark.parametrize(("where", "words"), FOUND)
def test_a_message_that_is_raised_is_explained(where, words):
    assert words in PAGE, where


@pytest.mark.parametrize("words", [pending._NO_PLACE, pending._SAID, pending._GONE, reviews._THEIR_DRAFT[8:60]])
def test_a_reason_that_a_summary_gives_is_explained(words):
    assert words in PAGE
