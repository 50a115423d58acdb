"""Planning alone, in this process: the parts of the engine that take time by themselves."""

import statistics
import subprocess
import time
from pathlib import Path

from pr_reviewer.bootstrap import cards_for, prompt_templates, token_counter
from pr_reviewer.diff.parse import parse_diff
from pr_reviewer.findings.replies import BatchReply, ConsolidateReply
from pr_reviewer.llm.schema import reply_schema
from pr_reviewer.model.llm import Task
from pr_reviewer.model.pull import PullRequest, PullRequestRef, Revision
from pr_reviewer.plan.inputs import ChangedFile, PlanInputs, TaskModels
from pr_reviewer.plan.review import plan_review
from pr_reviewer.plan.templates import Templates
from pr_reviewer.settings.load import load_settings

_SMALL_WINDOW = {"PR_REVIEWER_MODELS__REVIEW": "a-model-of-128k"}


def plan_seconds(repository: Path, times: int) -> float:
    """The median seconds of `plan_review` for the change `main … work`, on a 128k-window model, vocabulary loaded."""
    inputs = _inputs(repository)
    inputs.counter.count("load the vocabulary")
    seconds = []
    for _ in range(times):
        fresh = _inputs(repository)  # a counter remembers: each run counts anew
        fresh.counter.count("load the vocabulary")
        started = time.perf_counter()
        plan_review(fresh)
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds)


def tokenizer_figures(times: int) -> dict[str, dict[str, float]]:
    """Seconds to load each vocabulary, and how fast it encodes Python code."""
    from pr_reviewer import resources
    from pr_reviewer.llm.tokens import TokenCounter

    text = "".join(path.read_text() for path in sorted(Path(__file__).parent.parent.glob("pr_reviewer/**/*.py")))
    figures = {}
    for name in ("o200k_base", "cl100k_base"):
        loads, rates = [], []
        for _ in range(times):
            counter = TokenCounter(name, resources.tokenizer_bytes)
            started = time.perf_counter()
            counter.count("x")
            loads.append(time.perf_counter() - started)
            started = time.perf_counter()
            counter.count(text)
            rates.append(len(text.encode()) / 1e6 / (time.perf_counter() - started))
        figures[f"{name}, load and encode"] = {
            "wall": statistics.median(loads),
            "mb_per_second": statistics.median(rates),
        }
    return figures


def _inputs(repository: Path) -> PlanInputs:
    """What a review would plan with, without the definitions that a parser adds."""
    settings = load_settings(_SMALL_WINDOW).settings
    diff = _git(repository, "diff", "main", "work")
    nowhere = Revision("", "")
    files = [
        ChangedFile(file, tuple(_git(repository, "show", f"work:{file.path}").split("\n")[:-1]))
        for file in parse_diff(diff)
    ]
    tasks = (Task.REVIEW, Task.VERIFY, Task.SUMMARY)
    return PlanInputs(
        pull=PullRequest(PullRequestRef("local", "", 0), "work", "", "", nowhere, nowhere, ""),
        files=tuple(files),
        models=TaskModels(*(cards_for(settings, task) for task in tasks)),
        max_model_calls=settings.review.max_model_calls,
        counter=token_counter(settings),
        templates=Templates(prompt_templates()),
        reply=reply_schema(BatchReply),
        consolidate_reply=reply_schema(ConsolidateReply),
    )


def _git(repository: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=repository, check=True, capture_output=True, text=True)
    return done.stdout
