"""What /config says: the settings that hold for a pull request, and where each comes from. No secret, host or path."""

from collections.abc import Iterator, Sequence

from pr_reviewer.masking import mask
from pr_reviewer.report.amounts import count
from pr_reviewer.report.characters import one_line
from pr_reviewer.report.links import without_folders
from pr_reviewer.report.sections import Section, details, fit
from pr_reviewer.report.tree import Code
from pr_reviewer.report.write import write_cell
from pr_reviewer.settings.schema.keys import Key
from pr_reviewer.settings.schema.layers import Layer, Trust
from pr_reviewer.settings.schema.resolve import Row

LONGEST_BODY = 65_000
_LONGEST_VALUE = 300
# What an operator alone sets is shown where it says how reviews are made, and not where: no host, no folder, no key.
_TOLD = ("models", "review", "check")
_UNTOLD = ("models.cards",)
_HEAD = "| Setting | Value |\n|:--|:--|\n"
_MORE = "| and {} more | |"


def config_body(rows: Sequence[Row], keys: Sequence[Key]) -> str:
    """Tables: what is set, open; what is left at its default, folded away; and that the rest is not told here."""
    told = {key.name for key in keys if is_told(key)}
    shown = [row for row in rows if row.key in told]
    own = [row for row in shown if row.source != Layer.DEFAULTS.label]
    rest = [row for row in shown if row.source == Layer.DEFAULTS.label]
    heading = "**Settings that hold for this pull request**"
    first = Section(f"{heading}\n\n{_HEAD}", tuple(map(_sourced, own)), more=_MORE, rank=1)
    sections = (
        first if own else Section(f"{heading}: every one is at its default."),
        _defaults(rest),
        Section(f"<sub>{_untold(len(rows) - len(shown))}</sub>"),
    )
    return fit(sections, LONGEST_BODY)


def is_told(key: Key) -> bool:
    """Whether people on a pull request may see this setting."""
    if key.is_secret or key.name in _UNTOLD:
        return False
    return key.least_trust is not Trust.OPERATOR or key.name.partition(".")[0] in _TOLD


def _defaults(rows: Sequence[Row]) -> Section:
    if not rows:
        return Section("")
    summary = f"{count(len(rows), 'setting')} left at the default"
    section = details(summary, tuple(map(_row, rows)), more=_MORE, rank=2)
    return Section(f"{section.before}{_HEAD}", section.rows, section.after, section.gap, section.more, section.rank)


def _sourced(row: Row) -> str:
    """The source stands below the name: three columns leave no room on a telephone."""
    return _row(row, f"<br>from {write_cell((Code(_source(row.source)),))}")


def _row(row: Row, below: str = "") -> str:
    value = mask(one_line(row.value)).text or "not set"
    short = value if len(value) <= _LONGEST_VALUE else f"{value[:_LONGEST_VALUE]}…"
    return f"| {write_cell((Code(row.key),))}{below} | {write_cell((Code(short),))} |"


def _source(source: str) -> str:
    """`repository .pr_reviewer.toml:3`; of a file on the operator's disk its name alone."""
    return mask(" ".join(_without_folders(source.split(" ")))).text


def _without_folders(words: Sequence[str]) -> Iterator[str]:
    yield from map(without_folders, map(one_line, words))


def _untold(number: int) -> str:
    return f"{count(number, 'setting')} of the operator's (hosts, keys, folders, the server) not shown here."
