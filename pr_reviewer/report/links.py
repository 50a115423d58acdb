"""Where a reader can click to: empty for a local review."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from pr_reviewer.model.changes import LineRange


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses for names.

    `code` is the address of lines at the head, with `{path}`, `{first}` and `{last}` in it, as in
    `https://github.com/o/r/blob/SHA/{path}#L{first}-L{last}`. `rules` says where each rule stands: an address, or
    `path:line`.
    """

    code: str = ""
    rules: Mapping[str, str] = field(default_factory=dict)

    def to_code(self, path: str, lines: LineRange) -> str:
        """The address of lines at the head; "" where there is none."""
        quoted = quote(path, errors="surrogateescape")
        numbers = self.code.replace("{first}", str(lines.first)).replace("{last}", str(lines.last))
        return numbers.replace("{path}", quoted)
