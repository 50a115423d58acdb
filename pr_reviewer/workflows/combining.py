"""COMBINE: what is offered for one file can be committed together, and as one patch."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from pr_reviewer.findings.combine import combine, patch_of
from pr_reviewer.findings.offers import Apart, by_impact
from pr_reviewer.model.changes import FileDiff
from pr_reviewer.model.improvements import Offer, Withheld
from pr_reviewer.workflows.applying import Applier, Objection
from pr_reviewer.workflows.reading import FileText

APART = "it cannot be committed together with a better suggestion for this file"
_MASKED = "[masked "


async def fitting_together(applier: Applier, offers: Iterable[Offer]) -> Apart:
    """The offers that together leave each file as each of them does alone: it parses, and breaks no rule.

    The best come first, and each is tried with all better ones: so any number of the best fit together, too.
    """
    kept: list[Offer] = []
    withheld: list[Withheld] = []
    for path, some in _by_path(by_impact(offers)).items():
        fitting: list[Offer] = []
        for offer in some:
            objection = await _objection(applier, path, [*fitting, offer]) if fitting else None
            if objection:
                withheld.append(Withheld(offer.placed.finding, f"{APART}. {objection.problem}", offer.placed))
            else:
                fitting.append(offer)
        kept += fitting
    return Apart(by_impact(kept), tuple(withheld))


def patches_of(heads: Mapping[str, FileText], offers: Iterable[Offer]) -> tuple[FileDiff, ...]:
    """Each file with its offers applied, as a diff against the head.

    A file whose name is masked is left out: the name that git knows must not be told.
    """
    return tuple(
        patch_of(path, heads[path].raw, [each.placed for each in some])
        for path, some in _by_path(offers).items()
        if _MASKED not in path
    )


def _by_path(offers: Iterable[Offer]) -> dict[str, list[Offer]]:
    found: dict[str, list[Offer]] = defaultdict(list)
    for offer in offers:
        found[offer.placed.finding.path].append(offer)
    return found


async def _objection(applier: Applier, path: str, offers: Sequence[Offer]) -> Objection | None:
    head_text = applier.change.heads[path].raw
    return await applier.objection(path, combine(head_text, [each.placed for each in offers]))
