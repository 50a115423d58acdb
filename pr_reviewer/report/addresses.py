"""Which addresses in a model's prose may be links."""

import re

_URL = re.compile(r"(https?)://([a-z0-9-]+(?:\.[a-z0-9-]+)+(?::\d{1,5})?)((?:[/?#].*)?)", re.IGNORECASE | re.DOTALL)
# Providers note "mentioned in …" at the other end of such a link, whatever its text.
_REFERENCE = re.compile(
    r"/(?:issues?|pulls?|commits?|discussions|merge_requests|work_items|epics|milestones?|alerts?)/[\w%-]",
    re.IGNORECASE,
)
_UNSAFE = re.compile(r"%(?![0-9A-Fa-f]{2})|[^A-Za-z0-9/_.~%?#=&+,:-]")
_LONGEST = 2000


def safe_url(url: str) -> str | None:
    """The address as it may stand in markdown, with everything encoded that markup or a provider would read.

    None where it must not be a link: not http(s), hides its host behind a user name, makes a cross-reference on a
    code host, or is absurdly long.
    """
    match = _URL.fullmatch(url) if len(url) <= _LONGEST else None
    if not match or _REFERENCE.search(match[3]):
        return None
    return f"{match[1].lower()}://{match[2].lower()}{_UNSAFE.sub(_percent, match[3])}"


def host_of(url: str) -> str:
    """The host (and port) of an address that `safe_url` gave."""
    return re.split("[/?#]", url.partition("://")[2], maxsplit=1)[0]


def _percent(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match[0].encode(errors="replace"))
