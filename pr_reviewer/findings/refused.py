"""Why something that a model wrote is not taken."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refused:
    """`problem` is a sentence, or the end of one, that a model can act on and a person can read."""

    problem: str
