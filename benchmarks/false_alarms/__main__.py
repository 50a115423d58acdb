"""Scan, count the hits, and say which of them nobody has judged. Writes `results.json`; no figure is made up for it."""

import argparse
import asyncio
import json
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from benchmarks.false_alarms.hits import (
    RESULTS,
    Hit,
    Scan,
    pack_rules,
    read_results,
    read_verdicts,
    scan,
    with_rows,
)
from benchmarks.false_alarms.sources import Source, fetch, read_corpus
from pr_reviewer.model.rules import Rule

_AROUND = 6


def main() -> None:
    """Exit code 1: there are hits that nobody has judged."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.false_alarms")
    parser.add_argument(
        "--rule", action="append", help="only this rule, the figures of others stay (may be given repeatedly)"
    )
    parser.add_argument("--show", action="store_true", help="print the code around each hit that nobody has judged")
    arguments = parser.parse_args()
    rules = [rule for rule in pack_rules() if rule.pattern and (not arguments.rule or rule.id in arguments.rule)]
    sources = read_corpus()
    scans: dict[str, Scan] = {}
    for source in sources:
        fetch(source)
        scans[source.name] = asyncio.run(scan(source, rules))
        print(f"{source.name} {source.version}: {scans[source.name].files} files", flush=True)
    results = _results(rules, sources, scans)
    if arguments.rule:
        results = with_rows(read_results(), results["rules"])
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    unjudged = _report(rules, scans)
    if arguments.show:
        _show(unjudged, {source.name: source for source in sources})
    raise SystemExit(1 if unjudged else 0)


def _results(rules: Sequence[Rule], sources: Sequence[Source], scans: dict[str, Scan]) -> dict[str, Any]:
    """What was scanned, and of each rule: the lines it was asked about, how often it hit, and where."""
    rows = []
    for rule in rules:
        hits = _hits(rule, scans)
        lines = sum(count for each in scans.values() for name, count in each.lines.items() if _speaks(rule, name))
        places = [[hit.source, hit.file, hit.line] for hit in sorted(hits)]
        rows.append({"rule": rule.id, "lines": lines, "hits": len(hits), "places": places})
    bodies = [
        {
            "name": source.name,
            "version": source.version,
            "files": scans[source.name].files,
            "lines": sum(scans[source.name].lines.values()),
            "languages": dict(scans[source.name].lines),
            "problems": list(scans[source.name].problems),
        }
        for source in sources
    ]
    return {"sources": bodies, "rules": rows}


def _report(rules: Sequence[Rule], scans: dict[str, Scan]) -> list[Hit]:
    """Print a line for each rule that hits something; return the hits that still have to be judged."""
    verdicts = read_verdicts()
    unjudged: list[Hit] = []
    for rule in rules:
        hits = _hits(rule, scans)
        open_hits = [hit for hit in hits if hit not in verdicts]
        unjudged += open_hits
        by_source: dict[str, int] = defaultdict(int)
        for hit in hits:
            by_source[hit.source] += 1
        if hits:
            where = ", ".join(f"{name} {count}" for name, count in by_source.items())
            print(f"{rule.id:40} {len(hits):5} hits, {len(open_hits)} to judge   {where}")
    for name, each in scans.items():
        for problem in each.problems:
            print(f"{name}: {problem}")
    return unjudged


def _hits(rule: Rule, scans: dict[str, Scan]) -> list[Hit]:
    return [hit for each in scans.values() for hit in each.hits if hit.rule == rule.id]


def _speaks(rule: Rule, language: str) -> bool:
    return language in rule.languages or (language == "tsx" and "typescript" in rule.languages)


def _show(hits: Sequence[Hit], sources: dict[str, Source]) -> None:
    for hit in hits:
        text = (sources[hit.source].folder / hit.file).read_text(encoding="utf-8", errors="replace")
        lines = text.split("\n")
        print(f"\n== {hit.rule},{hit.source},{hit.file},{hit.line}")
        for number in range(max(1, hit.line - _AROUND), min(len(lines), hit.line + _AROUND) + 1):
            print(f"{'>' if number == hit.line else ' '}{number:5} {lines[number - 1][:160]}")


main()
