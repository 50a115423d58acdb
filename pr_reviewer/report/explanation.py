"""What /explain says: why a posted finding was raised, as far as its comment or the summary remembers."""

from collections.abc import Sequence
from dataclasses import dataclass

from pr_reviewer.diff.render import path_label
from pr_reviewer.diff.text import display, split_lines
from pr_reviewer.masking import mask
from pr_reviewer.model.changes import LineRange
from pr_reviewer.model.findings import Category, Origin
from pr_reviewer.model.posting import Remark
from pr_reviewer.report.characters import one_line, visible
from pr_reviewer.report.comments import lines_text, rule_title
from pr_reviewer.report.kept import Kept
from pr_reviewer.report.links import Citation, Links
from pr_reviewer.report.markers import MarkerKind, find_marker
from pr_reviewer.report.record import Record, read_record, short_id
from pr_reviewer.report.rule_rows import whose
from pr_reviewer.report.sanitise import prose, title
from pr_reviewer.report.sections import Section, details, fit
from pr_reviewer.report.write import code_block, code_span, write_cell

LONGEST_BODY = 65_000
_MOST_NAMED = 20
_LONGEST_WANTED = 80
_LONGEST_WHY = 300
_MOST_LINES = 60
_SEARCHED = {
    Category.SYNTAX: "a parser found what it did not find before the change",
    Category.SECRET: "code found what looks like a secret",
    Category.MERGE_MARKER: "code found the mark of a merge that was not finished",
}
NOT_KEPT = (
    "What else was known when it was raised is not kept: the comment was written by an older version, or edited since."
)


@dataclass(frozen=True, slots=True)
class Explained:
    """A finding that we posted: its fingerprint, where it is posted, and what is remembered of it.

    `comment` is the number of its comment; None for one that stands in the summary alone, and `why` says why. `code` is
    the lines that it is about, as a block.
    """

    fingerprint: str
    record: Record | None
    path: str
    lines: LineRange | None
    url: str
    code: str
    comment: int | None = None
    why: str = ""


def explained(remark: Remark) -> Explained | None:
    """The finding that a comment of ours is about; None for any other comment."""
    marker = find_marker(remark.body) if remark.is_ours and remark.reply_to is None else None
    if marker is None or marker.kind is not MarkerKind.FINDING:
        return None
    path = mask(remark.path).text
    return Explained(
        marker.name, read_record(remark.body), path, remark.lines, remark.url, _code(remark), comment=remark.id
    )


def explained_in_summary(kept: Kept, url: str) -> Explained:
    """A finding that a summary of ours remembers; `url` is the summary's."""
    path = mask(kept.path).text
    quote = mask(kept.quote, kept.path).text
    code = code_block(visible(quote), "") if quote.strip() else ""
    return Explained(kept.name, kept.record, path, kept.lines, url, code, why=kept.why)


def explanation_body(found: Explained, links: Links) -> str:
    """Where it stands, which rule or which search raised it, the code it is about, and what its verification said."""
    record, citation = found.record, None
    if record and record.rule_id:
        citation = links.cite(found.path, record.rule_id)
    sections = (
        Section(f"**Why {_name(found)} was raised**"),
        Section("\n".join(f"- {row}" for row in _facts(found, citation))),
        Section(found.code),
        _verification(record),
        _rule(found, links, citation),
    )
    return fit(sections, LONGEST_BODY)


def not_found(wanted: str, known: Sequence[Explained]) -> str:
    """No finding is called so: what was looked for, why it may be missing, and which there are."""
    asked = code_span(one_line(wanted)[:_LONGEST_WANTED])
    hint = "Name a finding, as in `/explain 1a2b3c4d`, or ask in its own thread."
    lost = "Nothing is kept of those whose comment was deleted, or that only an earlier summary named."
    named = f"No finding is called {asked} here. {lost}" if wanted else hint
    rows = tuple(f"- {_name(each)}" for each in known[:_MOST_NAMED])
    there = "These are there:" if rows else "There is none here."
    return fit((Section(named), Section(there), Section("", rows)), LONGEST_BODY)


def ambiguous(wanted: str, found: Sequence[Explained]) -> str:
    """Several findings begin with what was named."""
    rows = tuple(f"- {code_span(each.fingerprint)} {_name(each)}" for each in found[:_MOST_NAMED])
    asked = code_span(one_line(wanted)[:_LONGEST_WANTED])
    return fit(
        (Section(f"Several findings begin with {asked}: name more of one's id."), Section("", rows)), LONGEST_BODY
    )


def _name(found: Explained) -> str:
    """`1a2b3c4d` at `path:41`, the id linked to the comment."""
    lines = f":{lines_text(found.lines)}" if found.lines else ""
    where = code_span(f"{path_label(found.path)}{lines}")
    name = code_span(short_id(found.fingerprint))
    linked = f"[{name}]({found.url})" if found.url else name
    return f"{linked} at {where}"


def _facts(found: Explained, citation: Citation | None) -> list[str]:
    record = found.record
    if record is None:
        return [NOT_KEPT]
    where = [f"**Posted**: in the summary alone: {title(mask(found.why).text, _LONGEST_WHY)}"] if found.why else []
    return [
        *where,
        f"**Rule**: {_rule_fact(record, citation)}",
        f"**Found by**: {_finder(record)}",
        f"**Severity**: {record.severity}",
    ]


def _rule_fact(record: Record, citation: Citation | None) -> str:
    if citation is None:
        return f"none; it is a defect of the kind “{record.category}”"
    named = code_span(one_line(citation.rule_id))
    if not citation.title:
        return f"{named}, which is no longer among the rules that hold here"
    return f"{rule_title(citation)} · {named} · {write_cell(whose(citation))}"


def _finder(record: Record) -> str:
    if record.origin is Origin.CODE:
        return _SEARCHED.get(record.category, "code matched the rule's pattern") + "; no model was asked"
    looked = "held the change against the rule" if record.rule_id else "looked for defects"
    if not record.is_verified:
        return f"a model that {looked}; no other pass verified the claim"
    return f"a model that {looked}; another pass verified the claim, with {record.confidence} confidence"


def _code(remark: Remark) -> str:
    """The lines that the thread was opened on, masked."""
    kept = split_lines(remark.opened_on)[-_MOST_LINES:]
    text = mask("\n".join(kept), remark.path).text
    return code_block(visible(display(text)), "diff") if text else ""


def _verification(record: Record | None) -> Section:
    if record is None or record.origin is Origin.CODE or not record.is_verified:
        return Section("")
    if not record.verification:
        return Section("What its verification said is not kept.")
    quoted = "\n".join(f"> {line}".rstrip() for line in prose(mask(record.verification).text).split("\n"))
    return Section(f"Its verification said:\n\n{quoted}")


def _rule(found: Explained, links: Links, citation: Citation | None) -> Section:
    """The rule's own words, folded away."""
    if citation is None or not citation.title:
        return Section("")
    rule = links.rule_for(found.path, citation.rule_id)
    text = prose(rule.text) if rule else ""
    heading = f"What the rule says: {' '.join(title(citation.title).split())}"
    return details(heading, (text,), gap="\n\n", more="", rank=3) if text else Section("")
