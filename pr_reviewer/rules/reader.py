"""Sections of a file → rules. Each rule gets its id here; what is no rule, or a broken one, is said with its line."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest

from pr_reviewer.languages import language_named
from pr_reviewer.model.rules import Enforcement, Example, Rule, RuleFile, RuleProblem, RuleSource
from pr_reviewer.rules.markdown import Block, BlockKind, Section, slug, split_id
from pr_reviewer.rules.options import InvalidOptions, Options, read_defaults, read_options
from pr_reviewer.rules.parsed import Amendment, ParsedRules, problem

_EXAMPLES = re.compile(r"(?i)^(bad|good)(?: examples?)?:?$")
_VALID_ID = re.compile(r"^\w[\w./-]{0,99}$")
_SENTENCE = re.compile(r"^(.{8,}?[.!?:])(?:\s|$)")
_LONGEST_TITLE = 80
_LONGEST_DERIVED = 90
_LONGEST_AROUND = 4_000
MOST_RULES = 5_000
_ID_WORDS = 8
_LEADING_ON = (
    "a an the this that these those its their our your his her my each every any no not "
    "and or but nor so than as if when while where which who whose what because unless until "
    "of to in on at by for from with without into onto over under via per between within "
    "is are be was were has have do does must should can may will it they you we"
)
_NO_LAST_WORD = frozenset(_LEADING_ON.split())


@dataclass(slots=True)
class RuleReader:
    """Collects the rules and problems of one file. `prefix` stands before the ids that it derives."""

    file: RuleFile
    defaults: Options
    prefix: str = ""
    _rules: list[Rule] = field(default_factory=list)
    _problems: list[RuleProblem] = field(default_factory=list)
    _amendments: list[Amendment] = field(default_factory=list)
    _lines: dict[str, int] = field(default_factory=dict)
    _numbers: dict[str, int] = field(default_factory=dict)
    _derived: set[str] = field(default_factory=set)
    _undecided: set[str] = field(default_factory=set)
    _too_many: int = 0

    def read_front_matter(self, text: str) -> None:
        """Take over the file's defaults."""
        try:
            self.defaults = read_defaults(text, self.defaults)
        except InvalidOptions as error:
            self._say("invalid-front-matter", 2 + error.line, f"the front matter is not used: {error.text}")

    def read_sections(self, sections: Sequence[Section]) -> None:
        """Take up the rules of all sections, in their order."""
        grouped = _with_examples(sections)
        for (section, examples), following in zip_longest(grouped, grouped[1:]):
            is_group = following is not None and following[0].level > section.level
            self._read_section(section, examples, is_group=is_group)

    def parsed(self, text: str) -> ParsedRules:
        """What was read. Nothing may be dropped unsaid: a file with text and without a rule is a problem too."""
        if text.strip() and not (self._rules or self._problems or self._amendments or self.defaults.include):
            self._say("no-rule", 1, "this file states no rule: a rule is a heading with text below it, or a list item")
        if self._too_many:
            self._say(
                "too-many", self._too_many, f"only the first {MOST_RULES} rules of a file are read, not those from here"
            )
        return ParsedRules(
            rules=tuple(self._rules),
            problems=tuple(self._problems),
            amendments=tuple(self._amendments),
            derived=frozenset(self._derived),
            undecided=frozenset(self._undecided),
        )

    def _read_section(self, section: Section, examples: list[Section], *, is_group: bool) -> None:
        """A section is one rule, a list of rules, or neither (a title, a group of rules)."""
        blocks = [block for block in section.of(BlockKind.FENCE) if _is_rule_block(block)]
        if section.level and not section.title:
            text = "a heading without text names no rule; it is left out with what stands below it"
            self._say("no-title", section.line, text)
        elif section.explicit_id is None and not blocks and not examples and section.of(BlockKind.ITEM):
            around = self._around(section)
            for item in section.of(BlockKind.ITEM):
                self._read_item(item, section, around)
        elif blocks or examples or section.explicit_id is not None or _states_a_rule(section):
            self._read_rule(section, blocks, examples)
        elif section.level > 1 and not is_group and not self.prefix:  # other tools' files have many such headings
            self._say("empty-heading", section.line, f"“{section.title}” has no text below it, so it states no rule")

    def _read_rule(self, section: Section, blocks: list[Block], examples: list[Section]) -> None:
        options = replace(self.defaults, said=frozenset())
        for block in blocks[1:]:
            text = f"rule “{section.title}” has a second `yaml rule` block; only the first is read"
            self._say("second-block", block.line, text)
        if blocks:
            try:
                options = read_options(blocks[0].text, self.defaults)
            except InvalidOptions as error:
                line, id_ = blocks[0].line + 1 + error.line, section.explicit_id or ""
                self._leave_out("invalid-rule", line, section.title, error.text, id_)
                return
        text = "\n\n".join(_source(block) for block in section.blocks if not _is_rule_block(block))
        shown = tuple(_example(block, each, options) for each in examples for block in each.of(BlockKind.FENCE))
        rule = self._rule(section.title, text, section.line, options, shown)
        if blocks and section.explicit_id is not None and not text and not shown and options.pattern is None:
            self._amend(rule, section.explicit_id, options)
        else:
            self._add(rule, slug(section.title), section.explicit_id, options)

    def _around(self, section: Section) -> str:
        """What a list as a whole is about, as it goes with each of its items."""
        text = "\n\n".join(block.text for block in section.of(BlockKind.PROSE))
        if len(text) > _LONGEST_AROUND:
            too_long = f"the text around this list is longer than {_LONGEST_AROUND} characters: its items go without it"
            self._say("too-long", section.line, too_long)
        is_used = 0 < len(text) <= _LONGEST_AROUND
        return ": ".join(filter(None, [section.title, text])) if is_used else ""

    def _read_item(self, item: Block, section: Section, around: str) -> None:
        first, *rest = item.text.split("\n")
        first, explicit_id = split_id(first)
        text = "\n".join([first, *rest]).strip()
        title = title_of(text)
        if not title:
            self._say("no-title", item.line, "an empty list item states no rule")
            return
        if around:
            text = f"{text}\n\n{around}"
        derived = "-".join(filter(None, [slug(section.title), *_first_words(title)]))
        self._add(self._rule(title, text, item.line, self.defaults), derived, explicit_id, self.defaults)

    def _rule(self, title: str, text: str, line: int, options: Options, examples: tuple[Example, ...] = ()) -> Rule:
        return Rule(
            id="",
            title=title,
            text=text,
            source=RuleSource(self.file, line),
            severity=options.severity,
            languages=options.languages,
            paths=options.paths,
            changes=options.changes,
            pattern=options.pattern,
            examples=examples,
            category=options.category,
            enforcement=options.enforcement or Enforcement.ADVISORY,
            reason=options.reason,
        )

    def _amend(self, rule: Rule, id_: str, options: Options) -> None:
        if self._takes(rule, id_):
            self._amendments.append(Amendment(id_, rule.title, rule.source, options))

    def _add(self, rule: Rule, derived_id: str, explicit_id: str | None, options: Options) -> None:
        """Keep a rule under its id, unless the id is not one or is taken."""
        id_ = self._unique(self.prefix + (derived_id or "rule")) if explicit_id is None else explicit_id
        if not self._takes(rule, id_):
            return
        if len(self._rules) == MOST_RULES:
            self._too_many = self._too_many or rule.source.line
            return
        self._rules.append(replace(rule, id=id_))
        if explicit_id is None:
            self._derived.add(id_)
        if options.enforcement is None:
            self._undecided.add(id_)

    def _takes(self, rule: Rule, id_: str) -> bool:
        """Whether an id is one and is free; it is not afterwards."""
        line = rule.source.line
        if not _VALID_ID.match(id_):
            why = f"`{id_}` is no id (letters, digits, `-`, `_`, `.`, `/`)"
            self._leave_out("invalid-id", line, rule.title, why)
            return False
        if id_ in self._lines:
            why = f"line {self._lines[id_]} has a rule `{id_}` already"
            self._leave_out("duplicate-id", line, rule.title, why, id_)
            return False
        self._lines[id_] = line
        return True

    def _unique(self, derived: str) -> str:
        """A derived id that is taken gets a number, as GitHub's anchors do."""
        base = _shortened(derived)
        number = self._numbers.get(base, 1)
        while (id_ := base if number == 1 else f"{base}-{number}") in self._lines:
            number += 1
        self._numbers[base] = number
        return id_

    def _leave_out(self, code: str, line: int, title: str, why: str, rule_id: str = "") -> None:
        self._say(code, line, f"rule “{title}” is left out: {why}", rule_id)

    def _say(self, code: str, line: int, text: str, rule_id: str = "") -> None:
        self._problems.append(problem(self.file, line, text, code, rule_id))


