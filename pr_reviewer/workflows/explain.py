"""/explain: why a finding was raised, from what its comment or the summary remembers. No model is asked."""

from collections.abc import Collection, Iterator, Sequence
from typing import Protocol

from pr_reviewer.model.commands import CommandHelp, CommandName
from pr_reviewer.model.events import Comment, CommentPlace
from pr_reviewer.model.posting import Standing
from pr_reviewer.providers.base import ConversationReader, StandingReader
from pr_reviewer.report.explanation import (
    Explained,
    ambiguous,
    explained,
    explained_in_summary,
    explanation_body,
    not_found,
)
from pr_reviewer.report.kept import read_kept
from pr_reviewer.report.links import Links

HELP = CommandHelp(
    CommandName.EXPLAIN,
    "Say why a finding was raised: its rule, its code and its verification. In its own thread it needs no id.",
    argument="ID",
    is_one_line=True,
)


class ExplanationReader(ConversationReader, StandingReader, Protocol):
    """What explaining needs of a provider."""


async def explain(reader: ExplanationReader, comment: Comment | None, wanted: str, links: Links) -> str:
    """What to answer. `wanted` is a finding's short id or fingerprint, or how it begins; "": that of the thread."""
    threads = [found for remark in await reader.remarks() if (found := explained(remark))]
    findings = [*threads, *_of_summary(await reader.standing(), {each.fingerprint for each in threads})]
    first = next(iter(wanted.split()), "")  # whoever adds a word of thanks means the same finding
    name = first.strip("`#.,:").casefold()
    matching = _named(findings, name) if name else _of_thread(findings, comment)
    if len(matching) > 1:
        return ambiguous(first, matching)
    return explanation_body(matching[0], links) if matching else not_found(first, findings)


def _of_summary(standing: Standing, threads: Collection[str]) -> Iterator[Explained]:
    """Those that stand in no thread."""
    for kept in read_kept(standing.summary or ""):
        if kept.name not in threads:
            yield explained_in_summary(kept, standing.summary_url)


def _named(findings: Sequence[Explained], name: str) -> list[Explained]:
    """Those whose fingerprint is this, or begins so behind its version. Twins of one fingerprint are one finding."""
    found = [
        each
        for each in findings
        if each.fingerprint.casefold() == name or each.fingerprint.rpartition(":")[2].casefold().startswith(name)
    ]
    return list({each.fingerprint: each for each in found}.values())


def _of_thread(findings: Sequence[Explained], comment: Comment | None) -> list[Explained]:
    if comment is None or comment.place is not CommentPlace.LINE:
        return []
    return [each for each in findings if each.comment == (comment.reply_to or comment.id)]
