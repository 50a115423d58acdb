"""Hidden markers: how a later run finds what an earlier one posted.

`<!-- pr-reviewer:summary v1 -->`, `<!-- pr-reviewer:finding v1 FINGERPRINT -->`,
`<!-- pr-reviewer:suggestion v1 NAME -->` or `<!-- pr-reviewer:reply v1 KEY -->`, always the last line of a body. A
marker anywhere else is somebody's text. Sanitised prose cannot end with one, and code ends with its fence.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

VERSION = 1
_MARKER = re.compile(r"^<!-- pr-reviewer:(?P<kind>[a-z]+) v(?P<version>\d{1,4})(?: (?P<name>[\w:.-]+))? -->$", re.ASCII)


class MarkerKind(StrEnum):
    """What a body is."""

    SUMMARY = "summary"
    FINDING = "finding"
    SUGGESTION = "suggestion"
    REPLY = "reply"


@dataclass(frozen=True, slots=True)
class Marker:
    """What a body says of itself; `name` is a finding's fingerprint, a suggestion's name, a reply's key.

    Of a summary it is the command that keeps it; "" for a review's.
    """

    kind: MarkerKind
    name: str = ""
    version: int = VERSION


def mark(body: str, marker: Marker) -> str:
    """The body with its marker as the last line. ValueError for a name that could end the comment."""
    words = f"pr-reviewer:{marker.kind} v{marker.version} {marker.name}".rstrip()
    line = f"<!-- {words} -->"
    if not _MARKER.fullmatch(line):
        raise ValueError(f"not a marker's name: {marker.name!r}")
    return f"{body}\n\n{line}"


def without_markers(body: str) -> str:
    """What people see of a body that we wrote: the text without the lines that are our markers or records."""
    lines = body.replace("\r\n", "\n").split("\n")
    return "\n".join(line for line in lines if not line.startswith("<!-- pr-reviewer:")).rstrip()


def find_marker(body: str) -> Marker | None:
    """The marker of a body that we wrote; None where the last line is none of ours, or of an unknown kind."""
    last = body.rstrip().rpartition("\n")[2].rstrip("\r")
    match = _MARKER.fullmatch(last)
    if not match or match["kind"] not in list(MarkerKind):
        return None
    return Marker(MarkerKind(match["kind"]), match["name"] or "", int(match["version"]))
