"""Where a rule's pattern matches. Runs in the worker process; the patterns are ast-grep's."""

import json
from typing import TYPE_CHECKING, Any

from pr_reviewer.patterns.grammars import clean

if TYPE_CHECKING:
    from ast_grep_py import SgNode


class BrokenPattern(Exception):
    """ast-grep does not take a pattern; the message is its own, in one line."""


class Matcher:
    """One parsed text, in a language of `abilities.MATCHED`: asked for another, ast-grep panics."""

    def __init__(self, text: str, language: str) -> None:
        from ast_grep_py import SgRoot

        self._root = SgRoot(clean(text), language).root()

    def ranges(self, pattern: str) -> list[tuple[int, int]]:
        """The first and last line, one-based, of each match of a rule object (JSON), in order, each once.

        Raises:
            BrokenPattern: the pattern is not one.
        """
        try:
            nodes = self._find(json.loads(pattern))
        except (KeyboardInterrupt, MemoryError):
            raise
        except BaseException as error:  # a Rust panic arrives as a bare BaseException
            raise BrokenPattern(_first_cause(str(error))) from error
        spans = ((node.range().start.line + 1, _last_line(node)) for node in nodes)
        return sorted(set(spans))

    def _find(self, rule: Any) -> "list[SgNode]":  # noqa: ANN401 the keys are ast-grep's to judge
        """A rule object, or a whole configuration with `rule`, `constraints` and `utils`."""
        return self._root.find_all(rule) if "rule" in rule else self._root.find_all(**rule)


def _last_line(node: "SgNode") -> int:
    end = node.range().end
    return max(node.range().start.line + 1, end.line + 1 if end.column else end.line)


def _first_cause(message: str) -> str:
    """ast-grep's message without its backtrace: the innermost cause says what is wrong.

    That of a regular expression shows it over several lines, and says last what is wrong with it.
    """
    lines = [line.strip() for line in message.partition("Stack backtrace")[0].splitlines() if line.strip()]
    causes = [line.partition(": ")[2] for line in lines if line[:1].isdigit() and ": " in line]
    cause = causes[-1] if causes else lines[0] if lines else "ast-grep failed"
    errors = [line.partition(": ")[2] for line in lines if line.startswith("error: ")]
    return f"{cause} {errors[-1]}" if cause.endswith(":") and errors else cause
