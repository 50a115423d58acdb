"""This machine: git, the repository around, the settings, and what came with the installation."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from pathlib import Path

from pr_reviewer import resources
from pr_reviewer.doctor.check import Check, State, failed
from pr_reviewer.git.checkout import current_branch, default_branch, find_checkout, has_commits, read_refs, short_name
from pr_reviewer.git.run import OLDEST_GIT, Git, dotted
from pr_reviewer.model.errors import ReviewerError, UsageError
from pr_reviewer.model.rules import Rule
from pr_reviewer.patterns.worker import PatternWorker
from pr_reviewer.settings.schema.problems import Problem

_VERSION = re.compile(r"(\d+)\.(\d+)[\w.]*")
_REINSTALL = "The installation is damaged: install pr-reviewer again."
# One definition, one line that the shipped rules object to, and one file that does not parse.
_SAMPLE = "def f(x):\n    breakpoint()\n    return x\n"
_BROKEN = "def f(:\n"


async def machine_checks(
    folder: Path,
    problems: Callable[[], Sequence[Problem]],
    rules: Sequence[Rule],
    load_tokenizer: Callable[[str], bytes] = resources.tokenizer_bytes,
) -> AsyncIterator[Check]:
    """All of them. `problems` looks for what is wrong with the settings."""
    yield await asyncio.to_thread(check_git, folder)
    yield await asyncio.to_thread(check_repository, folder)
    for check in check_settings(await asyncio.to_thread(problems)):
        yield check
    yield await check_patterns(rules)
    yield await asyncio.to_thread(check_tokenizers, resources.tokenizer_sums(), load_tokenizer)


def check_git(folder: Path) -> Check:
    """Whether git is there and new enough."""
    needed = f"{dotted(OLDEST_GIT)} or newer is needed"
    try:
        said = Git.within(folder).run("version").decode("utf-8", "replace").strip()
    except ReviewerError as error:
        return failed("git", error)
    version = _VERSION.search(said)
    if not version:
        return Check("git", State.WARN, f"it says {said!r} of its version; {needed}")
    if (int(version[1]), int(version[2])) < OLDEST_GIT:
        return Check("git", State.FAIL, f"{version[0]} is too old", f"Install git {dotted(OLDEST_GIT)} or newer.")
    return Check("git", State.OK, f"{version[0]} ({needed})")


def check_repository(folder: Path) -> Check:
    """What a review without arguments would compare here."""
    name = "repository"
    try:
        checkout = find_checkout(folder)
    except UsageError:
        return Check(name, State.SKIPPED, f"none around {folder}")
    except ReviewerError as error:
        return failed(name, error)
    try:
        base = short_name(default_branch(checkout, read_refs(checkout)))
    except ReviewerError as error:
        return Check(name, State.WARN, error.message, error.hint)
    if not has_commits(checkout):
        return Check(name, State.WARN, f"{checkout.name} has no commits yet", "Review with --staged or --uncommitted.")
    where = f"{checkout.name}, {current_branch(checkout) or 'a detached HEAD'} is compared with {base}"
    if checkout.shallow.is_file():
        todo = "`git fetch --unshallow` brings the rest, in which the common ancestor may lie."
        return Check(name, State.WARN, f"{where}; the clone is shallow", todo)
    return Check(name, State.OK, where)


def check_settings(problems: Sequence[Problem]) -> Sequence[Check]:
    """One line for each mistake, one in all where there is none."""
    if not problems:
        return (Check("settings", State.OK, "no mistakes (`pr-reviewer config show` lists them)"),)
    return [Check("settings", State.FAIL, problem.message, problem.hint) for problem in problems]


async def check_patterns(rules: Sequence[Rule]) -> Check:
    """Whether the worker process starts, parses, and matches the shipped rules."""
    started = time.monotonic()
    async with PatternWorker() as worker:
        try:
            outline = await worker.outline({"sample.py": _SAMPLE})
            broken = await worker.syntax_errors({"sample.py": _SAMPLE, "broken.py": _BROKEN})
            matched = await worker.matches({"sample.py": _SAMPLE}, rules)
        except (OSError, ReviewerError) as error:
            return Check("patterns", State.FAIL, f"the worker process did not start: {error}", _REINSTALL)
        problems = (*worker.problems, *matched.problems)
    if problems:
        return Check("patterns", State.FAIL, f"the worker process fails: {'; '.join(problems)}", _REINSTALL)
    if not (outline["sample.py"] and broken["broken.py"] and not broken["sample.py"] and matched.hits["sample.py"]):
        return Check("patterns", State.FAIL, "the worker process does not find what it should", _REINSTALL)
    count = sum(rule.pattern is not None for rule in rules)
    return Check("patterns", State.OK, f"the worker parses and knows {count} rules ({_seconds(started)})")


def check_tokenizers(sums: Mapping[str, str], load: Callable[[str], bytes]) -> Check:
    """Whether the shipped vocabularies are the published ones."""
    try:
        for name in sums:
            load(name)
    except ReviewerError as error:
        return failed("tokenizers", error)
    return Check("tokenizers", State.OK, f"{' and '.join(sorted(sums))} are intact")


def _seconds(started: float) -> str:
    return f"{time.monotonic() - started:.1f} s"
