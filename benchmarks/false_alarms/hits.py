"""Where the rules hit, how many lines they were asked about, and what people said of the hits."""

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.false_alarms.sources import Source
from pr_reviewer.languages import language_of
from pr_reviewer.model.rules import Level, Rule, RuleFile
from pr_reviewer.patterns.worker import PatternWorker
from pr_reviewer.resources import data_text, list_data
from pr_reviewer.rules.parse import parse_rules

HERE = Path(__file__).parent
RESULTS = HERE / "results.json"
VERDICTS = HERE / "verdicts.csv"


@dataclass(frozen=True, slots=True, order=True)
class Hit:
    """One place that a rule hits."""

    rule: str
    source: str
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a person who looked at a hit says: whether the rule is right there, and why in one word."""

    is_true: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Figure:
    """What is known of one rule: lines it was asked about, hits, hits that somebody judged, false ones of these."""

    rule: str
    lines: int
    hits: int
    judged: int
    false: int


@dataclass(frozen=True, slots=True)
class Scan:
    """What one source gave: its hits, and how many files and lines it has in each language."""

    hits: tuple[Hit, ...]
    files: int
    lines: Mapping[str, int]
    problems: tuple[str, ...]


def pack_rules() -> list[Rule]:
    """Every rule of every pack, in the order of the files."""
    rules: list[Rule] = []
    for path in list_data("best_practices"):
        rules += parse_rules(data_text(path), RuleFile(Level.PACK, f"pack {path.split('/')[1]}", path)).rules
    return rules


async def scan(source: Source, rules: Sequence[Rule]) -> Scan:
    """Ask all pattern rules about all files of a source, as a review would ask them."""
    hits: set[Hit] = set()
    lines: dict[str, int] = {}
    files = 0
    problems: list[str] = []
    async with PatternWorker(seconds=30) as worker:
        for path, text in source.files():
            result = await worker.matches({path: text}, rules)
            problems += result.problems
            hits |= {Hit(hit.rule_id, source.name, path, hit.lines.first) for hit in result.hits[path]}
            language = language_of(path) or ""
            lines[language] = lines.get(language, 0) + text.count("\n")
            files += 1
    return Scan(tuple(sorted(hits)), files, lines, tuple(problems))


def read_verdicts() -> dict[Hit, Verdict]:
    """The verdicts of `verdicts.csv`."""
    with VERDICTS.open(newline="", encoding="utf-8") as file:
        return {
            Hit(row["rule"], row["source"], row["file"], int(row["line"])): Verdict(
                row["verdict"] == "true", row["reason"]
            )
            for row in csv.DictReader(file)
        }


def read_results() -> dict[str, Any]:
    """What the last scan wrote: `sources`, and `rules` with the places that each hit."""
    results: dict[str, Any] = json.loads(RESULTS.read_text(encoding="utf-8"))
    return results


def with_rows(results: Mapping[str, Any], rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """What a scan wrote, with the rows of some rules from a newer one over the same sources."""
    newer = {row["rule"]: row for row in rows}
    return {**results, "rules": [newer.get(row["rule"], row) for row in results["rules"]]}


def read_figures() -> list[Figure]:
    """The last scan and the verdicts, put together; in the order of the rules."""
    verdicts = read_verdicts()
    figures = []
    for row in read_results()["rules"]:
        looked = [verdicts[hit] for each in row["places"] if (hit := Hit(row["rule"], *each)) in verdicts]
        false = sum(not verdict.is_true for verdict in looked)
        figures.append(Figure(row["rule"], row["lines"], row["hits"], len(looked), false))
    return figures
