"""Which suggestions are offered, in which order, and under which names.

The name of an offer holds what code knows: the place's fingerprint and the suggested code without its whitespace. The
same suggestion has the same name in every run, so that it is posted once; another one for the same place has another.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pr_reviewer.findings.quotes import squeeze_lines
from pr_reviewer.model.findings import Placed
from pr_reviewer.model.improvements import Idea, Offer, Withheld

OVERLAPS = "another suggestion replaces the same lines"
_VERSION = "s1"


@dataclass(frozen=True, slots=True)
class Apart:
    """Offers of which no two replace the same line, best first, and the others."""

    offers: tuple[Offer, ...]
    withheld: tuple[Withheld, ...]


@dataclass(frozen=True, slots=True)
class OfferSelection:
    """What is offered, those of one idea one after the other, and what is beyond the cap, in the same order."""

    offers: tuple[Offer, ...]
    folded: tuple[Offer, ...]


def offer_of(placed: Placed, idea: Idea) -> Offer:
    """A placed finding with its suggestion as an offer."""
    facts = json.dumps([placed.fingerprint, squeeze_lines(placed.finding.suggestion or "")])
    name = f"{_VERSION}:{hashlib.sha256(facts.encode()).hexdigest()[:32]}"
    return Offer(placed, idea.theme, idea.name, name)


def by_impact(offers: Iterable[Offer]) -> tuple[Offer, ...]:
    """Order by impact, confidence, path and line."""
    return tuple(sorted(offers, key=_rank))


def keep_apart(offers: Iterable[Offer]) -> Apart:
    """Of suggestions that replace the same lines the best: only one of them could be committed."""
    kept: list[Offer] = []
    withheld: list[Withheld] = []
    for offer in by_impact(offers):
        if any(_overlaps(offer.placed, other.placed) for other in kept):
            withheld.append(Withheld(offer.placed.finding, OVERLAPS, offer.placed))
        else:
            kept.append(offer)
    return Apart(tuple(kept), tuple(withheld))


def select_offers(offers: Iterable[Offer], most: int) -> OfferSelection:
    """The best `most`; the others of an idea stand beside its best one."""
    ordered = by_impact(offers)
    return OfferSelection(*(tuple(_beside_each_other(some)) for some in (ordered[:most], ordered[most:])))


def _beside_each_other(offers: Sequence[Offer]) -> Iterable[Offer]:
    """The offers of an idea where its first stands."""
    groups: dict[str, list[Offer]] = {}
    for offer in offers:
        groups.setdefault(offer.key, []).append(offer)
    return (offer for group in groups.values() for offer in group)


def _rank(offer: Offer) -> tuple[int, int, str, int]:
    finding = offer.placed.finding
    return finding.severity.rank, finding.confidence.rank, finding.path, offer.placed.lines.first


def _overlaps(one: Placed, other: Placed) -> bool:
    return one.finding.path == other.finding.path and one.lines.overlaps(other.lines)
