"""COMBINE: what is offered for one file can be committed together, and as one patch."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from pr_reviewer.findings.combine import combined_text, patch_of
from pr_reviewer.findings.offers import Apart, by_impact
from pr_reviewer.model.changes import FileDiff
from pr_reviewer.model.improvements import Offer, Withheld
from pr_reviewer.patterns.worker import PatternWorker
from pr_reviewer.workflows.preparing import Prepared

APART = "the file does not parse with it and with other suggestions together"
_MASKED = "[masked "


async def parsing_together(worker: PatternWorker, prepared: Prepared, offers: Iterable[Offer]) -> Apart:
    """The offers of which all those for one file leave it parseable together; the best ones first."""
    kept: list[Offer] = []
    withheld: list[Withheld] = []
    for path, some in _by_path(offers).items():
        fitting = await _fitting(worker, prepared, path, some)
        kept += fitting
        withheld += [Withheld(each.placed.finding, APART, each.placed) for each in some if each not in fitting]
    return Apart(by_impact(kept), tuple(withheld))


def patches_of(prepared: Prepared, offers: Iterable[Offer]) -> tuple[FileDiff, ...]:
    """Each file with its offers applied, as a diff against the head.

    A file whose name is masked is left out: the name that git knows must not be told.
    """
    return tuple(
        patch_of(path, prepared.change.heads[path].raw, [each.placed for each in some])
        for path, some in _by_path(offers).items()
        if _MASKED not in path
    )


def _by_path(offers: Iterable[Offer]) -> dict[str, list[Offer]]:
    found: dict[str, list[Offer]] = defaultdict(list)
    for offer in offers:
        found[offer.placed.finding.path].append(offer)
    return found


async def _fitting(worker: PatternWorker, prepared: Prepared, path: str, offers: Sequence[Offer]) -> list[Offer]:
    """All of them, as each parses alone; or as many of the best as do together."""
    if len(offers) == 1 or await _parses(worker, prepared, path, offers):
        return list(offers)
    kept: list[Offer] = []
    for offer in offers:
        if not kept or await _parses(worker, prepared, path, [*kept, offer]):
            kept.append(offer)
    return kept


async def _parses(worker: PatternWorker, prepared: Prepared, path: str, offers: Sequence[Offer]) -> bool:
    """Whether the file has no more problems than it has now; one that could not be judged before cannot get worse."""
    before = prepared.checked.syntax.get(path)
    text = combined_text(prepared.change.heads[path].raw, [each.placed for each in offers])
    after = (await worker.syntax_errors({path: text}))[path]
    if before is None or after is None:
        return before is None
    return len(after) <= len(before)
