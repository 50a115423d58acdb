"""Rules for a terminal: aligned rows of what governs what, and all about one rule."""

import json
from collections.abc import Iterable, Iterator, Sequence

from pr_reviewer.cli.rules_shelf import Shelf, Subject, by_file, levels_of, nearest_first, scope_of, why_not
from pr_reviewer.model.findings import Severity
from pr_reviewer.model.rules import Enforcement, Quality, Rule, RuleFile, RuleProblem, RuleSource, Standing, Status
from pr_reviewer.report.amounts import count
from pr_reviewer.report.characters import one_line, visible
from pr_reviewer.report.plain import plain_title
from pr_reviewer.report.terminal import Paper, Run, Style, hung, width_of, wrap
from pr_reviewer.report.text import joined

_SEVERITIES = {Severity.ERROR: Style.ERROR, Severity.WARNING: Style.WARNING, Severity.NOTE: Style.NOTE}
_GAP = "  "
_NARROWEST_LAST = 24
Row = Sequence[Run]


def rules_list(shelf: Shelf, subjects: Sequence[Subject], paper: Paper) -> str:
    """What governs each of the files, or without one all rules by source; then what was read and what was not."""
    head = wrap([(f"Rules of {one_line(shelf.name)} at {one_line(shelf.where)}", Style.BOLD)], paper)
    parts: list[Iterable[str]] = [head]
    parts += [_subject(subject, paper) for subject in subjects]
    parts += [] if subjects else _by_source(shelf, paper)
    parts += [_standing(shelf.book.standing, paper)]
    parts += [_sources(shelf, paper)] if subjects else []
    unread = [(each.origin, each.why) for each in shelf.book.unread]
    parts += [_listed("Sources not read", unread, paper)]
    parts += [_listed("Not taken: no rules about code", map(_placed, shelf.book.left_out), paper)]
    parts += [_listed("Problems", map(_placed, shelf.book.problems), paper)]
    parts += [_listed("Packs that are off", [("", ", ".join(shelf.packs_off))] if shelf.packs_off else [], paper)]
    return joined(parts)


def rule_explained(shelf: Shelf, rules: Sequence[Rule], holder: Rule, subject: Subject | None, paper: Paper) -> str:
    """All about one id: the rule that holds, and every level that has it. `rules` is not empty."""
    ink = paper.ink
    head = [(one_line(holder.id), Style.BOLD), ("  ", Style.PLAIN), (plain_title(holder.title), Style.PLAIN)]
    facts = [*_kept(holder), (holder.category, Style.PLAIN), (scope_of(holder), Style.PLAIN)]
    parts: list[Iterable[str]] = [
        [*wrap(head, paper), *wrap(_separated(facts), paper), *wrap(_origins(holder), paper)],
        _verdict(holder, subject, paper),
        _prose(holder.text, paper),
    ]
    if holder.pattern is not None:
        parts.append([ink("Pattern", Style.BOLD), *_indented(_pattern(holder.pattern), Style.CODE, paper)])
    for example in holder.examples:
        label, style = ("Bad", Style.ERROR) if example.is_bad else ("Good", Style.ADDED)
        place = ink(f"{_GAP}{one_line((holder.outer or holder.source).path)}:{example.line}", Style.DIM)
        parts.append([ink(label, style) + place, *_indented(example.code.rstrip("\n"), Style.PLAIN, paper)])
    rows = [_level(rule, why) for rule, why in levels_of(shelf, rules, subject)]
    parts.append([ink("Levels that have it, the nearest first", Style.BOLD), *_table(rows, paper)])
    return joined(parts)


def _subject(subject: Subject, paper: Paper) -> Iterator[str]:
    """A file with the rules that govern it, the nearest source first."""
    language = f" ({subject.language})" if subject.language else ""
    yield paper.ink(one_line(subject.path), Style.BOLD) + paper.ink(language, Style.DIM)
    if not subject.governing:
        yield f"{_GAP}No rule governs this file."
    narrower = paper.narrower(len(_GAP))
    for file, rules in nearest_first(subject.governing):
        yield from hung(_GAP, _group(file, rules, narrower))
    for rule in subject.off:
        said = f" is switched off at {_at(rule.source)}: {rule.reason}"
        yield from hung(_GAP, wrap([(one_line(rule.id), Style.DIM), (one_line(said), Style.PLAIN)], narrower))


def _group(file: RuleFile, rules: Sequence[Rule], paper: Paper) -> Iterator[str]:
    """A source of rules and its rules, each with its line."""
    path = "" if file.origin == file.path else f" · {one_line(file.path)}"
    governs = f" · governs {one_line(file.folder)}/" if file.folder else ""
    yield paper.ink(one_line(file.origin), Style.BOLD) + paper.ink(path + governs, Style.DIM)
    rows = [[(f":{rule.source.line}", Style.DIM), *_row(rule), _says(rule)] for rule in rules]
    yield from _table(rows, paper)


def _by_source(shelf: Shelf, paper: Paper) -> Iterator[Iterable[str]]:
    return (_group(file, rules, paper) for file, rules in by_file(shelf.book.rules).items())


def _sources(shelf: Shelf, paper: Paper) -> Iterator[str]:
    rows = [
        [
            (one_line(file.origin), Style.PLAIN),
            (count(len(rules), "rule"), Style.PLAIN),
            (one_line(file.path), Style.DIM),
        ]
        for file, rules in by_file(shelf.book.rules).items()
    ]
    if rows:
        yield paper.ink("Sources read", Style.BOLD)
    yield from _table(rows, paper)


