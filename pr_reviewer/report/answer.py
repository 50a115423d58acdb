"""What /ask says: the answer, the code that it rests on as links that resolve, and what it could not look at."""

from pr_reviewer.diff.render import path_label
from pr_reviewer.model.answering import Answered, Citation
from pr_reviewer.report.amounts import cost_text
from pr_reviewer.report.characters import visible
from pr_reviewer.report.comments import lines_text
from pr_reviewer.report.coverage_rows import coverage_rows, missed
from pr_reviewer.report.links import Links
from pr_reviewer.report.sanitise import prose, title
from pr_reviewer.report.sections import Section, details, fit
from pr_reviewer.report.write import code_span

NOT_TOLD = "The code does not tell."
LONGEST_BODY = 65_000
_LONGEST_QUESTION = 400
_LONGEST_QUOTE = 160
_LONGEST_REASON = 400


def answer_body(answered: Answered, links: Links, *, quotes_question: bool = True, limit: int = LONGEST_BODY) -> str:
    """The answer as a comment; with the question above it where it does not stand below the question."""
    answer = answered.answer
    sections = (
        Section(f"> {title(answered.question.text, _LONGEST_QUESTION)}" if quotes_question else ""),
        Section("" if answer.is_told else f"**{NOT_TOLD}**"),
        Section(prose(answer.text)),
        Section("", tuple(_citation(each, links) for each in answer.citations), rank=1),
        _gaps(answered),
        Section("\n".join(f"- {title(each, _LONGEST_REASON)}" for each in answered.remarks), rank=1),
        Section(_footer(answered)),
    )
    return fit(sections, limit)


def cited_text(citation: Citation) -> str:
    """The first line of what is cited, and whether there is more, as plain text of one line."""
    lines = [line.strip() for line in visible(citation.quote).split("\n") if line.strip()]
    first = lines[0].replace("\t", " ") if lines else ""
    short = first if len(first) <= _LONGEST_QUOTE else f"{first[:_LONGEST_QUOTE]}…"
    return f"{short} …" if len(lines) > 1 else short


def place_text(citation: Citation) -> str:
    """`path:41-43`, or the path alone."""
    lines = f":{lines_text(citation.lines)}" if citation.lines else ""
    return f"{path_label(citation.path)}{lines}"


def _citation(citation: Citation, links: Links) -> str:
    """A row: where it stands, as a link; or that it does not stand there, without one."""
    name = code_span(place_text(citation))
    address = links.to_code(citation.path, citation.lines) if citation.lines else ""
    where = f"[{name}]({address})" if address else name
    quote = code_span(cited_text(citation))
    why = f" — {title(citation.why, _LONGEST_REASON)}" if citation.why else ""
    return f"- \\[{citation.number}\\] {where}{f': {quote}' if quote else ''}{why}"


def _gaps(answered: Answered) -> Section:
    """What could have told and was not looked at. What is skipped on purpose is not mentioned: nobody expects it."""
    if not missed(answered.coverage) and not answered.coverage.notes:
        return Section("")
    return details("Not looked at, or only in part", list(coverage_rows(answered.coverage)), rank=2)


def _footer(answered: Answered) -> str:
    cost = cost_text(answered.cost, map(title, answered.models))
    return f"<sub>From the change up to {code_span(answered.head_sha[:12])} · {cost}</sub>"
