"""What happened between two commits."""

from dataclasses import dataclass

from pr_reviewer.git.run import Git


@dataclass(frozen=True, slots=True)
class Commit:
    """What a commit says of itself; `subject` is one line, `body` what stands below it."""

    author: str
    subject: str
    body: str
    is_root: bool


def merge_base(git: Git, one: str, other: str) -> str | None:
    """The best common ancestor of two commits, None where the repository knows none."""
    answer = git.run("merge-base", "--end-of-options", one, other, accept=(0, 1))
    return answer.decode().strip() or None


def read_commit(git: Git, commit: str) -> Commit:
    """One commit. It is a root only if it names no parent, not because a shallow history ends there."""
    header, _, _ = git.run("cat-file", "commit", commit).partition(b"\n\n")
    (author, subject, body), *_ = _log(git, "--max-count=1", commit)
    return Commit(author, subject, body, is_root=b"\nparent " not in header)


def read_subjects(git: Git, old: str | None, new: str, *, limit: int) -> tuple[str, ...]:
    """The subjects of at most `limit` commits of `new` that `old` lacks, merges left out, oldest first."""
    since = (f"^{old}",) if old else ()
    newest_first = _log(git, "--no-merges", "--topo-order", f"--max-count={limit}", new, *since)
    return tuple(subject for _, subject, _ in reversed(newest_first))


def _log(git: Git, *arguments: str) -> list[tuple[str, str, str]]:
    """Author, subject and body of each commit."""
    output = git.run("log", "-z", "--no-notes", "--no-mailmap", "--no-color", "--format=%an%n%s%n%b", *arguments, "--")
    records = output.decode("utf-8", "surrogateescape").split("\0")[:-1]
    return [_fields(record) for record in records]


def _fields(record: str) -> tuple[str, str, str]:
    author, _, rest = record.partition("\n")
    subject, _, body = rest.partition("\n")
    return author, subject, body.strip("\n")
