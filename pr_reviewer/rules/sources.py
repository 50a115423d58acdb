"""Which files hold rules, at which level, and which folder each governs: by their paths alone."""

import re
from collections.abc import Collection, Iterable, Sequence

from pr_reviewer.model.rules import ForeignKind, Level, RuleFile

BEST_PRACTICES = "best_practices.md"
_FOLDER = "best_practices/"
_FOREIGN = {
    ForeignKind.AGENTS: r"(?P<folder>(?:.*/)?)agents\.md",
    ForeignKind.CLAUDE: r"(?P<folder>(?:.*?/)??)(?:\.claude/)?claude\.md",
    ForeignKind.REVIEW: r"(?P<folder>)(?:\.github/|docs/)?review\.md",
    ForeignKind.CONTRIBUTING: r"(?P<folder>)(?:\.github/|docs/)?contributing\.md",
    ForeignKind.COPILOT: r"(?P<folder>)\.github/copilot-instructions\.md",
    ForeignKind.INSTRUCTIONS: r"(?P<folder>)\.github/instructions/.+\.instructions\.md",
    ForeignKind.CURSOR: r"(?P<folder>(?:.*/)?)\.cursor/rules/.+\.mdc",
    ForeignKind.CURSORRULES: r"(?P<folder>)\.cursorrules",
}
_PATTERNS = {kind: re.compile(pattern, re.IGNORECASE | re.DOTALL) for kind, pattern in _FOREIGN.items()}


def rule_files(
    paths: Iterable[str], sources: Collection[str] = tuple(ForeignKind), revision: str = ""
) -> tuple[RuleFile, ...]:
    """The files of a repository that hold rules: outer ones first, within a folder our own before `sources`.

    `sources` are the kinds of other tools' files that count, values of `ForeignKind`. `revision` is that of the paths.
    """
    files = [file for path in paths if (file := _rule_file(path, sources, revision))]
    return tuple(sorted(files, key=_order))


def shared_files(paths: Iterable[str], project: str, revision: str = "") -> tuple[RuleFile, ...]:
    """The files of an organisation's repository that hold rules for all its repositories."""
    shared = (path for path in paths if _is_at_root(path))
    return tuple(RuleFile(Level.ORGANISATION, project, path, "", project, revision) for path in sorted(shared))


def kind_of(path: str) -> ForeignKind | None:
    """Which other tool's file this path is; None where it is none."""
    return next((kind for kind, pattern in _PATTERNS.items() if pattern.fullmatch(path)), None)


def kind_of_file(file: RuleFile) -> ForeignKind | None:
    """How a file is to be read. One that another tool's file takes in is read as that one is."""
    if file.level < Level.REPOSITORY:
        return None
    return kind_of(file.path) or kind_of(file.origin)


def _rule_file(path: str, sources: Collection[str], revision: str) -> RuleFile | None:
    if _is_at_root(path):
        return RuleFile(Level.REPOSITORY, "repository", path, revision=revision)
    folder, _, name = path.rpartition("/")
    if name == BEST_PRACTICES:
        return RuleFile(Level.DIRECTORY, f"{folder}/", path, folder, revision=revision)
    kind = kind_of(path)
    if kind is None or kind not in sources:
        return None
    found = _PATTERNS[kind].fullmatch(path)
    around = found["folder"].rstrip("/") if found else ""
    level = Level.DIRECTORY if around else Level.REPOSITORY
    return RuleFile(level, path, path, around, revision=revision)


def _is_at_root(path: str) -> bool:
    return path == BEST_PRACTICES or (path.startswith(_FOLDER) and path.endswith(".md"))


def _order(file: RuleFile) -> tuple[int, int, str, int, str]:
    kinds: Sequence[ForeignKind | None] = (None, *ForeignKind)
    return file.level, len(file.folder), file.folder, kinds.index(kind_of(file.path)), file.path
