"""What /improve says, as GitHub-flavoured markdown: a comment for each suggestion, a summary with a table of all."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pr_reviewer.diff.render import path_label
from pr_reviewer.model.changes import FileDiff
from pr_reviewer.model.improvements import Impact, Improvements, Offer, Withheld
from pr_reviewer.model.posting import DraftComment, DraftReview
from pr_reviewer.model.review import Conclusion
from pr_reviewer.report.amounts import cost_text, count, listed
from pr_reviewer.report.comments import change_block, location, rule_title, suggestion_block
from pr_reviewer.report.coverage_rows import coverage_rows, left_out, missed
from pr_reviewer.report.excerpt import excerpt
from pr_reviewer.report.links import Links
from pr_reviewer.report.markers import Marker, MarkerKind, mark
from pr_reviewer.report.sanitise import prose, title, title_pieces
from pr_reviewer.report.sections import Section, details, fit
from pr_reviewer.report.verdict import other_failures
from pr_reviewer.report.write import code_block, code_span, escape, write_cell

SUMMARY_NAME = "improve"
LONGEST_BODY = 65_000
_LONGEST_REASON = 400
_MOST_PLACES = 20
_NO_LIMIT = 10**9


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where comments stand: the address of each by its offer's name, and why others were refused.

    `earlier` are the addresses of open suggestions of former runs that this one does not make.
    """

    urls: Mapping[str, str] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)
    earlier: tuple[str, ...] = ()


NOWHERE = Whereabouts()


def draft_suggestions(improvements: Improvements, links: Links) -> DraftReview:
    """One batched review: a comment for each offer, ending with its marker."""
    comments = tuple(
        DraftComment(
            offer.name,
            offer.placed.finding.path,
            offer.placed.side,
            offer.placed.lines,
            mark(offer_body(offer, improvements.offers, links), Marker(MarkerKind.SUGGESTION, offer.name)),
        )
        for offer in improvements.offers
    )
    return DraftReview(improvements.review.head_sha, "", comments)


def draft_improvements(improvements: Improvements, links: Links, where: Whereabouts) -> str:
    """The one summary of /improve on the pull request, ending with its marker."""
    return mark(improvements_body(improvements, links, where), Marker(MarkerKind.SUMMARY, SUMMARY_NAME))


def offer_body(offer: Offer, offers: Sequence[Offer], links: Links) -> str:
    """The comment: the goal, why, and code that can be committed.

    `offers` are all of them; the first of an idea lists the others of the same, and those point to the first.
    """
    finding = offer.placed.finding
    first, *others = [each for each in offers if each.key == offer.key]
    last = [f"{offer.impact} impact", _about(offer, links)]
    if first is not offer:
        last.append(f"the same idea as at {location(first.placed, links)}")
    parts = (
        f"**{title(finding.title)}**",
        prose(finding.message),
        suggestion_block(finding),
        _spans(others, links) if first is offer else "",
        f"<sub>{' · '.join(last)}</sub>",
    )
    return "\n\n".join(filter(None, parts))


def improvements_body(
    improvements: Improvements,
    links: Links = Links(),  # noqa: B008 frozen
    where: Whereabouts = NOWHERE,
    limit: int = LONGEST_BODY,
) -> str:
    """The summary: how many of which impact, a table of all, what could not be offered or looked at, and the cost."""
    review = improvements.review
    cost = cost_text(review.cost, map(title, review.models))
    sections = (
        Section(f"**{escape(improvements_verdict(improvements))}**"),
        _table(improvements, links, where),
        _earlier(where),
        _refused(improvements, links, where),
        _folded(improvements, links),
        _withheld(improvements.withheld, links),
        _gaps(improvements),
        Section(f"<sub>{cost}</sub>"),
    )
    return fit(sections, limit)


def improvements_markdown(improvements: Improvements, files: Sequence[FileDiff], links: Links) -> str:
    """All of it as one document: the summary, then each suggestion below its lines."""
    comments = (_with_lines(offer, improvements.offers, files, links) for offer in improvements.offers)
    return "\n\n".join((improvements_body(improvements, links, limit=_NO_LIMIT), *comments)) + "\n"


def improvements_verdict(improvements: Improvements) -> str:
    """One plain line that never says more than was looked at."""
    review, offers = improvements.review, (*improvements.offers, *improvements.folded)
    if review.conclusion is Conclusion.FAILED:
        return "No suggestions: every model call failed."
    lacking = missed(review.coverage)
    gap = f"Incomplete: {count(len(lacking), 'file')} not looked at, or only in part. " if lacking else ""
    gap = gap or ("" if review.coverage.is_complete else "Incomplete. ")
    if not offers:
        return f"{gap}No suggestions{_in_files(improvements)}."
    impacts = Counter(offer.impact for offer in offers)
    if len(impacts) == 1:
        return f"{gap}{count(len(offers), 'suggestion')} of {offers[0].impact} impact."
    kinds = listed(f"{impacts[impact]:,} of {impact} impact" for impact in Impact if impacts[impact])
    return f"{gap}{count(len(offers), 'suggestion')}: {kinds}."


def withheld_words(withheld: Sequence[Withheld]) -> str:
    """`3 further ideas had no suggestion that could be committed`."""
    verb = "has" if len(withheld) == 1 else "have"
    return f"{count(len(withheld), 'further idea')} {verb} no suggestion that can be committed"


