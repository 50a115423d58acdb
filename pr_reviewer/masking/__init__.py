"""Secrets out of texts: every one replaced by a placeholder that says what it was.

Pure. Runs right after reading, so that nothing downstream (prompt, quote, comment, log) ever holds a secret.
`catalog.py` lists what secrets look like, `keys.py` knows those that span lines, `doubt.py` what only looks like one.
"""

from collections.abc import Iterable

from pr_reviewer.masking.catalog import KINDS
from pr_reviewer.masking.keys import mask_private_keys
from pr_reviewer.masking.kinds import Kind, placeholder
from pr_reviewer.model.code import Masked, Secret

KNOWN_CREDENTIAL = placeholder("credential")
_SHORTEST_KNOWN = 6


def mask(text: str, path: str = "") -> Masked:
    """Replace every secret in `text` by a placeholder such as `[masked AWS access key]`.

    Keeps the number of lines, and masking again changes nothing. `path` tells which notation to expect: a
    configuration file's values stand without quotes. Well-known placeholders (`AKIAIOSFODNN7EXAMPLE`, `${TOKEN}`,
    `xxxx`) are no secrets and stay.
    """
    everything = text.lower()
    kinds = _kinds_in(everything, path)
    lines = text.split("\n")
    secrets = mask_private_keys(lines) if "private" in everything else []
    for number, line in enumerate(lines, start=1) if kinds else ():
        folded = line.lower()
        for kind, anchors in kinds:
            if any(map(folded.__contains__, anchors)):
                line, found = kind.replace(line)  # noqa: PLW2901 kinds apply one after the other
                secrets += [Secret(number, kind.name)] * found
        lines[number - 1] = line
    return Masked("\n".join(lines), tuple(sorted(secrets, key=lambda secret: secret.line)))


def redact(text: str, known: Iterable[str] = ()) -> str:
    """Make a text fit for logs and errors: the `known` credentials are gone, and so is all that looks like one."""
    for credential in sorted(known, key=len, reverse=True):
        if len(credential) >= _SHORTEST_KNOWN:  # a shorter one would tear words apart
            text = text.replace(credential, KNOWN_CREDENTIAL)
    return mask(text).text


def _kinds_in(folded: str, path: str) -> list[tuple[Kind, tuple[str, ...]]]:
    """The kinds that can occur at all, each with its anchors that do; for most texts there are few."""
    present = ((kind, tuple(anchor for anchor in kind.anchors if anchor in folded)) for kind in KINDS)
    return [(kind, anchors) for kind, anchors in present if anchors and kind.governs(path)]