def title_of(text: str) -> str:
    """The first sentence of an item, without emphasis."""
    first = text.partition("\n")[0].replace("**", "").replace("__", "").strip()
    sentence = _SENTENCE.match(first)
    title = sentence[1].rstrip(".:") if sentence else first
    return title if len(title) <= _LONGEST_TITLE else title[: _LONGEST_TITLE - 1].rsplit(" ", 1)[0] + "…"


def _first_words(title: str) -> list[str]:
    """The words of an id. Where the title goes on behind them, none at their end leads to the next."""
    words = slug(title).split("-")
    goes_on = len(words) > _ID_WORDS or title.endswith("…")
    return _closed(words[:_ID_WORDS]) if goes_on else words


def _shortened(derived: str) -> str:
    """An id that is short enough, cut between two words where it has any."""
    if len(derived) <= _LONGEST_DERIVED:
        return derived
    whole = derived[: _LONGEST_DERIVED + 1].split("-")[:-1]
    return "-".join(_closed(whole)) if whole else derived[:_LONGEST_DERIVED]


def _closed(words: list[str]) -> list[str]:
    """Words without those at their end that lead to a next one."""
    last = next((number for number in range(len(words), 1, -1) if words[number - 1] not in _NO_LAST_WORD), 1)
    return words[:last]


def _with_examples(sections: Sequence[Section]) -> list[tuple[Section, list[Section]]]:
    """Each section with the Bad and Good sections behind it, whatever their level."""
    grouped: list[tuple[Section, list[Section]]] = []
    for section in sections:
        if _EXAMPLES.match(section.title) and grouped and grouped[-1][0].level:
            grouped[-1][1].append(section)
        else:
            grouped.append((section, []))
    return grouped


def _states_a_rule(section: Section) -> bool:
    """Whether a section without any mark of a rule is one: it has text, and is no title's introduction."""
    return section.level > 1 and bool(section.of(BlockKind.PROSE))


def _is_rule_block(block: Block) -> bool:
    return block.kind is BlockKind.FENCE and block.info.split() in (["yaml", "rule"], ["yml", "rule"])


def _source(block: Block) -> str:
    """A block as it was written; list items and fences get their marks back."""
    if block.kind is BlockKind.ITEM:
        return "- " + block.text.replace("\n", "\n  ")
    return f"```{block.info}\n{block.text}```" if block.kind is BlockKind.FENCE else block.text


def _example(block: Block, section: Section, options: Options) -> Example:
    named = language_named((block.info.split() or [""])[0])
    language = named or (options.languages[0] if options.languages else "")
    return Example(block.text, language, section.title.lower().startswith("bad"), block.line)
