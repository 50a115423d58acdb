"""What a user means by a range of a local repository, read as a pull request.

Names are resolved in the user's repository. Everything else is read in a bare repository of our own that borrows its
objects, so that none of its settings, attributes or hooks apply.
"""

from dataclasses import dataclass
from pathlib import Path

from pr_reviewer.git.checkout import (
    Checkout,
    Refs,
    current_branch,
    default_branch,
    find_checkout,
    has_commits,
    read_refs,
    resolve,
    short_name,
)
from pr_reviewer.git.history import merge_base, read_commit, read_subjects
from pr_reviewer.git.repository import borrow, create_bare
from pr_reviewer.git.run import Git
from pr_reviewer.git.snapshot import staged_tree, working_tree
from pr_reviewer.model.errors import UsageError
from pr_reviewer.model.pull import PullRequest, PullRequestRef, Revision

STAGED = "staged changes"
UNCOMMITTED = "uncommitted changes"

_MAX_SUBJECTS = 50


@dataclass(frozen=True, slots=True)
class RangeRequest:
    """What the user asked for."""

    repo: Path
    base: str | None
    head: str | None
    is_staged: bool
    is_uncommitted: bool
    index_file: Path | None


@dataclass(frozen=True, slots=True)
class _Place:
    """The user's repository, and our own at `bare` that borrows its objects; `git` reads the latter."""

    checkout: Checkout
    refs: Refs
    git: Git
    bare: Path


def read_range(request: RangeRequest, bare: Path, scratch: Path) -> PullRequest:
    """The range as a pull request whose revisions can be read in the repository that is made at `bare`.

    `scratch` is used on the way; neither folder exists yet. Raises `UsageError` where the request means nothing.
    """
    checkout = find_checkout(request.repo)
    create_bare(bare, checkout.object_format)
    borrow(bare, checkout.objects, checkout.shallow)
    place = _Place(checkout, read_refs(checkout), Git.alone(bare), bare)
    if request.is_staged or request.is_uncommitted:
        return _read_tree(request, place, scratch)
    return _read_commits(request, place)


def _read_tree(request: RangeRequest, place: _Place, scratch: Path) -> PullRequest:
    """HEAD, or where it left the base, … index or working tree."""
    base, start = _start_of_tree(request, place)
    objects = place.bare / "objects"
    if request.is_staged:
        name, tree = STAGED, staged_tree(place.checkout, objects, scratch, index=request.index_file)
    else:
        name, tree = UNCOMMITTED, working_tree(place.checkout, objects, scratch)
    return PullRequest(_ref(place), name.capitalize(), "", "", base, Revision(name, tree), start)


def _start_of_tree(request: RangeRequest, place: _Place) -> tuple[Revision, str]:
    if request.base is None and not has_commits(place.checkout):
        nothing = _empty_tree(place.git)
        return Revision("HEAD", nothing), nothing
    head = _head(request, place)
    if request.base is None:
        return head, head.sha
    base = _base(request, place)
    return base, _merge_base(place, base, head)


def _read_commits(request: RangeRequest, place: _Place) -> PullRequest:
    """Where head left base … head. A default branch that is all one commit is compared with nothing at all."""
    head = _head(request, place)
    base = _base(request, place)
    commit = read_commit(place.git, head.sha)
    start: str | None = _merge_base(place, base, head)
    if request.base is None and base.branch == head.branch and commit.is_root:
        start = None
    subjects = read_subjects(place.git, start, head.sha, limit=_MAX_SUBJECTS + 1)
    if len(subjects) > 1:
        title, description = head.branch, _listed(subjects)
    else:
        title, description = commit.subject, commit.body
    return PullRequest(
        _ref(place), title, description, commit.author, base, head, merge_base_sha=start or _empty_tree(place.git)
    )


def _head(request: RangeRequest, place: _Place) -> Revision:
    if request.head is not None:
        return Revision(request.head, resolve(place.checkout, place.refs, request.head))
    if not has_commits(place.checkout):
        raise UsageError(
            f"{place.checkout.name} has no commits yet", hint="Review what is not committed: --staged or --uncommitted."
        )
    name = current_branch(place.checkout) or "HEAD"
    return Revision(name, resolve(place.checkout, place.refs, "HEAD"))


def _base(request: RangeRequest, place: _Place) -> Revision:
    if request.base is not None:
        return Revision(request.base, resolve(place.checkout, place.refs, request.base))
    name = default_branch(place.checkout, place.refs)
    return Revision(short_name(name), resolve(place.checkout, place.refs, name))


def _merge_base(place: _Place, base: Revision, head: Revision) -> str:
    commit = merge_base(place.git, base.sha, head.sha)
    if commit is None:
        hint = "Their histories are unrelated: name another --base."
        if place.checkout.shallow.is_file():
            hint = "This is a shallow clone: `git fetch --unshallow` brings the commits that are missing."
        raise UsageError(f"{base.branch} and {head.branch} have no common ancestor in {place.checkout.name}", hint=hint)
    return commit


def _empty_tree(git: Git) -> str:
    return git.run("hash-object", "-t", "tree", "--stdin").decode().strip()


def _ref(place: _Place) -> PullRequestRef:
    return PullRequestRef("local", place.checkout.name, 0)


def _listed(subjects: tuple[str, ...]) -> str:
    """A list of the last subjects, oldest first."""
    lines = [f"- {subject}" for subject in subjects[-_MAX_SUBJECTS:]]
    if len(subjects) > _MAX_SUBJECTS:
        lines.insert(0, "- … and earlier commits")
    return "\n".join(lines)
