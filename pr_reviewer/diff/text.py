"""Text as git sees it: a line ends at a line feed and nowhere else."""

import re

_SURROGATES = re.compile("[\ud800-\udfff]")


def split_lines(text: str) -> list[str]:
    r"""The lines of a text, without their line feeds: `"a\n"` is `["a"]`, `""` is `[]`.

    Form feeds, lone carriage returns and U+2028 stay inside their line, so that numbers agree with git.
    """
    lines = text.split("\n")
    if not lines[-1]:
        lines.pop()
    return lines


def display(text: str) -> str:
    """The text with U+FFFD for every byte that was not UTF-8: as long as before, and safe to encode."""
    return text if text.isascii() else _SURROGATES.sub("\ufffd", text)
