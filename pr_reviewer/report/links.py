"""Where a reader can look something up: code at the head, and the rule that a finding names."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from pr_reviewer.model.changes import LineRange
from pr_reviewer.model.rules import Level, Rule, RuleFile, RuleSource

# What GitHub and GitLab show rendered, where lines have no address: `?plain=1` asks for the source.
_RENDERED = (".md", ".markdown", ".mdx", ".rst", ".adoc", ".org")
_FOLDERS_OF_A_DISK = re.compile(r"(?:[A-Za-z]:)?[\\/](?:.*[\\/])?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Citation:
    """A rule as a report names it; all but the id is "" for one that no level has.

    `place` is its `path:line`, without the folders of anybody's disk; "" for a pack, whose files came with the program.
    `on_disk` is the same in full, for whoever runs the program. `address` is where it can be read, if anywhere.
    `amended_by` is the origin of a nearer file that changes how a rule is kept, and whose line stands in where the text
    itself has none.
    """

    rule_id: str
    title: str = ""
    origin: str = ""
    place: str = ""
    on_disk: str = ""
    address: str = ""
    amended_by: str = ""


def no_rule(path: str, rule_id: str) -> Rule | None:  # noqa: ARG001 a book without rules
    """No rule for any file."""
    return None


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses for names: none for a local review.

    `code` is the address of lines at the head, with `{path}`, `{first}` and `{last}` in it, as in
    `https://github.com/o/r/blob/SHA/{path}#L{first}-L{last}`. `rule_for` gives the rule that an id means for a file.
    `blob` is like `code` for any `{project}` at any `{sha}`, `project` the one under review, `packs` like `code` for
    the files of packs, and `installation` the folder on disk that their paths start from.
    """

    code: str = ""
    rule_for: Callable[[str, str], Rule | None] = no_rule
    blob: str = ""
    project: str = ""
    packs: str = ""
    installation: str = ""

    def to_code(self, path: str, lines: LineRange) -> str:
        """The address of lines at the head; "" where there is none."""
        return _filled(self.code, path, lines)

    def cite(self, path: str, rule_id: str) -> Citation:
        """The rule that a finding in a file names: the nearest of its id."""
        rule = self.rule_for(path, rule_id)
        return self.cite_rule(rule) if rule else Citation(rule_id)

    def cite_rule(self, rule: Rule) -> Citation:
        """The rule with its place and its address."""
        text = rule.outer or rule.source
        return Citation(
            rule.id,
            rule.title,
            text.origin,
            place=_place(text) or _place(rule.source),
            on_disk=self._on_disk(text),
            address=self._address(text) or self._address(rule.source),
            amended_by=rule.source.origin if rule.outer else "",
        )

    def _on_disk(self, source: RuleSource) -> str:
        is_shipped = source.file.level is Level.PACK and self.installation
        return f"{f'{self.installation}/' if is_shipped else ''}{source.path}:{source.line}"

    def _address(self, source: RuleSource) -> str:
        return _filled(self._template(source.file), source.path, LineRange(source.line, source.line))

    def _template(self, file: RuleFile) -> str:
        """The address of a file of rules, but for path and lines; "" for what only a disk has."""
        if file.level is Level.PACK:
            return self.packs
        project = file.project or self.project
        if file.level is Level.OPERATOR or not (project and file.revision):
            return ""
        return self.blob.replace("{project}", quote(project)).replace("{sha}", quote(file.revision))


def without_folders(path: str) -> str:
    """The path; of one that is absolute on a disk only the name, as it is nobody else's business where it lies."""
    return _FOLDERS_OF_A_DISK.sub("", path, count=1) if _FOLDERS_OF_A_DISK.match(path) else path


def _place(source: RuleSource) -> str:
    return "" if source.file.level is Level.PACK else without_folders(f"{source.path}:{source.line}")


def _filled(template: str, path: str, lines: LineRange) -> str:
    if not template:
        return ""
    if len(lines) == 1:
        template = template.replace("-L{last}", "")
    numbers = template.replace("{first}", str(lines.first)).replace("{last}", str(lines.last))
    query = "?plain=1" if path.lower().endswith(_RENDERED) else ""
    return numbers.replace("{path}", quote(path, errors="surrogateescape") + query)
