"""Real repositories for tests, made with git itself."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

SOMEBODY = {
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.org",
    "GIT_AUTHOR_DATE": "2026-01-02T03:04:05Z",
    "GIT_COMMITTER_DATE": "2026-01-02T03:04:05Z",
}


class GitFolder:
    """A repository, or a working tree of one, in a folder of its own."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def create(cls, path: Path, *options: str) -> "GitFolder":
        path.mkdir(parents=True, exist_ok=True)
        folder = cls(path)
        folder.git("init", "--quiet", "--initial-branch=main", *options)
        return folder

    @classmethod
    def clone(cls, source: Path, path: Path, *options: str) -> "GitFolder":
        GitFolder(path.parent).git(
            "-c", "protocol.file.allow=always", "clone", "-q", *options, f"file://{source}", str(path)
        )
        return cls(path)

    def git(self, *arguments: str, stdin: bytes = b"") -> str:
        environment = {**os.environ, **SOMEBODY}
        done = subprocess.run(
            ["git", *arguments], cwd=self.path, env=environment, input=stdin, capture_output=True, check=False
        )
        if done.returncode:
            raise AssertionError(f"git {arguments}: {done.stderr.decode(errors='replace')}")
        return done.stdout.decode("utf-8", "surrogateescape").removesuffix("\n")

    def write(self, files: Mapping[str, str | bytes]) -> None:
        for path, content in files.items():
            target = self.path / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(as_bytes(content))

    def commit(self, files: Mapping[str, str | bytes] | None = None, message: str = "Change") -> str:
        self.write(files or {})
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "-m", message)
        return self.id("HEAD")

    def id(self, revision: str) -> str:
        return self.git("rev-parse", "--verify", revision)

    def branch(self, name: str) -> None:
        self.git("checkout", "--quiet", "-b", name)


def as_bytes(content: str | bytes) -> bytes:
    return content.encode("utf-8", "surrogateescape") if isinstance(content, str) else content


def fingerprint(folder: Path) -> dict[str, bytes]:
    """Every file below the folder with its bytes, symbolic links with their targets."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = os.fsdecode(path.relative_to(folder))
        if path.is_symlink():
            found[name] = os.fsencode(path.readlink())
        elif path.is_file():
            found[name] = path.read_bytes()
    return found
