"""Why a suggestion is not committable."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refused:
    """`problem` is a sentence that a model can act on and a person can read."""

    problem: str
