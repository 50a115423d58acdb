"""One later pass over one batch: candidates with the code and the rules around them, in as few prompts as hold them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pr_reviewer.diff.render import path_label
from pr_reviewer.diff.text import display
from pr_reviewer.model.findings import Placed
from pr_reviewer.model.llm import Prompt, Task
from pr_reviewer.model.plan import BatchPlan
from pr_reviewer.model.rules import Rule
from pr_reviewer.plan.budget import reply_of, room_after
from pr_reviewer.plan.excerpts import Excerpt, excerpt_around, render_excerpts, shortened
from pr_reviewer.plan.fence import fence
from pr_reviewer.plan.inputs import ChangedFile, PlanInputs
from pr_reviewer.plan.portions import Need, Room
from pr_reviewer.plan.prompts import RULES, prompt, rule_text
from pr_reviewer.plan.templates import Templates

NO_ROOM = "it is longer than one model call holds"
_TOKENS_PER_ANSWER = 400  # a verdict with its reasoning and proof, a repair with its code
_TOKENS_PER_CHECK = 80  # a rule's id, a sentence and a word
_FRAME = 300  # tokens: three pairs of tags with their digests
_SHORTER = (80, 30, 10)  # lines of context for a candidate where there is no room for all


@dataclass(frozen=True, slots=True)
class Kind:
    """A later pass: its task, its last message, and how it shows a candidate."""

    task: Task
    last: str
    claim: str


@dataclass(frozen=True, slots=True)
class LaterPrompt:
    """One prompt, its candidates in the order of their numbers, and `shown`: all code in it, without the claims.

    `checked` are for each candidate the ids of the rules that its suggestion is to be held against.
    """

    prompt: Prompt
    candidates: tuple[Placed, ...]
    shown: str
    checked: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class LaterPlan:
    """The prompts of one pass over one batch, and the candidates that are in none, each with the reason."""

    prompts: tuple[LaterPrompt, ...]
    left_out: tuple[tuple[Placed, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """A candidate with the code around it.

    `broken` are rules that its suggestion breaks, `checked` those that it is to be held against.
    """

    placed: Placed
    problem: str = ""
    broken: tuple[Rule, ...] = ()
    checked: tuple[Rule, ...] = ()
    excerpt: Excerpt | None = None

    @property
    def weight(self) -> int:
        """Tokens that the answer may take."""
        return _TOKENS_PER_ANSWER + _TOKENS_PER_CHECK * len(self.checked)


class LaterPass:
    """One pass over one batch."""

    def __init__(self, inputs: PlanInputs, plan: BatchPlan, kind: Kind) -> None:
        self._inputs = inputs
        self._plan = plan
        self._kind = kind
        self._cards = inputs.models.verify if kind.task is Task.VERIFY else inputs.models.review
        self._files: Mapping[str, ChangedFile] = {file.diff.path: file for file in inputs.files}
        self._texts: dict[Rule, str] = {}
        tokens = room_after(self._cards[:1], plan.prefix_tokens + _FRAME)
        self._room = Room(tokens, bare_text(kind, inputs.templates), inputs.counter)
        self._reply = max(_TOKENS_PER_ANSWER, reply_of(self._cards[:1]))

    def ask(self, entries: Sequence[Entry], more: Sequence[Excerpt]) -> LaterPlan:
        """All entries in as few prompts as the window and the reply allow."""
        found = self._room.portions([self._with_code(entry) for entry in entries], self._need, self._reply)
        prompts = tuple(self._prompt(portion, more) for portion in found.full)
        return LaterPlan(prompts, tuple((entry.placed, NO_ROOM) for entry in found.too_long))

    def with_checks(self, entry: Entry, rules: tuple[Rule, ...]) -> Entry:
        """The entry with its suggestion and all these rules to hold it against, if a prompt and its reply hold them."""
        checked = replace(entry, checked=rules)
        return checked if self._fits(checked) else entry

    def parts(self, entry: Entry) -> Iterator[Entry]:
        """The entry, in parts of as many rules to check as a prompt and its reply hold."""
        if len(entry.checked) < 2 or self._fits(entry):  # noqa: PLR2004 one rule has no parts
            yield entry
        else:
            half = len(entry.checked) // 2
            yield from self.parts(replace(entry, checked=entry.checked[:half]))
            yield from self.parts(replace(entry, checked=entry.checked[half:]))

    def _fits(self, entry: Entry) -> bool:
        return entry.weight <= self._reply and self._room.holds(self._alone(entry))

    def _with_code(self, entry: Entry) -> Entry:
        """The entry with the code around it: all of it that fits into a prompt beside the claim."""
        placed = entry.placed
        file = self._files.get(placed.finding.path)
        excerpt = excerpt_around(file, placed.lines, placed.side) if file else None
        if excerpt is None or excerpt.numbers <= self._shown(excerpt.path):
            return entry
        choices = [excerpt, *(shortened(excerpt, placed.lines, lines) for lines in _SHORTER)]
        entries = (replace(entry, excerpt=choice) for choice in choices)
        return next((found for found in entries if self._room.holds(self._alone(found))), entry)

    def _shown(self, path: str) -> frozenset[int | None]:
        """The numbers of the file's lines that the batch shows anyway."""
        hunks = (hunk for patch in self._plan.batch.patches if patch.path == path for hunk in patch.file.hunks)
        return frozenset(line.new_number for hunk in hunks for line in hunk.lines)

    def _alone(self, entry: Entry) -> str:
        """All that an entry adds to a prompt that holds no other."""
        return "\n".join([self._own(entry), *self._rule_texts([entry])])

    def _own(self, entry: Entry) -> str:
        """What it adds beside rules."""
        return f"{self._claim(1, entry)}\n{render_excerpts(_excerpts([entry]))}"

    def _need(self, entry: Entry) -> Need:
        return Need(self._own(entry), frozenset(self._rule_texts([entry])), entry.weight)

    def _prompt(self, entries: Sequence[Entry], more: Sequence[Excerpt]) -> LaterPrompt:
        templates = self._inputs.templates
        claims = "\n\n".join(self._claim(number, entry) for number, entry in enumerate(entries, start=1))
        code = render_excerpts(self._with_more(entries, more))
        rules = "\n\n".join(self._rule_texts(entries))
        last = templates.render(
            self._kind.last,
            numbers=", ".join(str(number) for number in range(1, len(entries) + 1)),
            rules=fence(rules, RULES) if rules else "",
            excerpts=fence(code.rstrip("\n"), "code") if code else "",
            candidates=fence(claims, "candidates"),
            has_checks=any(entry.checked for entry in entries),
        )
        tokens = self._plan.prefix_tokens + self._inputs.counter.at_most(last)
        asked = prompt(
            self._kind.task, self._plan.prefix, last, cards=self._cards, schema=self._inputs.reply, tokens=tokens
        )
        diff = "".join(patch.text for patch in self._plan.batch.patches)
        checked = tuple(tuple(rule.id for rule in entry.checked) for entry in entries)
        return LaterPrompt(asked, tuple(entry.placed for entry in entries), diff + code, checked)

    def _with_more(self, entries: Sequence[Entry], more: Sequence[Excerpt]) -> list[Excerpt]:
        """The entries' own excerpts, and of the others the first ones for which there is room."""
        shown = _excerpts(entries)
        claims = "".join(self._alone(entry) for entry in entries)
        while more and not self._room.holds(claims + render_excerpts(more)):
            more = more[:-1]
        return [*shown, *more]

    def _claim(self, number: int, entry: Entry) -> str:
        placed = entry.placed
        text = self._inputs.templates.render(
            self._kind.claim,
            number=number,
            path=path_label(placed.finding.path),
            side=placed.side.value,
            first=placed.lines.first,
            last=placed.lines.last,
            finding=placed.finding,
            quote=placed.quote,
            problem=entry.problem,
            checked=[f"`{rule.id}`" for rule in entry.checked],
        )
        return display(text)

    def _rule_texts(self, entries: Iterable[Entry]) -> list[str]:
        """The rules that entries name, break or are to keep, each once."""
        rules = dict.fromkeys(
            rule for entry in entries for rule in (*self._named(entry), *entry.broken, *entry.checked)
        )
        return [self._text_of(rule) for rule in rules]

    def _text_of(self, rule: Rule) -> str:
        if rule not in self._texts:
            self._texts[rule] = rule_text(rule, self._inputs.templates)
        return self._texts[rule]

    def _named(self, entry: Entry) -> Iterator[Rule]:
        """The rule that the finding says is broken, as it governs the file."""
        file = self._files.get(entry.placed.finding.path)
        return (rule for rule in (file.rules if file else ()) if rule.id == entry.placed.finding.rule_id)


def bare_text(kind: Kind, templates: Templates) -> str:
    """A pass's last message without anything in it."""
    return templates.render(kind.last, numbers="", rules="", excerpts="", candidates="", has_checks=True)


def _excerpts(entries: Iterable[Entry]) -> list[Excerpt]:
    return [entry.excerpt for entry in entries if entry.excerpt]
