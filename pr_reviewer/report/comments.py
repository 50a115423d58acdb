"""One finding as markdown: a comment on its lines, or an entry where it has no comment of its own."""

from pr_reviewer.diff.render import path_label
from pr_reviewer.diff.text import display
from pr_reviewer.model.changes import LineRange, Side
from pr_reviewer.model.findings import Finding, Placed, Unplaced
from pr_reviewer.report.characters import one_line, visible
from pr_reviewer.report.links import Citation, Links
from pr_reviewer.report.record import name_of, short_id
from pr_reviewer.report.rule_rows import whose
from pr_reviewer.report.sanitise import prose, title, title_pieces
from pr_reviewer.report.tree import Code
from pr_reviewer.report.write import code_block, code_span, write_cell

# A body may have 65,536 characters; message, title and rule take their own share.
_LONGEST_SUGGESTION = 50_000
_LONGEST_REASON = 400
_TOO_LONG = "The suggested change is too long to be shown here."


def comment_body(placed: Placed, links: Links = Links()) -> str:  # noqa: B008 frozen
    """The comment for the placed lines: what is wrong, why it matters, and a suggestion that can be committed.

    The suggestion is the code as it is, never altered; only its fence grows.
    """
    finding = placed.finding
    last = _origin(finding, links, short_id(placed.fingerprint))
    return _joined(_headline(finding), prose(finding.message), suggestion_block(finding), last)


def entry(found: Placed | Unplaced, links: Links) -> str:
    """The finding for a place where nothing can be committed: with its location, the suggestion as a diff."""
    finding, name = found.finding, short_id(name_of(found))
    if isinstance(found, Unplaced):
        place = location(found.placed, links) if found.placed else code_span(path_label(finding.path))
        where, change = f"{place}: {title(found.why, _LONGEST_REASON)}.", change_block(found.placed)
        return _joined(_headline(finding), where, prose(finding.message), change, _origin(finding, links, name))
    where, change = location(found, links), change_block(found)
    return _joined(_headline(finding), where, prose(finding.message), change, _origin(finding, links, name))


def location(placed: Placed, links: Links) -> str:
    """`path:41-43`, a link where there is an address; fit for a table's cell."""
    name = write_cell((Code(location_text(placed)),))
    address = links.to_code(placed.finding.path, placed.lines) if placed.side is Side.NEW else ""
    return f"[{name}]({address})" if address else name


def rule_title(citation: Citation) -> str:
    """The rule's title, a link where there is an address. "" for a rule that no level has."""
    name = write_cell(title_pieces(citation.title))
    return f"[{name}]({citation.address})" if name and citation.address else name


def rule_name(citation: Citation) -> str:
    """The rule's id, a link where there is an address; fit for a table's cell."""
    name = f"rule {write_cell((Code(one_line(citation.rule_id)),))}"
    return f"[{name}]({citation.address})" if citation.address else name


def location_text(placed: Placed) -> str:
    """`path:41-43` as plain text, with `(old)` behind lines that the change removes."""
    old = " (old)" if placed.side is Side.OLD else ""
    return f"{path_label(placed.finding.path)}:{lines_text(placed.lines)}{old}"


def lines_text(lines: LineRange) -> str:
    """`41` or `41-43`."""
    return str(lines.first) if len(lines) == 1 else f"{lines.first}-{lines.last}"


def changed_lines(placed: Placed) -> tuple[str, ...]:
    """The suggestion as lines of a diff: `-` for what stands there, `+` for what would."""
    suggestion = placed.finding.suggestion
    new = [f"+{line}" for line in suggestion.split("\n")] if suggestion else []
    return tuple(visible(line.removesuffix("\r")) for line in (*(f"-{old}" for old in placed.quote.split("\n")), *new))


def _joined(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part)


def _headline(finding: Finding) -> str:
    return f"**{finding.severity.capitalize()}: {title(finding.title)}**"


def suggestion_block(finding: Finding) -> str:
    """The suggestion in a fence that makes it committable; the code is never altered. "" where there is none."""
    code = finding.suggestion
    if code is None:
        return ""
    # What is not UTF-8 cannot be posted as it is, so it must not be committable.
    block = code_block(display(code), "suggestion" if display(code) == code else "")
    return block if len(block) <= _LONGEST_SUGGESTION else _TOO_LONG  # its fence may be longer than the code


def change_block(placed: Placed | None) -> str:
    """The suggestion as a diff, for where nothing can be committed. "" where there is none."""
    if placed is None or placed.finding.suggestion is None:
        return ""
    return code_block("\n".join(changed_lines(placed)), "diff")


def _origin(finding: Finding, links: Links, name: str = "") -> str:
    """The quiet last line: what kind of defect; or which rule says so, its title a link to its line, and whose.

    Then the finding's own short name, by which it can be asked about.
    """
    own = f" · {code_span(name)}" if name else ""
    if not finding.rule_id:
        return f"<sub>{finding.category}{own}</sub>"
    citation = links.cite(finding.path, finding.rule_id)
    rule = f"rule {code_span(one_line(finding.rule_id))}"
    place = f" ({code_span(one_line(citation.place))})" if citation.place and not citation.address else ""
    parts = (rule_title(citation), rule, f"{write_cell(whose(citation))}{place}")
    return f"<sub>{' · '.join(filter(None, parts))}{own}</sub>"
