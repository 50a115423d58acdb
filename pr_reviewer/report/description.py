"""What /describe writes: a block within a description, or a comment of its own."""

from collections.abc import Iterator

from pr_reviewer.diff.render import path_label
from pr_reviewer.model.changes import LineRange
from pr_reviewer.model.describing import Description, Portrait
from pr_reviewer.report.amounts import cost_text, count
from pr_reviewer.report.characters import one_line
from pr_reviewer.report.coverage_rows import coverage_rows, left_out, missed
from pr_reviewer.report.links import Links
from pr_reviewer.report.plain import plain_title
from pr_reviewer.report.sanitise import title
from pr_reviewer.report.sections import Section, details, fit
from pr_reviewer.report.tree import Code
from pr_reviewer.report.write import code_span, write_inline

LONGEST_BODY = 65_000
# Below this, there is no room to say anything: rather a comment.
LEAST_ROOM = 400
HEADING = "What this changes"
_LONGEST_SENTENCE = 600
_LONGEST_NAME = 120
_OPEN_FILES = 12


def description_body(
    description: Description, links: Links, *, current_title: str = "", remark: str = "", limit: int = LONGEST_BODY
) -> str:
    """The change in a summary and, folded away where it is long, what happens in each file; at most `limit` characters.

    `current_title` is the pull request's own: another one is suggested only where it differs. `remark` stands first.
    """
    portrait = description.portrait
    sections = (
        Section(f"### {HEADING}"),
        Section(f"{title(remark, _LONGEST_SENTENCE)}." if remark else ""),
        Section(" · ".join(_facts(portrait, current_title))),
        Section("\n".join(f"- {sentence}" for each in portrait.summary if (sentence := _sentence(each)))),
        _walkthrough(description, links),
        _gaps(description),
        Section("\n".join(f"- {title(each, _LONGEST_SENTENCE)}" for each in description.remarks), rank=1),
        Section(_footer(description)),
    )
    return fit(sections, limit)


def suggested_title(portrait: Portrait, current_title: str) -> str:
    """The title to suggest, as plain words; "" where there is none, or where it is what the pull request has."""
    words = one_line(plain_title(portrait.title))
    return "" if words.casefold() == one_line(plain_title(current_title)).casefold() else words


def _sentence(text: str) -> str:
    """One line of prose; blocks in it become words."""
    words = title(text, _LONGEST_SENTENCE)
    return f"{words}." if words and words[-1] not in "!?…" else words


def _facts(portrait: Portrait, current_title: str) -> Iterator[str]:
    if portrait.concerns:
        yield f"**{portrait.kind.capitalize()}**"
    if suggested := suggested_title(portrait, current_title):
        yield f"suggested title: {code_span(suggested)}"
    if portrait.labels:
        names = ", ".join(code_span(one_line(label)) for label in portrait.labels)
        yield f"{'label' if len(portrait.labels) == 1 else 'labels'}: {names}"


def _walkthrough(description: Description, links: Links) -> Section:
    """File by file, grouped by concern: open while it is short."""
    rows = list(_rows(description, links))
    if len(rows) <= _OPEN_FILES:
        return Section("", tuple(rows), rank=1)
    return details(f"What happens in {count(len(rows), 'file')}", rows, rank=1)


def _rows(description: Description, links: Links) -> Iterator[str]:
    """A row for each file; the first of a concern holds its name, too."""
    gap = ""
    for concern in description.portrait.concerns:
        heading = f"{gap}**{title(concern.name, _LONGEST_NAME)}**\n\n"
        for file in concern.files:
            text = _sentence(file.text)
            yield f"{heading}- {_file(file.path, links, description)}{f': {text}' if text else ''}"
            heading = ""
        gap = "\n"


def _file(path: str, links: Links, description: Description) -> str:
    name = write_inline((Code(path_label(path)),))
    address = "" if path in description.deleted else links.to_code(path, LineRange(1, 1))
    return f"[{name}]({address})" if address else name


def _gaps(description: Description) -> Section:
    rows = list(coverage_rows(description.coverage))
    files = len(missed(description.coverage))
    if not rows:
        return Section("")
    skipped = f"{count(len(left_out(description.coverage)), 'file')} skipped on purpose"
    what = f"Not described, or only in part: {count(files, 'file')}" if files else skipped
    return details(what, rows, rank=2)


def _footer(description: Description) -> str:
    made = f"Written by `/describe` for {code_span(description.head_sha[:12])}"
    return f"<sub>{made} · {cost_text(description.cost, map(title, description.models))}</sub>"
