"""/explain: why a finding was raised, from what its own comment remembers. No model is asked."""

from collections.abc import Sequence

from pr_reviewer.model.commands import CommandHelp, CommandName
from pr_reviewer.model.events import Comment, CommentPlace
from pr_reviewer.providers.base import ConversationReader
from pr_reviewer.report.explanation import Explained, ambiguous, explained, explanation_body, not_found
from pr_reviewer.report.links import Links

HELP = CommandHelp(
    CommandName.EXPLAIN,
    "Say why a finding was raised: its rule, its code and its verification. In its own thread it needs no id.",
    argument="ID",
    is_one_line=True,
)


async def explain(reader: ConversationReader, comment: Comment | None, wanted: str, links: Links) -> str:
    """What to answer. `wanted` is a finding's short id or fingerprint, or how it begins; "": that of the thread."""
    findings = [found for remark in await reader.remarks() if (found := explained(remark))]
    name = wanted.strip().strip("`#.,").casefold()
    matching = _named(findings, name) if name else _of_thread(findings, comment)
    if len(matching) > 1:
        return ambiguous(wanted.strip(), matching)
    return explanation_body(matching[0], links) if matching else not_found(wanted.strip(), findings)


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
    return [each for each in findings if each.remark.id == (comment.reply_to or comment.id)]
