"""Which rules govern a file: by its language and by globs on its path."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING

from pr_reviewer.diff.globs import why_costly
from pr_reviewer.model.rules import Rule

if TYPE_CHECKING:
    from pathspec import PathSpec, Pattern


def select_rules(rules: Iterable[Rule], path: str, language: str | None) -> tuple[Rule, ...]:
    """The rules that govern one file, in their order. For many files, keep a `RuleSelector`."""
    return RuleSelector(rules).select(path, language)


class RuleSelector:
    """Selects among the same rules for file after file: a thousand rules over five hundred files in under 100 ms."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules = tuple(rules)
        self._by_language: dict[str | None, tuple[Rule, ...]] = {}

    def select(self, path: str, language: str | None) -> tuple[Rule, ...]:
        """The rules for this path and language, in their order.

        A rule without languages governs all, one for `typescript` also `tsx`; one without paths governs all.
        """
        spoken = self._spoken(language)
        globs = {rule.paths for rule in spoken}
        governing = {paths for paths in globs if not paths or compiled(paths).match_file(path)}
        return tuple(rule for rule in spoken if rule.paths in governing) if governing != globs else spoken

    def _spoken(self, language: str | None) -> tuple[Rule, ...]:
        if language not in self._by_language:
            names = {"typescript", "tsx"} if language == "tsx" else {language}
            spoken = (rule for rule in self._rules if not rule.languages or names.intersection(rule.languages))
            self._by_language[language] = tuple(spoken)
        return self._by_language[language]


@cache
def compiled(paths: Sequence[str]) -> "PathSpec[Pattern]":
    """Globs as git's ignore files know them (`*.py` at any depth, `services/**`); the last that matches decides.

    `["*", "!tests/"]` is everything outside of `tests`: unlike git's, a `!` reaches into folders.

    Raises:
        ValueError: a glob is not one, or would take too long.
    """
    from pathspec import PathSpec

    if why := next(filter(None, map(why_costly, paths)), ""):
        raise ValueError(why)
    return PathSpec.from_lines("gitignore", paths)
