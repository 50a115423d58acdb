"""Choosing rules alone, in this process: a thousand rules of all levels over five hundred files.

It waits for nothing and runs in one thread, so its CPU time is what it takes on a machine with nothing else to do.
"""

import statistics
import time

from pr_reviewer.model.rules import Level, Rule, RuleFile, RuleSource
from pr_reviewer.rules.book import RuleBook
from pr_reviewer.rules.select import compiled

_LANGUAGES = ("python", "go", "typescript", "javascript", "java", "rust", "ruby", "kotlin")
_ENDINGS = ("py", "go", "ts", "js", "java", "rs", "rb", "kt")
_FOLDERS = tuple(f"services/team{number % 5}/app{number}" for number in range(25))


def selection_seconds(times: int) -> dict[str, float]:
    """The median seconds of CPU to choose for all files, with the globs of rules shared by many, and each its own."""
    paths = [(f"{_FOLDERS[number % 25]}/src/file{number}.{_ENDINGS[number % 8]}", number % 8) for number in range(500)]
    figures = {}
    for name, globs in (("20 different globs", 20), ("1 000 different globs", 1_000)):
        seconds = []
        for run in range(times):
            book = RuleBook(tuple(_rule(number, globs, run) for number in range(1_000)))
            started = time.process_time()
            chosen = sum(len(book.governing(path, _LANGUAGES[language])) for path, language in paths)
            seconds.append(time.process_time() - started)
            assert chosen > len(paths)
        figures[name] = statistics.median(seconds)
    return figures


def _rule(number: int, globs: int, run: int) -> Rule:
    """Half of the rules stand in folders. No two runs share a glob: a compiled one is remembered."""
    level = (Level.PACK, Level.ORGANISATION, Level.REPOSITORY, Level.DIRECTORY)[number % 4 if number % 2 else 3]
    folder = _FOLDERS[number % 25] if level is Level.DIRECTORY else ""
    file = RuleFile(level, "origin", f"{folder}/best_practices.md".lstrip("/"), folder)
    kind = number % globs
    paths = (f"services/team{kind % 5}/**", f"*{kind}.py", f"!**/generated{kind}/{run}") if kind % 3 else ("src/**",)
    compiled(paths)  # reading a rule does so too, to refuse what is no glob
    languages = (_LANGUAGES[number % 8],) if number % 3 else ()
    return Rule(f"rule-{number % 700}", "Title", "Text.", RuleSource(file, 1), languages=languages, paths=paths)
