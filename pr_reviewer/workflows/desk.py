"""What a review works with. It is put together once, and handed to each step that needs some of it."""

from collections.abc import Callable
from dataclasses import dataclass

from pr_reviewer.llm.base import LLM
from pr_reviewer.model.llm import Cost
from pr_reviewer.model.rules import ForeignKind
from pr_reviewer.patterns.worker import PatternWorker
from pr_reviewer.plan.inputs import Counter, TaskModels
from pr_reviewer.plan.templates import Templates
from pr_reviewer.providers.base import ChangeReader
from pr_reviewer.rules.book import RuleBook


@dataclass(frozen=True, slots=True)
class Desk:
    """What a review works with. `llm` is None where no model is to be asked; `spent` is the cost so far.

    `foreign` are the kinds of other tools' files that hold rules here; with `legacy_style`, rules of style are kept in
    a legacy repository, too.
    """

    source: ChangeReader
    worker: PatternWorker
    rules: RuleBook
    models: TaskModels
    counter: Counter
    templates: Templates
    llm: LLM | None = None
    spent: Callable[[], Cost] = Cost
    foreign: tuple[ForeignKind, ...] = tuple(ForeignKind)
    legacy_style: bool = False
