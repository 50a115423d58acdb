"""What /improve says, for a terminal."""

from collections.abc import Iterable, Iterator, Sequence

from pr_reviewer.diff.render import path_label
from pr_reviewer.model.changes import FileDiff
from pr_reviewer.model.improvements import Impact, Improvements, Offer, Withheld
from pr_reviewer.report.amounts import cost_text, count
from pr_reviewer.report.characters import one_line
from pr_reviewer.report.comments import location_text
from pr_reviewer.report.coverage_rows import left_out, missed
from pr_reviewer.report.finding_lines import body_lines, title_runs, where_lines
from pr_reviewer.report.improvements import improvements_verdict, withheld_words
from pr_reviewer.report.links import Links
from pr_reviewer.report.terminal import Ink, Paper, Style, hung, wrap
from pr_reviewer.report.text import Detail, coverage_lines, joined
from pr_reviewer.report.verdict import other_failures

_WIDEST = 100
_INDENT = "  "
_STYLES = {Impact.HIGH: Style.ERROR, Impact.MEDIUM: Style.WARNING, Impact.LOW: Style.NOTE}


def improvements_text(
    improvements: Improvements,
    files: Sequence[FileDiff] = (),
    *,
    width: int = 80,
    is_coloured: bool = False,
    detail: Detail = Detail.NORMAL,
    links: Links = Links(),  # noqa: B008 frozen
) -> str:
    """The suggestions as text that ends with a line feed; why each other idea has none, with `Detail.VERBOSE`."""
    paper = Paper(min(width, _WIDEST), Ink(is_coloured))
    review = improvements.review
    parts: list[Iterable[str]] = [wrap([(improvements_verdict(improvements), Style.BOLD)], paper)]
    parts += [_offer(offer, files, paper, links) for offer in improvements.offers]
    parts.append(_folded(improvements.folded, paper))
    if detail > Detail.QUIET:
        parts.append(_withheld(improvements.withheld, paper, is_verbose=detail is Detail.VERBOSE))
        parts.append(_gaps(improvements, paper, is_verbose=detail is Detail.VERBOSE))
        parts.append([paper.ink(cost_text(review.cost, map(one_line, review.models)), Style.DIM)])
    return joined(parts)


def _offer(offer: Offer, files: Sequence[FileDiff], paper: Paper, links: Links) -> Iterator[str]:
    finding = offer.placed.finding
    titled = [(text, Style.BOLD if style is Style.PLAIN else style) for text, style in title_runs(finding, paper)]
    yield from hung("", wrap([(f"{offer.impact} impact: ", _STYLES[offer.impact]), *titled], paper))
    idea = f"  {one_line(offer.idea)}" if offer.idea else ""
    yield from where_lines(location_text(offer.placed), f"  {offer.theme}{idea}", paper)
    yield from body_lines(offer.placed, files, paper, links)


def _folded(folded: Sequence[Offer], paper: Paper) -> Iterator[str]:
    if folded:
        yield paper.ink(f"{count(len(folded), 'more suggestion')}, beyond improve.max_suggestions", Style.BOLD)
    for offer in folded:
        where = (f"  {location_text(offer.placed)}", Style.DIM)
        label = (f"{offer.impact} impact: ", _STYLES[offer.impact])
        runs = [label, *title_runs(offer.placed.finding, paper), where]
        yield from hung(_INDENT, wrap(runs, paper.narrower(len(_INDENT))))


def _withheld(withheld: Sequence[Withheld], paper: Paper, *, is_verbose: bool) -> Iterator[str]:
    if withheld:
        hint = "" if is_verbose else "; --verbose says why"
        yield paper.ink(f"{withheld_words(withheld)}{hint}", Style.BOLD if is_verbose else Style.DIM)
    for each in withheld if is_verbose else ():
        place = location_text(each.placed) if each.placed else path_label(each.finding.path)
        why = (f" ({one_line(each.why)})", Style.PLAIN)
        runs = [(f"{place}: ", Style.DIM), *title_runs(each.finding, paper), why]
        yield from hung(_INDENT, wrap(runs, paper.narrower(len(_INDENT))))


def _gaps(improvements: Improvements, paper: Paper, *, is_verbose: bool) -> Iterator[str]:
    """What should have been looked at; with `is_verbose`, also what was skipped on purpose."""
    review = improvements.review
    files = missed(review.coverage)
    notes = (*review.coverage.notes, *other_failures(review))
    if files or notes:
        yield paper.ink("Not looked at, or only in part", Style.BOLD)
    shown = (*files, *(left_out(review.coverage) if is_verbose else ()))
    yield from coverage_lines(shown, paper, is_verbose=is_verbose)
    for note in notes:
        yield from hung(_INDENT, wrap([(one_line(note), Style.PLAIN)], paper.narrower(len(_INDENT))))