def _standing(standing: Standing, paper: Paper) -> Iterator[str]:
    """Only what the organisation says of this repository beyond the usual."""
    if standing.quality is not Quality.NORMAL or standing.status is not Status.MAINTAINED or standing.note:
        yield paper.ink("Standing", Style.BOLD)
        successor = f"successor: {standing.successor}" if standing.successor else ""
        said = " · ".join(filter(None, (standing.quality, standing.status, standing.note, successor)))
        yield from hung(_GAP, wrap([(one_line(said), Style.PLAIN)], paper.narrower(len(_GAP))))


def _listed(title: str, entries: Iterable[tuple[str, str]], paper: Paper) -> Iterator[str]:
    """A heading and its entries; nothing at all without entries."""
    entries = list(entries)
    if entries:
        yield paper.ink(title, Style.BOLD)
    for place, text in entries:
        runs = [(f"{one_line(place)}: " if place else "", Style.DIM), (one_line(text), Style.PLAIN)]
        yield from hung(_GAP, wrap(runs, paper.narrower(len(_GAP))))


def _placed(problem: RuleProblem) -> tuple[str, str]:
    return f"{problem.path}:{problem.line}", problem.text


def _row(rule: Rule) -> list[Run]:
    return [(one_line(rule.id), Style.PLAIN), *_kept(rule)]


def _kept(rule: Rule) -> list[Run]:
    off = rule.enforcement is Enforcement.OFF
    strictness = Style.DIM if off else Style.BOLD if rule.enforcement is Enforcement.REQUIRED else Style.PLAIN
    return [
        (rule.severity, Style.DIM if off else _SEVERITIES[rule.severity]),
        (rule.enforcement, strictness),
        ("judgement" if rule.pattern is None else "pattern", Style.PLAIN),
    ]


def _says(rule: Rule) -> Run:
    """The title; of a rule that is off, why it is."""
    return (
        (one_line(f"off: {rule.reason}"), Style.DIM)
        if rule.enforcement is Enforcement.OFF
        else (
            plain_title(rule.title),
            Style.PLAIN,
        )
    )


def _where(rule: Rule) -> Run:
    origin = "" if rule.source.path.startswith(rule.source.origin) else f" ({rule.source.origin})"
    return one_line(f"{_at(rule.source)}{origin}"), Style.DIM


def _at(source: RuleSource) -> str:
    return f"{source.path}:{source.line}"


def _origins(rule: Rule) -> list[Run]:
    text, style = _where(rule)
    outer = f", amends {_at(rule.outer)} ({rule.outer.origin})" if rule.outer else ""
    return [(text + one_line(outer), style)]


def _verdict(holder: Rule, subject: Subject | None, paper: Paper) -> Iterator[str]:
    """Whether it governs the file that was asked about; who switched it off, and why."""
    if holder.enforcement is Enforcement.OFF:
        yield from wrap([(one_line(f"Switched off at {_at(holder.source)}: {holder.reason}"), Style.WARNING)], paper)
    elif subject is not None:
        why = why_not(holder, subject)
        said = f"It does not govern {subject.path}: {why}." if why else f"It governs {subject.path}."
        yield from wrap([(one_line(said), Style.WARNING if why else Style.ADDED)], paper)


def _prose(text: str, paper: Paper) -> Iterator[str]:
    """Markdown as it was written, its long lines wrapped; code keeps its lines."""
    is_code = False
    for line in visible(text.strip()).split("\n") if text.strip() else ():
        is_fence = line.lstrip().startswith(("```", "~~~"))
        is_code ^= is_fence
        indent = line[: len(line) - len(line.lstrip())]
        if is_code or is_fence or not line.strip():
            yield line
        else:
            yield from hung(indent, wrap([(line.strip(), Style.PLAIN)], paper.narrower(len(indent))))


def _level(rule: Rule, why: str) -> Row:
    enforcement = (rule.enforcement, Style.DIM if rule.enforcement is Enforcement.OFF else Style.PLAIN)
    return [
        (one_line(rule.source.origin), Style.PLAIN),
        (one_line(_at(rule.source)), Style.DIM),
        (rule.severity, _SEVERITIES[rule.severity]),
        enforcement,
        (one_line(why), Style.PLAIN),
    ]


def _pattern(pattern: str) -> str:
    """As people write it: code alone as code, a rule of ast-grep's as YAML."""
    value = json.loads(pattern)
    if list(value) == ["pattern"] and isinstance(value["pattern"], str):
        return str(value["pattern"])
    import yaml

    return str(yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=100)).rstrip("\n")


def _indented(text: str, style: Style, paper: Paper) -> Iterator[str]:
    return (f"{_GAP}{paper.ink(visible(line), style)}".rstrip(" ") for line in text.split("\n"))


def _separated(runs: Sequence[Run]) -> Iterator[Run]:
    for index, run in enumerate(run for run in runs if run[0]):
        yield from ([(" · ", Style.DIM)] if index else [])
        yield run


def _table(rows: Sequence[Row], paper: Paper) -> Iterator[str]:
    """Rows in aligned columns; the last one is wrapped in what is left of the width."""
    columns = len(rows[0]) - 1 if rows else 0
    widths = [max(width_of(row[column][0]) for row in rows) for column in range(columns)]
    taken = sum(widths) + len(_GAP) * (columns + 1)
    for row in rows:
        cells = [_cell(run, width, paper) for run, width in zip(row, widths, strict=False)]
        first, *rest = wrap([row[-1]], Paper(max(paper.width - taken, _NARROWEST_LAST), paper.ink))
        yield (_GAP + _GAP.join([*cells, first])).rstrip(" ")
        yield from (" " * taken + line for line in rest)


def _cell(run: Run, width: int, paper: Paper) -> str:
    return paper.ink(*run) + " " * (width - width_of(run[0]))
