"""The messages of a batch: the prefix that all its passes share, and the last message of each first pass.

The system message holds our words only. Whatever comes from the pull request stands fenced in the user's.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pr_reviewer.diff.text import display
from pr_reviewer.model.findings import Severity
from pr_reviewer.model.llm import Message, ModelCard, Prompt, ReplySchema, Role, Task
from pr_reviewer.model.plan import Batch
from pr_reviewer.model.pull import PullRequest
from pr_reviewer.model.rules import Enforcement, Example, Rule
from pr_reviewer.plan.budget import holds, reply_of
from pr_reviewer.plan.fence import fence
from pr_reviewer.plan.templates import Templates

_SHARE_OF_DESCRIPTION = 16  # characters of it, as a share of the window in tokens
_MOST_DESCRIPTION = 6_000
RULES = "rules of the team"


@dataclass(frozen=True, slots=True)
class _ShownExample:
    """An example of a rule with a fence longer than any in its code."""

    code: str
    language: str
    is_bad: bool
    fence: str


def prefix_of(  # noqa: PLR0913 a batch and what stands around it
    pull: str, standing: str, batch: Batch, templates: Templates, *, system: str, number: int, of: int
) -> tuple[Message, ...]:
    """The message of the template `system`, and the pull request with this part of its diff, for all passes."""
    diff = fence("".join(patch.text for patch in batch.patches).rstrip("\n"), "diff")
    user = templates.render("review/diff.md.j2", pull=pull, standing=standing, diff=diff, batch=number, batches=of)
    return Message(Role.SYSTEM, templates.render(system)), Message(Role.USER, user)


def pull_text(pull: PullRequest, window: int, templates: Templates) -> str:
    """Title and description, fenced; a description that is too long for the window is cut, and says so."""
    limit = min(_MOST_DESCRIPTION, window // _SHARE_OF_DESCRIPTION)
    description = display(pull.description.strip())
    if len(description) > limit:
        description = f"{description[:limit]}\n[the description goes on for {len(description) - limit} characters]"
    title = display(" ".join(pull.title.split()))[:limit]
    return fence(templates.render("review/pull.md.j2", title=title, description=description), "pull request")


def rule_text(rule: Rule, templates: Templates) -> str:
    """One rule as the model reads it."""
    examples = [_shown(example) for example in rule.examples]
    text = templates.render(
        "review/rule.md.j2",
        id=rule.id,
        title=rule.title,
        text=rule.text.strip(),
        severity=_severity(rule),
        scope=_scope(rule),
        examples=examples,
    )
    return display(text)


def rules_task(rules: Iterable[Rule], templates: Templates) -> str:
    """The last message of the pass for best-practice rules."""
    return templates.render("review/task_rules.md.j2", rules=fenced_rules(rules, templates))


def fenced_rules(rules: Iterable[Rule], templates: Templates) -> str:
    """Rules for a last message. A team's rules are text like any other: they instruct nobody and end no fence."""
    return fence("\n\n".join(rule_text(rule, templates) for rule in rules), RULES)


def prompt(
    task: Task,
    prefix: Sequence[Message],
    last: str,
    *,
    cards: Sequence[ModelCard],
    schema: ReplySchema,
    tokens: int,
) -> Prompt:
    """One request. A fallback whose window does not hold `tokens` is not asked; the first choice always is."""
    reply = reply_of(cards[:1])
    able = [cards[0], *(card for card in cards[1:] if holds(card, tokens, reply))]
    names = tuple(dict.fromkeys(card.name for card in able))
    return Prompt(task, names, (*prefix, Message(Role.USER, last)), schema, min(reply, reply_of(able)))


def judged(rules: Iterable[Rule]) -> list[Rule]:
    """The rules that a model judges, each once; those of one id from several folders are several."""
    return list({(rule.id, rule.source): rule for rule in rules if rule.pattern is None}.values())


def _severity(rule: Rule) -> str:
    """The severity that its findings have: a required rule's are errors."""
    return (Severity.ERROR if rule.enforcement is Enforcement.REQUIRED else rule.severity).value


def _scope(rule: Rule) -> str:
    """`python files in services/ that match src/** or lib/**`, in the rule's own words; "" for one about everything."""
    folder = rule.source.file.folder
    words = (
        f"{', '.join(rule.languages)} files" if rule.languages else "files",
        f"in `{folder}/`" if folder else "",
        f"that match {' or '.join(f'`{path}`' for path in rule.paths)}" if rule.paths else "",
        f"that were {' or '.join(rule.changes)}" if rule.changes else "",
    )
    scope = " ".join(filter(None, words))
    return "" if scope == "files" else scope


def _shown(example: Example) -> _ShownExample:
    longest = max((len(run) for run in re.findall(r"`+", example.code)), default=0)
    return _ShownExample(example.code.rstrip("\n"), example.language, example.is_bad, "`" * max(3, longest + 1))
