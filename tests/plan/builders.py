"""Files, rules, findings and inputs for tests of the plan; a counter that keeps what it was asked."""

import re
from collections import Counter as Tally
from dataclasses import dataclass, field

from pr_reviewer.diff.parse import parse_diff
from pr_reviewer.model.changes import FileDiff, FileStatus, Hunk, Line, LineKind, LineRange, Side
from pr_reviewer.model.findings import Category, Finding, Placed, Severity
from pr_reviewer.model.llm import ModelCard, ReplySchema
from pr_reviewer.model.plan import Patch
from pr_reviewer.model.pull import PullRequest, PullRequestRef, Revision
from pr_reviewer.model.rules import Rule
from pr_reviewer.plan.inputs import ChangedFile, PlanInputs, TaskModels
from pr_reviewer.plan.templates import Templates
from pr_reviewer.resources import data_text, list_data
from tests.rules.builders import rule_source

TEMPLATES = Templates(
    {name.removeprefix("settings/prompts/"): data_text(name) for name in list_data("settings/prompts")}
)
CARD = ModelCard("gpt-test", window=128_000, max_output=16_384)
_TOKEN = re.compile(r"\w{1,6}|[^\w\s]|\s+")


@dataclass
class WordCounter:
    """Counts words, marks and gaps; never more than the bytes, as a real tokenizer."""

    counted: Tally[str] = field(default_factory=Tally)

    def count(self, text: str) -> int:
        self.counted[text] += 1
        return len(_TOKEN.findall(text))

    def at_most(self, text: str) -> int:
        return len(text.encode())


def measure(text: str) -> int:
    return len(_TOKEN.findall(text))


def new_file(path: str, *lines: str) -> FileDiff:
    """A file of these lines, all added."""
    added = tuple(Line(LineKind.ADDED, text, None, number) for number, text in enumerate(lines, start=1))
    return FileDiff(path, FileStatus.ADDED, (Hunk(0, 1, "", added),) if lines else ())


def edited(path: str, *hunks: str) -> FileDiff:
    """A modified file of hunks as git prints them."""
    body = "".join(f"{hunk.strip(chr(10))}\n" for hunk in hunks)
    return parse_diff(f"diff --git a/{path} b/{path}\n--- a/{path}\n+++ b/{path}\n{body}")[0]


def changed_lines(path: str, total: int, *changed: int) -> ChangedFile:
    """A file of `line 1` to `line total`, in which some lines are new, with three lines of context."""
    numbers = sorted({number for at in changed for number in range(max(1, at - 3), min(total, at + 3) + 1)})
    runs: list[list[int]] = []
    for number in numbers:
        if not runs or runs[-1][-1] != number - 1:
            runs.append([])
        runs[-1].append(number)
    hunks = []
    for run in runs:
        lines = []
        for number in run:
            before = sum(at < number for at in changed)
            if number in changed:
                lines.append(Line(LineKind.ADDED, f"line {number}", None, number))
            else:
                lines.append(Line(LineKind.CONTEXT, f"line {number}", number - before, number))
        old = next(line.old_number for line in lines if line.old_number)
        hunks.append(Hunk(old, run[0], "", tuple(lines)))
    head = tuple(f"line {number}" for number in range(1, total + 1))
    return ChangedFile(FileDiff(path, FileStatus.MODIFIED, tuple(hunks)), head)


def patch(path: str, tokens: int) -> Patch:
    return Patch(path, f"{path}\n", tokens, FileDiff(path, FileStatus.MODIFIED))


def rule(name: str, text: str = "Say why.", **values) -> Rule:
    return Rule(
        name,
        name.replace("-", " ").capitalize(),
        text,
        **{"source": rule_source("pack core", "core.md", 1)} | values,
    )


def placed(path: str, first: int, last: int | None = None, *, side: Side = Side.NEW, **values) -> Placed:
    given = {
        "quote": "code()",
        "severity": Severity.ERROR,
        "category": Category.CORRECTNESS,
        "title": "It fails",
        "message": "With an empty list it fails.",
    } | values
    finding = Finding(path, **given)
    return Placed(finding, side, LineRange(first, last or first), finding.quote, "1:abc")


def pull(title: str = "Pay twice", description: str = "It did.") -> PullRequest:
    return PullRequest(
        PullRequestRef("local", "shop", 0),
        title,
        description,
        "ann",
        Revision("main", "a" * 40),
        Revision("pay", "b" * 40),
        "a" * 40,
    )


def inputs(*files: ChangedFile | FileDiff, card: ModelCard = CARD, **values) -> PlanInputs:
    changed = tuple(file if isinstance(file, ChangedFile) else ChangedFile(file) for file in files)
    given = {
        "pull": pull(),
        "files": changed,
        "models": TaskModels((card,), (card,), (card,)),
        "max_model_calls": 20,
        "counter": WordCounter(),
        "templates": TEMPLATES,
        "reply": ReplySchema("batch_reply", "{}"),
        "consolidate_reply": ReplySchema("consolidate_reply", "{}"),
    } | values
    return PlanInputs(**given)
