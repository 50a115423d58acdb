"""The user's own repository: where its parts lie and what the user means by a name. Nothing here writes to it."""

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pr_reviewer.git.run import OLDEST_GIT, Git, dotted
from pr_reviewer.model.errors import GitError, UsageError

_NAMESPACES = ("refs/heads/", "refs/remotes/", "refs/tags/")
_FULL_ID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_USUAL_DEFAULTS = ("main", "master", "trunk", "develop")


@dataclass(frozen=True, slots=True)
class Checkout:
    """A repository of the user's.

    `git_dir` is this working tree's own, `common_dir` the one that all its working trees share; `top` is the
    working tree's first folder, None in a bare repository.
    """

    git: Git
    git_dir: Path
    common_dir: Path
    object_format: str
    top: Path | None

    @property
    def objects(self) -> Path:
        """The folder that holds its objects."""
        return self.common_dir / "objects"

    @property
    def shallow(self) -> Path:
        """The file that says where its history is cut off; absent where it is whole."""
        return self.common_dir / "shallow"

    @property
    def name(self) -> str:
        """What people call it: its folder's name."""
        return self.top.name if self.top else self.git_dir.name.removesuffix(".git")


@dataclass(frozen=True, slots=True)
class Refs:
    """A repository's refs by full name, each with the full name that it stands for ("" for most)."""

    targets: Mapping[str, str]

    @property
    def remote(self) -> str:
        """The remote that pull requests go to: `origin`, or the only one; "" where there is none to choose."""
        remotes = {name.split("/")[2] for name in self.targets if name.startswith("refs/remotes/")}
        return "origin" if "origin" in remotes or len(remotes) != 1 else remotes.pop()

    @property
    def short_names(self) -> tuple[str, ...]:
        """Branches, tags and remote branches as a user writes them."""
        return tuple(short_name(name) for name in self.targets if name.startswith(_NAMESPACES))


def find_checkout(folder: Path) -> Checkout:
    """The repository around `folder`, which may be a subfolder, a linked working tree, a submodule or bare."""
    if not folder.is_dir():
        raise UsageError(f"{folder} is not a folder", hint="Name a repository with --repo PATH.")
    git = Git.within(folder.resolve())
    _require_version(git)
    parts = ("--git-dir", "--git-common-dir", "--show-object-format", "--is-inside-work-tree", "--is-bare-repository")
    try:
        answers = _text(git.run("rev-parse", "--path-format=absolute", *parts)).removesuffix("\n").split("\n")
    except UsageError as exc:
        raise UsageError(
            f"{folder.resolve()} is not a git repository, nor is a folder above it",
            hint="Call it inside one, name one with --repo PATH, or review a diff with --diff FILE.",
        ) from exc
    if len(answers) != len(parts):
        raise UsageError("the repository's path contains a line feed, which git cannot print")
    git_dir, common_dir, object_format, is_inside, is_bare = answers
    top = _top(git, Path(git_dir), is_inside=is_inside == "true", is_bare=is_bare == "true")
    return Checkout(git, Path(git_dir), Path(common_dir), object_format, top)


def read_refs(checkout: Checkout) -> Refs:
    """All refs."""
    output = checkout.git.run("for-each-ref", "--format=%(refname)%00%(symref)")
    lines = (line.partition("\0") for line in _text(output).split("\n")[:-1])
    return Refs({name: target for name, _, target in lines})


def current_branch(checkout: Checkout) -> str:
    """The branch that HEAD stands for, existing or not; "" where HEAD is detached."""
    return _text(checkout.git.run("symbolic-ref", "--quiet", "--short", "HEAD", accept=(0, 1))).strip()


def has_commits(checkout: Checkout) -> bool:
    """Whether HEAD is a commit."""
    return _commit(checkout, "HEAD") is not None


