"""The engine's side of the worker: definitions, syntax problems and pattern hits, file by file.

A file or a pattern that hangs or crashes a parser costs itself and nothing else, and is named.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Any, Self

from pr_reviewer.languages import language_of
from pr_reviewer.masking import mask
from pr_reviewer.model.changes import LineRange
from pr_reviewer.model.code import Definition, PatternHit, SyntaxProblem
from pr_reviewer.model.rules import Rule
from pr_reviewer.patterns.abilities import CHECKED, MATCHED, OUTLINED
from pr_reviewer.patterns.child import Child, Exchange
from pr_reviewer.rules.select import RuleSelector

UNQUOTED = "unexpected code"

_SECONDS = 5.0
_MEMORY_BYTES = 2**30
_MAX_CHARACTERS = 1_000_000
_Key = tuple[str, str | None]  # a rule's id and pattern
_MOST_FAILURES = 2  # a rule that hangs on every file must not cost files x deadline


@dataclass(frozen=True, slots=True)
class PatternResult:
    """The hits of each file that was asked about, and sentences about what could not be checked.

    `failed` tells of each rule whose pattern was refused, or did not end in time, why: in ast-grep's words, or ours.
    `unchecked` holds the rules with a pattern that governed a file and were not checked on it; `refused` those of them
    whose pattern means nothing in the file's language.
    """

    hits: Mapping[str, tuple[PatternHit, ...]]
    problems: tuple[str, ...] = ()
    failed: Mapping[str, str] = field(default_factory=dict)
    unchecked: Mapping[str, frozenset[str]] = field(default_factory=dict)
    refused: Mapping[str, frozenset[str]] = field(default_factory=dict)


class PatternWorker:
    """Asks a child process, which starts when it is first needed and ends with the context.

    `seconds` is the deadline of one file (one rule on one file, in `matches`), `max_characters` the longest text
    that is sent. `problems` are the sentences about what `outline` and `syntax_errors` could not do.
    """

    def __init__(
        self, *, seconds: float = _SECONDS, memory_bytes: int = _MEMORY_BYTES, max_characters: int = _MAX_CHARACTERS
    ) -> None:
        self._child = Child(seconds, memory_bytes)
        self._max_characters = max_characters
        self._problems: dict[str, None] = {}
        self._memory = _Memory()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._child.close()

    @property
    def problems(self) -> tuple[str, ...]:
        """What `outline` and `syntax_errors` could not do so far, each sentence once."""
        return tuple(self._problems)

    @property
    def pid(self) -> int | None:
        """The child process, None while none runs."""
        return self._child.pid

    async def outline(self, files: Mapping[str, str]) -> Mapping[str, tuple[Definition, ...]]:
        """The definitions in each file, nested ones too; none where the language has no grammar."""
        found: dict[str, tuple[Definition, ...]] = {}
        for path, text in files.items():
            answer = await self._ask_one("outline", path, text, OUTLINED)
            rows = answer["definitions"] if answer else []
            found[path] = tuple(Definition(name, LineRange(first, last)) for name, first, last in rows)
        return found

    async def syntax_errors(self, files: Mapping[str, str]) -> Mapping[str, tuple[SyntaxProblem, ...] | None]:
        """The places in each file that do not parse; None where that cannot be told."""
        found: dict[str, tuple[SyntaxProblem, ...] | None] = {}
        for path, text in files.items():
            answer = await self._ask_one("syntax", path, text, CHECKED)
            rows = answer["problems"] if answer else None
            found[path] = None if rows is None else _without_secrets([SyntaxProblem(*row) for row in rows], text, path)
        return found

    async def matches(self, files: Mapping[str, str], rules: Sequence[Rule]) -> PatternResult:
        """Where the rules that govern each file and have a pattern match; prose rules are passed over."""
        selector = RuleSelector(rule for rule in rules if rule.pattern is not None)
        governing = {path: selector.select(path, _language(path, text)) for path, text in files.items()}
        return await self._match_each(files, governing, _Memory())

    async def matches_by_file(self, files: Mapping[str, str], governing: Mapping[str, Sequence[Rule]]) -> PatternResult:
        """Where the rules that are given for each file match; prose rules are passed over.

        A rule that hung twice is not tried again while this worker lives.
        """
        return await self._match_each(files, governing, self._memory)

    async def _match_each(
        self, files: Mapping[str, str], governing: Mapping[str, Sequence[Rule]], memory: "_Memory"
    ) -> PatternResult:
        run = _Run(self._child, memory)
        hits: dict[str, tuple[PatternHit, ...]] = {}
        for path, text in files.items():
            language, rules = _language(path, text), [rule for rule in governing.get(path, ()) if rule.pattern]
            if language not in MATCHED:
                run.refuse(path, rules)
                hits[path] = ()
            elif not rules:
                hits[path] = ()
            elif len(text) > self._max_characters:
                run.problems[f"{path} is too long ({len(text)} characters): no pattern rule was checked on it"] = None
                run.skip(path, rules)
                hits[path] = ()
            else:
                hits[path] = await run.match(path, text, str(language), rules)
        return PatternResult(hits, tuple(run.problems), run.failed, _frozen(run.unchecked), _frozen(run.refused))

    async def _ask_one(self, ask: str, path: str, text: str, able: frozenset[str]) -> Mapping[str, Any] | None:
        language = _language(path, text)
        if language not in able:
            return None
        if len(text) > self._max_characters:
            self._problems[f"{path} is too long ({len(text)} characters) to be parsed"] = None
            return None
        exchange = await self._child.ask({"ask": ask, "path": path, "text": text, "language": language})
        if exchange.failure:
            self._problems[f"{path} was not parsed: {exchange.failure}"] = None
            return None
        return exchange.answers[0]


@dataclass(frozen=True, slots=True)
class _Memory:
    """Which rules failed, by id and pattern: two levels may have a rule of one id."""

    failures: Counter[_Key] = field(default_factory=Counter)
    broken: set[tuple[_Key, str]] = field(default_factory=set)


class _Run:
    """One question about files: remembers which rules failed, so that they are not tried for ever."""

    def __init__(self, child: Child, memory: _Memory) -> None:
        self.problems: dict[str, None] = {}
        self.failed: dict[str, str] = {}
        self.unchecked: dict[str, set[str]] = {}
        self.refused: dict[str, set[str]] = {}
        self._child = child
        self._memory = memory

    async def match(self, path: str, text: str, language: str, rules: Sequence[Rule]) -> tuple[PatternHit, ...]:
        """The hits in one file. A rule that hangs or crashes loses this file; the others go on in a new child."""
        waiting = [rule for rule in rules if self._is_worth_trying(rule, language)]
        self.skip(path, [rule for rule in rules if rule not in waiting])
        self.refuse(path, [rule for rule in rules if (_key(rule), language) in self._memory.broken])
        hits: list[PatternHit] = []
        while waiting:
            patterns = [rule.pattern for rule in waiting]
            exchange = await self._child.ask(
                {"ask": "match", "path": path, "text": text, "language": language, "patterns": patterns}
            )
            hits += self._read(exchange, waiting, language, path)
            waiting = self._remaining(exchange, waiting, path)
        return tuple(sorted(hits, key=lambda hit: (hit.lines.first, hit.lines.last, hit.rule_id)))

    def skip(self, path: str, rules: Iterable[Rule]) -> None:
        """Note that rules were not checked on a file."""
        ids = {rule.id for rule in rules}
        if ids:
            self.unchecked.setdefault(path, set()).update(ids)

    def refuse(self, path: str, rules: Iterable[Rule]) -> None:
        """Note that rules have no pattern that means anything in a file's language."""
        ids = {rule.id for rule in rules}
        if ids:
            self.unchecked.setdefault(path, set()).update(ids)
            self.refused.setdefault(path, set()).update(ids)

    def _is_worth_trying(self, rule: Rule, language: str) -> bool:
        memory, key = self._memory, _key(rule)
        return memory.failures[key] < _MOST_FAILURES and (key, language) not in memory.broken

    def _read(self, exchange: Exchange, rules: Sequence[Rule], language: str, path: str) -> list[PatternHit]:
        hits: list[PatternHit] = []
        for rule, answer in zip(rules, exchange.answers[1:], strict=False):  # the first says that the file was parsed
            if "broken" in answer:
                self._memory.broken.add((_key(rule), language))
                self.refuse(path, [rule])
                self.failed.setdefault(rule.id, answer["broken"])
                self.problems[f"rule {rule.id} ({_place(rule)}) has a pattern that fails: {answer['broken']}"] = None
            hits += [PatternHit(rule.id, LineRange(first, last)) for first, last in answer.get("ranges", ())]
        return hits

    def _remaining(self, exchange: Exchange, rules: list[Rule], path: str) -> list[Rule]:
        """The rules that still have to be tried on this file."""
        if not exchange.failure:
            return []
        if not exchange.answers:
            self.problems[f"{path} was not checked by pattern rules: {exchange.failure}"] = None
            self.skip(path, rules)
            return []
        done = len(exchange.answers) - 1
        failed = rules[done]
        self.skip(path, [failed])
        self._memory.failures[_key(failed)] += 1
        self.failed.setdefault(failed.id, exchange.failure)
        self.problems[f"rule {failed.id} ({_place(failed)}) was not checked on {path}: {exchange.failure}"] = None
        if self._memory.failures[_key(failed)] == _MOST_FAILURES:
            self.problems[f"rule {failed.id} was not checked on the files after {path}: it failed too often"] = None
        return rules[done + 1 :]


def _without_secrets(problems: Sequence[SyntaxProblem], text: str, path: str) -> tuple[SyntaxProblem, ...]:
    """The problems; where a line holds a secret, its sentence quotes nothing: the parser saw the text unmasked."""
    secret = mask(text, path).lines if problems else frozenset()
    return tuple(replace(each, text=UNQUOTED) if each.line in secret else each for each in problems)


def _key(rule: Rule) -> _Key:
    return rule.id, rule.pattern


def _frozen(ids: Mapping[str, set[str]]) -> Mapping[str, frozenset[str]]:
    return {path: frozenset(each) for path, each in ids.items()}


def _language(path: str, text: str) -> str | None:
    return language_of(path, text.partition("\n")[0])


def _place(rule: Rule) -> str:
    return f"{rule.source.path}:{rule.source.line}"
