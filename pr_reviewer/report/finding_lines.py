"""One finding on a terminal.

error: Session token is compared with `==`
  src/auth/session.py:42  security

     41 |       expected = self._sign(self.user)
  >  42 | +     return token == expected

  The comparison ends at the first byte that differs, so ...

What breaks a rule ends with the rule's title, whose it is, and where it stands.
"""

from collections.abc import Iterator, Sequence

from pr_reviewer.diff.render import path_label
from pr_reviewer.model.changes import FileDiff
from pr_reviewer.model.findings import Finding, Placed, Severity, Unplaced
from pr_reviewer.report.amounts import count
from pr_reviewer.report.characters import one_line, visible
from pr_reviewer.report.comments import changed_lines, location_text
from pr_reviewer.report.excerpt import ExcerptLine, excerpt
from pr_reviewer.report.links import Links
from pr_reviewer.report.prose_lines import prose_lines, runs_of
from pr_reviewer.report.read import read_blocks
from pr_reviewer.report.rule_rows import whose
from pr_reviewer.report.sanitise import LONGEST_PROSE, title_pieces
from pr_reviewer.report.terminal import TAB_WIDTH, Paper, Run, Style, hung, wrap

_INDENT = "  "
_SEVERITIES = {Severity.ERROR: Style.ERROR, Severity.WARNING: Style.WARNING, Severity.NOTE: Style.NOTE}
_SIGNS = {"+": Style.ADDED, "-": Style.REMOVED}


def placed_lines(placed: Placed, files: Sequence[FileDiff], paper: Paper, links: Links) -> Iterator[str]:
    """Severity and title, where it stands, the code, why it matters, and what would be better."""
    finding = placed.finding
    yield from _headline(finding, paper)
    yield from where_lines(location_text(placed), f"  {_origin(finding)}", paper)
    yield from body_lines(placed, files, paper, links)


def body_lines(placed: Placed, files: Sequence[FileDiff], paper: Paper, links: Links) -> Iterator[str]:
    """What stands below a finding's headline and place."""
    yield ""
    yield from _code(placed, excerpt(placed, files), paper)
    yield from _message(placed.finding, paper)
    yield from _suggestion(placed, paper)
    yield from _rule(placed.finding, paper, links)


def unplaced_lines(unplaced: Unplaced, paper: Paper, links: Links) -> Iterator[str]:
    """The same without a place, and why it has none."""
    finding = unplaced.finding
    yield from _headline(finding, paper)
    yield from where_lines(path_label(finding.path), f" (no line: {unplaced.why})  {_origin(finding)}", paper)
    yield from _message(finding, paper)
    yield from _rule(finding, paper, links)


def folded_lines(folded: Sequence[Placed], paper: Paper, links: Links) -> Iterator[str]:
    """What is beyond the limit of comments: a line or two each."""
    if folded:
        yield paper.ink(f"{count(len(folded), 'more finding')}, beyond the limit of comments", Style.BOLD)
    for placed in folded:
        finding = placed.finding
        where = (f"  {location_text(placed)}", Style.DIM)
        runs = [_label(finding), *title_runs(finding, paper), where, *_short_rule(finding, links)]
        yield from hung(_INDENT, wrap(runs, paper.narrower(len(_INDENT))))


def title_runs(finding: Finding, paper: Paper) -> list[Run]:
    """The title with its code told apart."""
    return runs_of(title_pieces(finding.title), paper.ink)


def _headline(finding: Finding, paper: Paper) -> Iterator[str]:
    titled = [(text, Style.BOLD if style is Style.PLAIN else style) for text, style in title_runs(finding, paper)]
    yield from hung("", wrap([_label(finding), *titled], paper))


def where_lines(place: str, rest: str, paper: Paper) -> Iterator[str]:
    """The place, and quietly the rest."""
    yield from hung(_INDENT, wrap([(place, Style.BOLD), (rest, Style.DIM)], paper.narrower(len(_INDENT))))


def _label(finding: Finding) -> Run:
    return f"{finding.severity}: ", _SEVERITIES[finding.severity]


def _origin(finding: Finding) -> str:
    """What kind of defect, or which rule."""
    return f"rule {one_line(finding.rule_id)}" if finding.rule_id else finding.category


def _short_rule(finding: Finding, links: Links) -> Iterator[Run]:
    if finding.rule_id:
        place = one_line(links.cite(finding.path, finding.rule_id).on_disk)
        yield f"  {_origin(finding)}{f' ({place})' if place else ''}", Style.DIM


def _rule(finding: Finding, paper: Paper, links: Links) -> Iterator[str]:
    """The last line: `Rule: No bare except · repository · best_practices.md:12`."""
    citation = links.cite(finding.path, finding.rule_id) if finding.rule_id else None
    if citation and citation.on_disk:
        name = "".join(text for text, _ in runs_of(title_pieces(citation.title), paper.ink))
        origin = "".join(piece.text for piece in whose(citation))
        parts = filter(None, (name, origin, one_line(citation.on_disk)))
        yield ""
        yield from hung(_INDENT, wrap([(f"Rule: {' · '.join(parts)}", Style.DIM)], paper.narrower(len(_INDENT))))


def _code(placed: Placed, lines: Sequence[ExcerptLine], paper: Paper) -> Iterator[str]:
    """The lines with numbers, the placed ones marked with `>`; without a diff, the quote."""
    digits = len(str(max((line.number or 0 for line in lines), default=0)))
    for line in lines:
        number = "" if line.number is None else str(line.number)
        sign = line.kind or " "
        code = paper.ink(f"{sign} {line.text.expandtabs(TAB_WIDTH)}", _SIGNS.get(sign, Style.PLAIN))
        pointer = paper.ink(">", _SEVERITIES[placed.finding.severity]) if line.is_placed else " "
        yield f"{_INDENT}{pointer} {paper.ink(f'{number:>{digits}} |', Style.DIM)} {code}".rstrip(" ")
    if not lines:
        yield from (f"{_INDENT}> {visible(line).expandtabs(TAB_WIDTH)}" for line in placed.quote.split("\n"))


def _message(finding: Finding, paper: Paper) -> Iterator[str]:
    blocks = read_blocks(finding.message[:LONGEST_PROSE])
    if blocks:
        yield ""
    yield from hung(_INDENT, prose_lines(blocks, paper.narrower(len(_INDENT))))


def _suggestion(placed: Placed, paper: Paper) -> Iterator[str]:
    if placed.finding.suggestion is not None:
        yield ""
        yield f"{_INDENT}Suggestion:"
        for line in changed_lines(placed):
            text = f"{line[:1]} {line[1:].expandtabs(TAB_WIDTH)}".rstrip(" ")
            yield f"{_INDENT}  {paper.ink(text, _SIGNS[line[:1]])}"
    elif placed.suggestion_problem:
        runs = [(f"No suggestion: {one_line(placed.suggestion_problem)}", Style.DIM)]
        yield ""
        yield from hung(_INDENT, wrap(runs, paper.narrower(len(_INDENT))))