def resolve(checkout: Checkout, refs: Refs, name: str) -> str:
    """The commit that the user means by `name`; a branch that only the remote has is found there.

    Raises `UsageError` with the nearest names that exist.
    """
    commit = _commit(checkout, name)
    remote_branch = f"refs/remotes/{refs.remote}/{name}"
    if commit is None and refs.targets.get(remote_branch) == "":  # a branch, not the remote's HEAD
        commit = _commit(checkout, remote_branch)
    if commit is None:
        raise UsageError(f"there is no commit {name!r} in {checkout.name}", hint=_nearest(checkout, refs, name))
    return commit


def default_branch(checkout: Checkout, refs: Refs) -> str:
    """The full name of the branch that pull requests go to.

    It is the remote's HEAD, else the first that exists of `init.defaultBranch`, main, master, trunk and develop,
    on the remote and then here: what the remote has is what a pull request would be compared with.
    """
    head = refs.targets.get(f"refs/remotes/{refs.remote}/HEAD", "")
    configured = read_settings(checkout, r"init\.defaultbranch").get("init.defaultbranch")
    names = dict.fromkeys(name for name in (configured, *_USUAL_DEFAULTS) if name)
    places = (f"refs/remotes/{refs.remote}/", "refs/heads/")
    for candidate in (head, *(f"{place}{name}" for name in names for place in places)):
        if candidate in refs.targets:
            return candidate
    raise UsageError(
        f"no default branch was found in {checkout.name}",
        hint="Name what to compare with: --base REF (a branch, tag or commit). `git fetch` brings missing branches.",
    )


def read_settings(checkout: Checkout, pattern: str) -> dict[str, str | None]:
    """The user's git settings whose lower-case name matches; None for one that is written without a value."""
    output = checkout.git.run("config", "--null", "--get-regexp", f"^({pattern})$", accept=(0, 1))
    settings: dict[str, str | None] = {}
    for item in _text(output).split("\0")[:-1]:
        key, separator, value = item.partition("\n")
        settings[key] = value if separator else None
    return settings


def origin_url(folder: Path) -> str:
    """The address that the user's git would fetch `origin` from; "" where there is no such remote, or no repository."""
    try:
        said = _text(Git.within(folder.resolve()).run("ls-remote", "--get-url", "origin")).strip()
    except (GitError, UsageError):
        return ""
    return "" if said == "origin" else said


def short_name(name: str) -> str:
    """`refs/remotes/origin/main` → `origin/main`."""
    return name.split("/", 2)[2]


def _require_version(git: Git) -> None:
    said = git.run("version").decode()
    numbers = re.search(r"(\d+)\.(\d+)", said)
    if numbers and (int(numbers[1]), int(numbers[2])) < OLDEST_GIT:
        raise GitError(f"{said.strip()} is too old", hint=f"Install git {dotted(OLDEST_GIT)} or newer.")


def _top(git: Git, git_dir: Path, *, is_inside: bool, is_bare: bool) -> Path | None:
    """The working tree's first folder; also for a user who stands inside its `.git`."""
    if is_inside:
        return Path(_text(git.run("rev-parse", "--show-toplevel")).removesuffix("\n"))
    return None if is_bare or git_dir.name != ".git" else git_dir.parent


def _commit(checkout: Checkout, name: str) -> str | None:
    arguments = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    answer = checkout.git.run(*arguments, accept=(0, 1, 128)).decode().strip()
    return answer if _FULL_ID.fullmatch(answer) else None  # a range (`a..b`) has two answers


def _nearest(checkout: Checkout, refs: Refs, name: str) -> str:
    near = difflib.get_close_matches(name, refs.short_names, n=3, cutoff=0.5)
    if near:
        return f"Did you mean {' or '.join(near)}?"
    if checkout.shallow.is_file():
        return "This is a shallow clone; `git fetch --unshallow` brings the older commits."
    return "Name a branch, a tag or a commit; `git fetch` brings those that only the server has."


def _text(output: bytes) -> str:
    return output.decode("utf-8", "surrogateescape")
