"""A change that lives in memory: a `ChangeReader` made of two mappings from path to text."""

import difflib
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatch

from pr_reviewer.model.errors import GitError
from pr_reviewer.model.pull import PullRequest, PullRequestRef, Revision

_NO_BLOB = "0" * 40


class FakeProvider:
    """Obeys the same contract as the real ones. Set `pull` to change what it says of the pull request.

    Renames are found where the text stays the same; `.gitattributes` is read at the top, one glob a line.
    """

    def __init__(
        self,
        base: Mapping[str, str],
        head: Mapping[str, str],
        *,
        can_suggest: bool = True,
        max_file_bytes: int = 2_000_000,
    ) -> None:
        self.can_suggest = can_suggest
        self._max_file_bytes = max_file_bytes
        old, new = _tree_id(base), _tree_id(head)
        self._trees = {old: dict(base), new: dict(head)}
        self.pull = PullRequest(
            ref=PullRequestRef("fake", "octo/app", 1),
            title="Change",
            description="",
            author="ada",
            base=Revision("main", old),
            head=Revision("feature", new),
            merge_base_sha=old,
        )

    async def pull_request(self) -> PullRequest:
        return self.pull

    async def diff(self, old: str, new: str) -> str:
        before, after = self._tree(old), self._tree(new)
        return "".join(_file_diff(before, after, source, target) for source, target in _pairs(before, after))

    async def read_files(self, revision: str, paths: Sequence[str]) -> Mapping[str, str]:
        tree = self._tree(revision)
        return {path: tree[path] for path in paths if path in tree and self._is_readable(tree[path])}

    async def list_files(self, revision: str) -> tuple[str, ...]:
        return tuple(sorted(self._tree(revision), key=_bytes))

    async def generated(self, revision: str, paths: Sequence[str]) -> frozenset[str]:
        lines = self._tree(revision).get(".gitattributes", "").split("\n")
        rules = [line.split() for line in lines if line.strip()]
        return frozenset(path for path in paths if _is_generated(rules, path))

    def _tree(self, revision: str) -> dict[str, str]:
        if revision not in self._trees:
            raise GitError(f"not a tree object: {revision}")
        return self._trees[revision]

    def _is_readable(self, text: str) -> bool:
        return "\0" not in text and len(_bytes(text)) <= self._max_file_bytes


def _pairs(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[tuple[str | None, str | None]]:
    """Old and new path of every changed file, in the order of the paths."""
    gone = [path for path in before if path not in after]
    pairs: list[tuple[str | None, str | None]] = []
    for path, text in after.items():
        if path in before:
            pairs += [(path, path)] if before[path] != text else []
            continue
        source = next((old for old in gone if before[old] == text != ""), None)
        if source is not None:
            gone.remove(source)
        pairs.append((source, path))
    pairs += [(path, None) for path in gone]
    yield from sorted(pairs, key=lambda pair: _bytes(pair[1] or pair[0] or ""))


def _file_diff(before: Mapping[str, str], after: Mapping[str, str], source: str | None, target: str | None) -> str:
    old, new = before[source] if source else "", after[target] if target else ""
    old_name, new_name = source or target or "", target or source or ""
    head = f"diff --git {_quoted('a/' + old_name)} {_quoted('b/' + new_name)}\n"
    if source and target and source != target:
        return f"{head}similarity index 100%\nrename from {_quoted(source)}\nrename to {_quoted(target)}\n"
    if not source or not target:
        head += "new file mode 100644\n" if target else "deleted file mode 100644\n"
    ids = f"{_blob_id(old) if source else _NO_BLOB}..{_blob_id(new) if target else _NO_BLOB}"
    head += f"index {ids}{' 100644' if source == target else ''}\n"
    names = _header_name("a/", source), _header_name("b/", target)
    if "\0" in old + new:
        return f"{head}Binary files {names[0].rstrip()} and {names[1].rstrip()} differ\n"
    return head + _hunks(old, new, names)


def _hunks(old: str, new: str, names: tuple[str, str]) -> str:
    lines = list(difflib.unified_diff(_lines(old), _lines(new), lineterm="\n"))
    if not lines:
        return ""
    body = (line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines[2:])
    return f"--- {names[0]}\n+++ {names[1]}\n" + "".join(body)


def _lines(text: str) -> list[str]:
    """Lines with their line feeds."""
    lines = [f"{line}\n" for line in text.split("\n")]
    lines[-1] = lines[-1].removesuffix("\n")
    return lines if lines[-1] else lines[:-1]


def _header_name(prefix: str, path: str | None) -> str:
    if path is None:
        return "/dev/null"
    name = _quoted(prefix + path)
    return f"{name}\t" if " " in name and not name.startswith('"') else name


def _quoted(path: str) -> str:
    """The path as git prints it: in quotes with octal escapes where it holds anything unusual."""
    octets = _bytes(path)
    if all(0x20 <= octet < 0x7F and octet not in b'"\\' for octet in octets):
        return path
    named = {9: "\\t", 10: "\\n", 34: '\\"', 92: "\\\\"}
    plain = (named.get(octet) or (chr(octet) if 0x20 <= octet < 0x7F else f"\\{octet:03o}") for octet in octets)
    return f'"{"".join(plain)}"'


def _is_generated(rules: Sequence[Sequence[str]], path: str) -> bool:
    answer = False
    for glob, *attributes in rules:
        if fnmatch(path, glob) or fnmatch(path.rpartition("/")[2], glob):
            for attribute in attributes:
                name, _, value = attribute.partition("=")
                if name.lstrip("-") in {"linguist-generated", "linguist-vendored"}:
                    answer = not name.startswith("-") and value != "false"
    return answer


def _tree_id(files: Mapping[str, str]) -> str:
    return hashlib.sha1(
        repr(sorted(files.items())).encode("utf-8", "surrogateescape"), usedforsecurity=False
    ).hexdigest()


def _blob_id(text: str) -> str:
    content = _bytes(text)
    return hashlib.sha1(b"blob %d\0%b" % (len(content), content), usedforsecurity=False).hexdigest()


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
