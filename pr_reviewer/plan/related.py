"""Which files belong together: a test and its subject, a header and its source, a module and who imports it."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from pr_reviewer.model.changes import FileDiff
from pr_reviewer.plan.paths import Sort, folder_of, name_of, sort_of, words_of

_TEST_PARTS = re.compile(
    r"^(test|tests|spec)[._-]|[._-](test|tests|spec)$|(?<=[a-z0-9])(Tests?|Spec|IT)$|^Test(?=[A-Z])"
)
_EVERYWHERE = frozenset(
    {"index", "init", "main", "mod", "lib", "app", "types", "setup", "conftest", "package", "config"}
)
_IMPORT = re.compile(r"\b(?:import|from|require|include|use|using|extends|mod)\b")
_NAME = re.compile(r"\w+")
_LONGEST_IMPORT = 300  # characters: a longer line is data, not an import
_SHORTEST_MODULE = 3  # characters: `io` stands in too many lines
_MOST_IMPORTERS = 8  # a module that more files than this name is everybody's, and groups nothing


def group_related(files: Sequence[FileDiff]) -> tuple[tuple[FileDiff, ...], ...]:
    """The files in groups that should be read together, each file once; order follows the first of each group."""
    parents = list(range(len(files)))
    for first, second in (*_same_subject(files), *_imports(files)):
        parents[_root(parents, second)] = _root(parents, first)
    groups: dict[int, list[FileDiff]] = defaultdict(list)
    for number, file in enumerate(files):
        groups[_root(parents, number)].append(file)
    return tuple(tuple(group) for group in groups.values())


def subject_of(path: str) -> str:
    """What a file is about, by its name: `cart` for `test_cart.py`, `cart.spec.ts`, `CartTest.java` and `cart.h`."""
    stem = name_of(path).lstrip(".").split(".")[0]
    whole = name_of(path).rpartition(".")[0] or stem
    bare = _TEST_PARTS.sub("", _TEST_PARTS.sub("", whole))
    return "".join(words_of(bare or stem))


def _root(parents: list[int], number: int) -> int:
    while parents[number] != number:
        parents[number] = parents[parents[number]]
        number = parents[number]
    return number


def _same_subject(files: Sequence[FileDiff]) -> Iterable[tuple[int, int]]:
    """Pairs with the same subject: in one folder whatever they are, elsewhere a test and the nearest subject."""
    by_subject: dict[str, list[int]] = defaultdict(list)
    for number, file in enumerate(files):
        by_subject[subject_of(file.path)].append(number)
    for numbers in by_subject.values():
        subjects = [number for number in numbers if sort_of(files[number].path) is Sort.SOURCE]
        yield from _neighbours(files, numbers)
        tests = [number for number in numbers if sort_of(files[number].path) is Sort.TEST]
        yield from (
            (max(subjects, key=lambda n: _closeness(files[n].path, files[t].path)), t) for t in tests if subjects
        )


def _neighbours(files: Sequence[FileDiff], numbers: Iterable[int]) -> Iterable[tuple[int, int]]:
    """Each file with the first one beside it in the same folder."""
    first: dict[str, int] = {}
    for number in numbers:
        folder = folder_of(files[number].path)
        if first.setdefault(folder, number) != number:
            yield first[folder], number


def _closeness(path: str, other: str) -> int:
    """How many words the two paths share."""
    return len(set(words_of(path)) & set(words_of(other)))


def _imports(files: Sequence[FileDiff]) -> Iterable[tuple[int, int]]:
    """Pairs of a module and a file whose shown lines import it by name."""
    modules = _modules(files)
    importers: dict[int, set[int]] = defaultdict(set)
    for number, file in enumerate(files):
        for name in _imported(file):
            if modules.get(name, number) != number:
                importers[modules[name]].add(number)
    return (
        (module, number)
        for module, found in importers.items()
        if len(found) <= _MOST_IMPORTERS
        for number in sorted(found)
    )


def _modules(files: Sequence[FileDiff]) -> dict[str, int]:
    """Source files by the name they are imported under, where only one file has that name."""
    named: dict[str, list[int]] = defaultdict(list)
    for number, file in enumerate(files):
        name = name_of(file.path).partition(".")[0]
        if (
            sort_of(file.path) is Sort.SOURCE
            and len(name) >= _SHORTEST_MODULE
            and name.strip("_").lower() not in _EVERYWHERE
        ):
            named[name].append(number)
    return {name: numbers[0] for name, numbers in named.items() if len(numbers) == 1}


def _imported(file: FileDiff) -> set[str]:
    """Every name that stands in a line that looks like an import."""
    lines = (line.text for hunk in file.hunks for line in hunk.lines if len(line.text) <= _LONGEST_IMPORT)
    return {name for text in lines if _IMPORT.search(text) for name in _NAME.findall(text)}
