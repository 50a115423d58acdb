"""A review as what is posted on a pull request: comments on lines, one summary, one check."""

from collections.abc import Sequence

from pr_reviewer.diff.text import display
from pr_reviewer.model.changes import Side
from pr_reviewer.model.findings import Finding, Placed, Severity
from pr_reviewer.model.posting import Annotation, AnnotationLevel, Check, CheckState, DraftComment, DraftReview
from pr_reviewer.model.review import Conclusion, Review
from pr_reviewer.report.amounts import count
from pr_reviewer.report.characters import one_line, visible
from pr_reviewer.report.comments import comment_body
from pr_reviewer.report.kept import write_kept
from pr_reviewer.report.links import Links
from pr_reviewer.report.markdown import LONGEST_BODY, summary_body
from pr_reviewer.report.markers import Marker, MarkerKind, mark
from pr_reviewer.report.plain import plain_title
from pr_reviewer.report.record import record_of, write_record
from pr_reviewer.report.rule_rows import whose
from pr_reviewer.report.sanitise import title
from pr_reviewer.report.verdict import findings_of, verdict
from pr_reviewer.report.write import escape

_LEVELS = {
    Severity.ERROR: AnnotationLevel.FAILURE,
    Severity.WARNING: AnnotationLevel.WARNING,
    Severity.NOTE: AnnotationLevel.NOTICE,
}
# GitHub's limits for a check run: 255 characters of an annotation's title, 64 KB of its message.
_LONGEST_TITLE = 255
_LONGEST_MESSAGE = 8_000
_LONGEST_REASON = 2_000


def draft_review(review: Review, links: Links) -> DraftReview:
    """The comments on lines, each ending with its marker. What is said of all of them stands in the summary."""
    comments = tuple(
        DraftComment(
            placed.fingerprint,
            placed.finding.path,
            placed.side,
            placed.lines,
            _marked(placed, links),
        )
        for placed in review.comments
    )
    return DraftReview(review.head_sha, "", comments)


def _marked(placed: Placed, links: Links) -> str:
    """The comment, what it remembers of why it was raised, and its marker."""
    body = f"{comment_body(placed, links)}\n\n{write_record(record_of(placed))}"
    return mark(body, Marker(MarkerKind.FINDING, placed.fingerprint))


def draft_summary(review: Review, links: Links) -> str:
    """The one summary of the pull request, what it remembers of findings without a comment, and its marker."""
    kept = write_kept(review)
    body = summary_body(review, links, LONGEST_BODY - len(kept) - 2) if kept else summary_body(review, links)
    return mark("\n\n".join(filter(None, (body, kept))), Marker(MarkerKind.SUMMARY))


def check_in_progress(head_sha: str, title: str = "Reviewing") -> Check:
    """What the check says while a review is under way."""
    return Check(head_sha, CheckState.IN_PROGRESS, title)


def check_of(review: Review, links: Links, *, gate: Severity | None, incomplete: CheckState) -> Check:
    """The check of a finished review: success only if it is complete and nothing is at or above the gate.

    `incomplete` is what the operator lets an incomplete review conclude with. A failed one never looks like the
    gate's verdict: it is an error of ours.
    """
    return Check(
        head_sha=review.head_sha,
        state=_state(review, gate, incomplete),
        title=one_line(_title(review, gate))[:_LONGEST_TITLE],
        summary=escape(verdict(review)),
        text=summary_body(review, links),
        annotations=_annotations(review.comments, links),
    )


def superseded_check(head_sha: str, incomplete: CheckState) -> Check:
    """The check of a head that another one replaced while it was reviewed: nobody's fault, but it is not reviewed.

    It may be the head again after a push by force, so it concludes as an incomplete review does.
    """
    return Check(head_sha, incomplete, "Superseded by a newer head", "This one was not reviewed to its end.")


def queued_check(head_sha: str, title: str = "Queued") -> Check:
    """What the check says until a review begins."""
    return Check(head_sha, CheckState.QUEUED, title)


def untouched_check(head_sha: str, heading: str, reason: str) -> Check:
    """The check of a head that was not reviewed, and was not meant to be: `heading` is what (`Skipped`), then why.

    Always neutral: nothing was found to be good, and nothing is wrong with us.
    """
    line = one_line(" ".join(f"{heading}: {reason}".split()))[:_LONGEST_TITLE]
    return Check(head_sha, CheckState.NEUTRAL, line, f"{title(reason, _LONGEST_REASON)}.")


def failed_check(head_sha: str, reason: str, hint: str = "") -> Check:
    """The check of a review that could not be done: why, already in its title, and what to do about it."""
    heading = one_line(" ".join(f"The review failed: {reason}".split()))[:_LONGEST_TITLE]
    sentences = (f"{title(each, _LONGEST_REASON)}." for each in (reason, hint) if each)
    return Check(head_sha, CheckState.ERROR, heading, "\n\n".join(sentences))


def _state(review: Review, gate: Severity | None, incomplete: CheckState) -> CheckState:
    if review.conclusion is Conclusion.FAILED:
        return CheckState.ERROR
    if _at_gate(review, gate):
        return CheckState.FAILURE
    return incomplete if review.conclusion is Conclusion.INCOMPLETE else CheckState.SUCCESS


def _title(review: Review, gate: Severity | None) -> str:
    at_gate = _at_gate(review, gate)
    return f"{verdict(review)} {count(at_gate, 'finding')} at or above {gate}." if at_gate else verdict(review)


def _at_gate(review: Review, gate: Severity | None) -> int:
    return 0 if gate is None else sum(finding.severity.reaches(gate) for finding in findings_of(review))


def _annotations(comments: Sequence[Placed], links: Links) -> tuple[Annotation, ...]:
    """One for each comment on a line of the head: an annotation has no old side."""
    return tuple(
        Annotation(
            placed.finding.path,
            placed.lines,
            _LEVELS[placed.finding.severity],
            one_line(display(placed.finding.title))[:_LONGEST_TITLE],
            f"{visible(placed.finding.message)[:_LONGEST_MESSAGE]}{_rule(placed.finding, links)}",
        )
        for placed in comments
        if placed.side is Side.NEW
    )


def _rule(finding: Finding, links: Links) -> str:
    """The rule as the last lines of a plain text: its title, whose it is, and its address or place."""
    if not finding.rule_id:
        return ""
    citation = links.cite(finding.path, finding.rule_id)
    words = plain_title(citation.title)[:_LONGEST_TITLE]
    origin = "".join(piece.text for piece in whose(citation))
    parts = (words, f"rule {finding.rule_id}", origin, citation.address or citation.place)
    return "\n\n" + " · ".join(one_line(display(part)) for part in parts if part)