def _in_files(improvements: Improvements) -> str:
    files = improvements.review.coverage.files
    seen = len(files) - len(left_out(improvements.review.coverage))
    return f" worth a click in {count(seen, 'file')}" if seen else ": nothing to look at"


def _about(offer: Offer, links: Links) -> str:
    """The theme; or the rule, its title a link to its line."""
    finding = offer.placed.finding
    if not finding.rule_id:
        return str(offer.theme)
    named = rule_title(links.cite(finding.path, finding.rule_id))
    return f"rule {code_span(finding.rule_id)}{f' · {named}' if named else ''}"


def _spans(others: Sequence[Offer], links: Links) -> str:
    """The other places of an idea."""
    if not others:
        return ""
    rows = [f"- {location(each.placed, links)}" for each in others[:_MOST_PLACES]]
    more = [f"- and {len(others) - _MOST_PLACES} more"] if len(others) > _MOST_PLACES else []
    return "\n".join([f"The same idea at {count(len(others), 'other place')}:\n", *rows, *more])


def _table(improvements: Improvements, links: Links, where: Whereabouts) -> Section:
    """Two columns, the places below the idea: more leave no room for words on a telephone."""
    head = "| Impact | Suggestion |\n|:--|:--|\n"
    groups: dict[str, list[Offer]] = {}
    for offer in improvements.offers:
        groups.setdefault(offer.key, []).append(offer)
    rows = tuple(_row(group, improvements, links, where) for group in groups.values())
    return Section(head if rows else "", rows, more="| | and {} more |", rank=1)


def _row(group: Sequence[Offer], improvements: Improvements, links: Links, where: Whereabouts) -> str:
    first = group[0]
    what = write_cell(title_pieces(first.placed.finding.title))
    places = [_place(offer, improvements, links, where) for offer in group]
    rule = first.placed.finding.rule_id
    named = rule_title(links.cite(first.placed.finding.path, rule)) if rule else ""
    return f"| {first.impact.capitalize()} | {'<br>'.join([what, *places, *([named] if named else [])])} |"


def _place(offer: Offer, improvements: Improvements, links: Links, where: Whereabouts) -> str:
    parts = [location(offer.placed, links)]
    if offer.name in where.urls:
        words = "suggested before" if offer.name in improvements.standing else "suggestion"
        parts.append(f"[{words}]({where.urls[offer.name]})")
    elif offer.name in where.refused:
        parts.append("below")
    return " · ".join(parts)


def _earlier(where: Whereabouts) -> Section:
    if not where.earlier:
        return Section("")
    named = [f"[{number}]({url})" for number, url in enumerate(where.earlier[:_MOST_PLACES], start=1)]
    more = len(where.earlier) - len(named)
    shown = listed([*named, *([f"{more:,} more"] if more else [])])
    return Section(f"{count(len(where.earlier), 'suggestion')} of earlier runs still open: {shown}.", rank=2)


def _refused(improvements: Improvements, links: Links, where: Whereabouts) -> Section:
    """What the provider takes no comment for is read here or nowhere: in full, and open."""
    entries = tuple(
        _entry(offer, links, f"{title(where.refused[offer.name], _LONGEST_REASON)}.")
        for offer in improvements.offers
        if offer.name in where.refused
    )
    return Section("", entries, gap="\n\n", more="{} more suggestions could not be posted.", rank=3)


def _folded(improvements: Improvements, links: Links) -> Section:
    if not improvements.folded:
        return Section("")
    entries = [_entry(offer, links) for offer in improvements.folded]
    summary = f"{count(len(entries), 'more suggestion')}, beyond improve.max_suggestions"
    return details(summary, entries, gap="\n\n", more="And {} more.", rank=4)


def _entry(offer: Offer, links: Links, remark: str = "") -> str:
    finding = offer.placed.finding
    parts = (
        f"**{title(finding.title)}** ({offer.impact} impact)",
        ": ".join(filter(None, (location(offer.placed, links), remark))),
        prose(finding.message),
        change_block(offer.placed),
    )
    return "\n\n".join(filter(None, parts))


def _withheld(withheld: Sequence[Withheld], links: Links) -> Section:
    if not withheld:
        return Section("")
    return details(withheld_words(withheld), [_withheld_row(each, links) for each in withheld], rank=5)


def _withheld_row(withheld: Withheld, links: Links) -> str:
    place = location(withheld.placed, links) if withheld.placed else code_span(path_label(withheld.finding.path))
    return f"- {place}: {title(withheld.finding.title)} — {title(withheld.why, _LONGEST_REASON)}"


def _gaps(improvements: Improvements) -> Section:
    review = improvements.review
    rows = [*coverage_rows(review.coverage), *_failures(other_failures(review))]
    if not rows:
        return Section("")
    if review.coverage.is_complete:
        skipped = left_out(review.coverage)
        return details(f"{count(len(skipped), 'file')} skipped on purpose", rows, rank=6)
    return Section("", tuple(rows), rank=3)


def _failures(failures: Iterable[str]) -> Iterator[str]:
    yield from (f"- {title(each, _LONGEST_REASON)}" for each in failures)


def _with_lines(offer: Offer, offers: Sequence[Offer], files: Sequence[FileDiff], links: Links) -> str:
    rows = [f"{line.kind or ' '}{line.text}" for line in excerpt(offer.placed, files)]
    shown = code_block("\n".join(rows or [f" {line}" for line in offer.placed.quote.split("\n")]), "diff")
    return f"---\n\n{location(offer.placed, links)}\n\n{shown}\n\n{offer_body(offer, offers, links)}"
