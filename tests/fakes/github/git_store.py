"""Bare repositories on disk, written and read with git plumbing. Everything asked by SHA is remembered."""

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from tests.fakes.github.patches import FilePatch, read_patches

NOBODY = "0" * 40
_CONFIG = """[core]
\trepositoryformatversion = 0
\tbare = true
[gc]
\tauto = 0
[http]
\treceivepack = true
[receive]
\tdenyDeleteCurrent = ignore
[uploadpack]
\tallowFilter = true
\tallowReachableSHA1InWant = true
\tallowAnySHA1InWant = true
\thideRefs = refs/stand-in
"""
ENVIRONMENT = {
    "PATH": os.environ.get("PATH", ""),
    "HOME": "/nonexistent",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "LC_ALL": "C.UTF-8",
}
_DIFF = ("-c", "diff.renames=true", "diff-tree", "-r", "-M", "--no-ext-diff", "--no-textconv")
Content = str | bytes | None


@dataclass(frozen=True, slots=True)
class CommitFacts:
    sha: str
    tree: str
    parents: tuple[str, ...]
    name: str
    email: str
    date: str
    message: str


class GitFailed(Exception):
    """git said no; the text is its own."""


@dataclass(frozen=True)
class GitStore:
    """One bare repository."""

    folder: Path

    @classmethod
    def create(cls, folder: Path, default_branch: str) -> "GitStore":
        for part in ("objects/info", "objects/pack", "refs/heads", "refs/tags", "info"):
            (folder / part).mkdir(parents=True)
        (folder / "HEAD").write_text(f"ref: refs/heads/{default_branch}\n")
        (folder / "config").write_text(_CONFIG)
        return cls(folder)

    def run(self, *arguments: str, stdin: bytes = b"") -> str:
        """Git's output as text; bytes that are not UTF-8 are kept as surrogates."""
        return run_git(self.folder, *arguments, stdin=stdin)

    def commit(  # noqa: PLR0913 each is a part of a commit
        self,
        branch: str,
        files: Mapping[str, Content],
        *,
        parents: tuple[str, ...],
        message: str,
        author: str,
        when: int,
        anew: bool = False,
    ) -> str:
        """Write one commit on the branch; `None` removes a file, a symbolic link is `b"link:TARGET"`."""
        body = message.encode()
        reference = f"refs/heads/{branch}".encode()
        lines = [
            b"commit " + reference,
            b"committer %b <%b@example.com> %d +0000" % (_word(author), _word(author), when),
        ]
        lines.insert(1, b"mark :1")
        lines.append(b"data %d\n" % len(body) + body)
        marks = [b"from", *[b"merge"] * len(parents)]
        lines += [mark + b" " + parent.encode() for mark, parent in zip(marks, parents, strict=False)]
        lines += [b"deleteall"] if anew else []
        lines += [_change(path, content) for path, content in files.items()]
        opening = b"reset " + reference + b"\n\n" if not parents else b""
        script = opening + b"\n".join(lines) + b"\nget-mark :1\ndone\n"
        return self.run("fast-import", "--quiet", "--force", stdin=script).strip()

    def resolve(self, revision: str) -> str:
        """The commit's SHA, or GitFailed."""
        return self.run("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}").strip()

    def references(self, prefix: str = "refs/heads/") -> dict[str, str]:
        """Name without the prefix → SHA. Read from the files: nothing ever packs them, and a process costs more."""
        top = self.folder / prefix
        files = (found for found in top.rglob("*") if found.is_file() and not found.name.endswith(".lock"))
        return {str(found.relative_to(top)): found.read_text().strip() for found in files}

    def set_reference(self, name: str, sha: str | None) -> None:
        file = self.folder / name
        if sha is None:
            file.unlink()
            return
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{sha}\n")

    def borrow(self, other: "GitStore", sha: str) -> None:
        """Take a commit out of another repository, as repositories of one network share their objects."""
        (self.folder / "objects/info/alternates").touch()
        known = (self.folder / "objects/info/alternates").read_text()
        line = f"{other.folder / 'objects'}\n"
        if line not in known:
            (self.folder / "objects/info/alternates").write_text(known + line)
        self.resolve(sha)

    def merge_base(self, one: str, other: str) -> str | None:
        return _merge_base(self.folder, one, other)

    def commits(self, base: str, head: str) -> tuple[str, ...]:
        """The commits that head has and base has not, oldest first."""
        return _commits(self.folder, base, head)

    def facts(self, sha: str) -> CommitFacts:
        return _facts(self.folder, sha)

    def diff(self, old: str, new: str) -> tuple[FilePatch, ...]:
        return _diff(self.folder, old, new)

    def diff_text(self, old: str, new: str) -> str:
        return "".join(file.text for file in self.diff(old, new))

    def moved_line(self, old: str, new: str, path: str, line: int) -> int | None:
        """Where a line of `old:path` stands in `new:path`; None when it was changed or is gone."""
        return _moved_line(self.folder, (old, new), path, line)

    def blob(self, revision: str, path: str) -> tuple[str, bytes] | None:
        """(id, content) of a file at a revision."""
        try:
            blob = self.run("rev-parse", "--verify", "--quiet", f"{revision}:{path}").strip()
        except GitFailed:
            return None
        return blob, self.run("cat-file", "blob", blob).encode("utf-8", "surrogateescape")


