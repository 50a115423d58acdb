"""What /describe and /ask say, for a terminal."""

from collections.abc import Iterable, Iterator

from pr_reviewer.diff.render import path_label
from pr_reviewer.model.answering import Answered
from pr_reviewer.model.coverage import Coverage
from pr_reviewer.model.describing import Concern, Description
from pr_reviewer.report.amounts import cost_text
from pr_reviewer.report.answer import NOT_TOLD, cited_text, place_text
from pr_reviewer.report.characters import one_line
from pr_reviewer.report.coverage_rows import missed
from pr_reviewer.report.description import suggested_title
from pr_reviewer.report.prose_lines import prose_lines, runs_of
from pr_reviewer.report.read import read_blocks
from pr_reviewer.report.sanitise import prose, title_pieces
from pr_reviewer.report.terminal import Ink, Paper, Run, Style, hung, wrap
from pr_reviewer.report.text import coverage_lines, joined

_WIDEST = 100
_LONGEST = 600


def description_text(
    description: Description, *, current_title: str = "", width: int = 80, is_coloured: bool = False
) -> str:
    """The description, wrapped to `width`; ends with a line feed."""
    paper = Paper(min(width, _WIDEST), Ink(is_coloured))
    portrait = description.portrait
    suggested = suggested_title(portrait, current_title)
    facts = [
        ("Type", str(portrait.kind) if portrait.concerns else ""),
        ("Suggested title", suggested),
        ("Labels", ", ".join(map(one_line, portrait.labels))),
    ]
    parts: list[Iterable[str]] = [[line for name, value in facts for line in _fact(name, value, paper)]]
    parts.append([line for each in portrait.summary if each.strip() for line in _item(each, paper)])
    parts += [_concern(each, paper) for each in portrait.concerns]
    return _with_end(
        parts, description.coverage, description.remarks, cost_text(description.cost, description.models), paper
    )


def answer_text(answered: Answered, *, width: int = 80, is_coloured: bool = False) -> str:
    """The answer with `path:line` for each citation, which an editor opens."""
    paper = Paper(min(width, _WIDEST), Ink(is_coloured))
    answer = answered.answer
    told = [] if answer.is_told else [paper.ink(NOT_TOLD, Style.BOLD)]
    words = prose_lines(read_blocks(prose(answer.text)), paper)
    cited = [
        line
        for each in answer.citations
        for line in _cited(each.number, place_text(each), cited_text(each), each.why, paper)
    ]
    parts: list[Iterable[str]] = [told, words, cited]
    return _with_end(parts, answered.coverage, answered.remarks, cost_text(answered.cost, answered.models), paper)


def _with_end(parts: list[Iterable[str]], coverage: Coverage, remarks: Iterable[str], cost: str, paper: Paper) -> str:
    files = missed(coverage)
    if files:
        heading = paper.ink("Not looked at, or only in part", Style.BOLD)
        parts.append([heading, *coverage_lines(files, paper, is_verbose=False)])
    parts += [list(wrap([(one_line(each), Style.PLAIN)], paper)) for each in (*coverage.notes, *remarks)]
    parts.append([paper.ink(one_line(cost), Style.DIM)])
    return joined(parts)


def _fact(name: str, value: str, paper: Paper) -> Iterator[str]:
    if value:
        yield from hung(f"{name}: ", wrap([(value, Style.BOLD)], paper.narrower(len(name) + 2)))


def _item(text: str, paper: Paper) -> Iterator[str]:
    yield from hung("- ", wrap(_runs(text, paper), paper.narrower(2)))


def _concern(concern: Concern, paper: Paper) -> Iterator[str]:
    yield from wrap([(text, Style.BOLD) for text, _ in _runs(concern.name, paper)], paper)
    for file in concern.files:
        runs: list[Run] = [(path_label(file.path), Style.CODE)]
        runs += [(": ", Style.PLAIN), *_runs(file.text, paper)] if file.text else []
        yield from hung("  ", wrap(runs, paper.narrower(2)))


def _cited(number: int, place: str, quote: str, why: str, paper: Paper) -> Iterator[str]:
    mark = f"[{number}] "
    end = [(f"  ({one_line(why)})", Style.WARNING)] if why else []
    shown: list[Run] = [(place, Style.BOLD), ("  ", Style.PLAIN), (one_line(quote), Style.DIM), *end]
    yield from hung(mark, wrap(shown, paper.narrower(len(mark))))


def _runs(text: str, paper: Paper) -> list[Run]:
    return runs_of(title_pieces(text, _LONGEST), paper.ink)
