"""READ: what changed and what stands around it, masked at the door."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from pr_reviewer.diff.parse import parse_diff
from pr_reviewer.diff.skip import SkipRules, skip_reason
from pr_reviewer.diff.text import split_lines
from pr_reviewer.masking import mask
from pr_reviewer.model.changes import FileDiff, Hunk, Line
from pr_reviewer.model.code import Masked
from pr_reviewer.model.coverage import CoverageState, FileCoverage
from pr_reviewer.model.pull import PullRequest
from pr_reviewer.providers.base import ChangeReader
from pr_reviewer.report.splice import without_block

_HEADER_LINES = 40
_HEADER_CHARACTERS = 8_000
_MOST_LINES = 1_000_000


@dataclass(frozen=True, slots=True)
class FileText:
    """One version of a file. `raw` is for applying and parsing only; what anybody may see is `masked`."""

    raw: str
    masked: Masked


@dataclass(frozen=True, slots=True)
class Change:
    """A pull request with everything that a review reads of it; all text but `FileText.raw` is masked.

    `files` are all changed files in the diff's order, `reviewed` those that are looked at, `skipped` the others with
    the reason. `heads` and `bases` hold the reviewed files' texts by the path at the head, as far as they can be read.
    `shown` is what the diff shows of a head that cannot: its lines at their numbers, blank ones between.
    """

    pull: PullRequest
    files: tuple[FileDiff, ...]
    reviewed: tuple[FileDiff, ...]
    skipped: tuple[FileCoverage, ...]
    heads: Mapping[str, FileText]
    bases: Mapping[str, FileText]
    shown: Mapping[str, Masked]
    can_suggest: bool

    def masked_head(self, path: str) -> Masked:
        """A file at the head, as far as it is known."""
        return self.heads[path].masked if path in self.heads else self.shown[path]

    def masked_heads(self) -> Mapping[str, str]:
        """The reviewed files at the head, as anybody may see them."""
        return {path: text.masked.text for path, text in self.heads.items()}


async def read_change(source: ChangeReader, rules: SkipRules) -> Change:
    """Read a change. Raises ProviderError or UsageError where it cannot be read, InvalidDiff for a broken diff."""
    pull = await source.pull_request()
    originals = _by_shown_path(parse_diff(await source.diff(pull.merge_base_sha, pull.head.sha)))
    files = tuple(_with_shown_paths(file, path) for path, file in originals.items())
    marked = await source.generated(pull.base.sha, [file.path for file in originals.values()])
    generated = frozenset(path for path, file in originals.items() if file.path in marked)
    named = [file for file in files if skip_reason(file, rules, generated) is None]
    heads = await _texts(source, pull.head.sha, {file.path: originals[file.path].path for file in named})
    reasons = {file.path: skip_reason(file, rules, generated, _header(heads.get(file.path))) for file in files}
    kept = [file for file in named if reasons[file.path] is None]
    before = {file.path: originals[file.path].old_path or originals[file.path].path for file in kept}
    bases = await _texts(source, pull.merge_base_sha, before)
    masked = await asyncio.to_thread(_mask_files, files, heads, bases)
    return Change(
        pull=_mask_pull(pull),
        files=masked,
        reviewed=tuple(file for file in masked if reasons[file.path] is None),
        skipped=tuple(_skipped(path, reason) for path, reason in reasons.items() if reason is not None),
        heads={file.path: heads[file.path] for file in kept if file.path in heads},
        bases=bases,
        shown={file.path: _shown_part(file) for file in kept if file.path not in heads},
        can_suggest=source.can_suggest,
    )


def _by_shown_path(files: Iterable[FileDiff]) -> dict[str, FileDiff]:
    """The files by the path that anybody may see: a name can hold a secret, too, and still is one file's alone."""
    shown: dict[str, FileDiff] = {}
    for file in files:
        path = mask(file.path).text
        folder, slash, name = path.rpartition("/")
        number = 1
        while path in shown:
            number += 1
            path = f"{folder}{slash}({number}) {name}"
        shown[path] = file
    return shown


def _with_shown_paths(file: FileDiff, path: str) -> FileDiff:
    old_path = file.old_path if file.old_path is None else mask(file.old_path).text
    return replace(file, path=path, old_path=old_path)


async def _texts(source: ChangeReader, revision: str, wanted: Mapping[str, str]) -> dict[str, FileText]:
    """Texts by key; `wanted` maps each key to the path in that revision."""
    texts = await source.read_files(revision, list(wanted.values()))
    return await asyncio.to_thread(
        lambda: {key: FileText(texts[path], mask(texts[path], path)) for key, path in wanted.items() if path in texts}
    )


def _shown_part(file: FileDiff) -> Masked:
    """The head's lines as far as the diff shows them; a diff that claims absurd line numbers shows nothing."""
    lines = {line.new_number: line.text for hunk in file.hunks for line in hunk.lines if line.new_number is not None}
    last = max(lines, default=0)
    if last > _MOST_LINES:
        return Masked("")
    return mask("\n".join(lines.get(number, "") for number in range(1, last + 1)), file.path)


def _header(text: FileText | None) -> Sequence[str]:
    return split_lines(text.raw[:_HEADER_CHARACTERS])[:_HEADER_LINES] if text else ()


def _skipped(path: str, reason: str) -> FileCoverage:
    return FileCoverage(path, CoverageState.SKIPPED, reason, is_deliberate=True)


def _mask_pull(pull: PullRequest) -> PullRequest:
    """Masked, and without what /describe wrote: a model's words are no claim of the author's."""
    return replace(pull, title=mask(pull.title).text, description=mask(without_block(pull.description)).text)


def _mask_files(
    files: Iterable[FileDiff], heads: Mapping[str, FileText], bases: Mapping[str, FileText]
) -> tuple[FileDiff, ...]:
    return tuple(_mask_file(file, heads.get(file.path), bases.get(file.path)) for file in files)


def _mask_file(file: FileDiff, head: FileText | None, base: FileText | None) -> FileDiff:
    """The diff with masked lines: those of the whole files where these are known, else of each hunk for itself.

    A secret may span lines of which the hunk shows only some: the whole file knows.
    """
    new, old = _lines_of(head), _lines_of(base)
    return replace(file, hunks=tuple(_mask_hunk(hunk, file.path, new, old) for hunk in file.hunks))


def _lines_of(text: FileText | None) -> Sequence[str]:
    return text.masked.text.split("\n") if text and text.masked.secrets else ()


def _mask_hunk(hunk: Hunk, path: str, new: Sequence[str], old: Sequence[str]) -> Hunk:
    alone = mask("\n".join(line.text for line in hunk.lines), path)
    section = mask(hunk.section, path).text
    if not (alone.secrets or new or old or section != hunk.section):
        return hunk
    lines = zip(hunk.lines, alone.text.split("\n"), strict=True)
    return replace(hunk, section=section, lines=tuple(_mask_line(line, text, new, old) for line, text in lines))


def _mask_line(line: Line, alone: str, new: Sequence[str], old: Sequence[str]) -> Line:
    """The line as its file has it masked; what only the hunk's own masking found is masked as well."""
    number, lines = (line.new_number, new) if line.new_number is not None else (line.old_number, old)
    known = lines[number - 1] if number is not None and number <= len(lines) else line.text
    return replace(line, text=known if known != line.text else alone)