def run_git(folder: Path, *arguments: str, stdin: bytes = b"") -> str:
    command = ["git", "-c", "core.quotePath=false", f"--git-dir={folder}", *arguments]
    done = subprocess.run(command, input=stdin, capture_output=True, check=False, env=ENVIRONMENT)
    if done.returncode:
        raise GitFailed(done.stderr.decode(errors="replace") or f"git {arguments[0]} failed")
    return done.stdout.decode("utf-8", "surrogateescape")


@lru_cache(4096)
def _merge_base(folder: Path, one: str, other: str) -> str | None:
    try:
        return run_git(folder, "merge-base", one, other).strip()
    except GitFailed:
        return None


@lru_cache(4096)
def _commits(folder: Path, base: str, head: str) -> tuple[str, ...]:
    return tuple(run_git(folder, "rev-list", "--reverse", "--topo-order", f"{base}..{head}").split())


@lru_cache(4096)
def _facts(folder: Path, sha: str) -> CommitFacts:
    form = "--format=%H%x00%T%x00%P%x00%an%x00%ae%x00%ct%x00%B"
    try:
        text = run_git(folder, "log", "-1", form, sha)
    except GitFailed as failed:
        raise KeyError(sha) from failed
    found, tree, parents, name, email, date, message = text.split("\0")
    return CommitFacts(found, tree, tuple(parents.split()), name, email, date, message.strip("\n"))


@lru_cache(512)
def _diff(folder: Path, old: str, new: str) -> tuple[FilePatch, ...]:
    raw = run_git(folder, *_DIFF, "--raw", "-z", "--no-abbrev", old, new)
    return read_patches(raw, run_git(folder, *_DIFF, "-p", "-U3", old, new))


@lru_cache(4096)
def _moved_line(folder: Path, between: tuple[str, str], path: str, line: int) -> int | None:
    patch = run_git(folder, *_DIFF, "-p", "-U1000000", *between, "--", path)
    if not patch:
        return line
    files = read_patches(run_git(folder, *_DIFF, "--raw", "-z", *between, "--", path), patch)
    lines = [row for hunk in files[0].hunks for row in hunk.lines]
    return next((row.new for row in lines if row.old == line), None)


def _change(path: str, content: Content) -> bytes:
    escaped = path.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    name = b'"' + escaped.encode("utf-8", "surrogateescape") + b'"'
    if content is None:
        return b"D " + name
    data = content.encode("utf-8", "surrogateescape") if isinstance(content, str) else content
    mode = b"100644"
    if data.startswith(b"link:"):
        mode, data = b"120000", data.removeprefix(b"link:")
    return b"M %b inline %b\ndata %d\n%b" % (mode, name, len(data), data)


def _word(author: str) -> bytes:
    return author.replace("<", "").replace(">", "").encode()
