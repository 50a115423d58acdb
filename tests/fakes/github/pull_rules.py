"""What follows from a pull request's branches: its merge base, commits and diff, and what moves when they move."""

from tests.fakes.github.git_store import GitFailed
from tests.fakes.github.patches import FilePatch
from tests.fakes.github.state import Pull, Repository
from tests.fakes.github.world import World


def base_tip(pull: Pull) -> str:
    """Where the base branch stands now; when it is gone, where it stood."""
    return pull.repository.heads.get(pull.base_branch, pull.base_sha)


def fork_point(pull: Pull, commit: str) -> str:
    """The merge base of a commit of the pull request and its base branch.

    After the merge that would be the commit itself, so the base as it stood before is taken.
    """
    base = pull.base_sha if pull.merged_at else base_tip(pull)
    return pull.repository.git.merge_base(base, commit) or base


def commits_of(pull: Pull) -> tuple[str, ...]:
    base = pull.base_sha if pull.merged_at else base_tip(pull)
    return pull.repository.git.commits(base, pull.head_sha)


def files_of(pull: Pull, commit: str | None = None) -> tuple[FilePatch, ...]:
    """The three-dot diff that the pull request shows, at its head or at one of its commits."""
    at = commit or pull.head_sha
    return pull.repository.git.diff(fork_point(pull, at), at)


def sync_branches(world: World, repository: Repository) -> None:
    """Read the branches again after a push: pull requests follow their heads."""
    before, repository.heads = repository.heads, repository.git.references()
    changed = {
        name for name in before.keys() | repository.heads.keys() if before.get(name) != repository.heads.get(name)
    }
    for pull in world.pulls():
        if pull.state == "open" and pull.head_repository is repository and pull.head_branch in changed:
            follow_head(world, pull)


def follow_head(world: World, pull: Pull) -> None:
    """The head branch moved: refs/pull/N/head moves; a deleted branch closes nothing and leaves the reference."""
    assert pull.head_repository is not None
    sha = pull.head_repository.heads.get(pull.head_branch)
    if sha is None or sha == pull.head_sha:
        return
    if pull.head_repository is not pull.repository:
        pull.repository.git.borrow(pull.head_repository.git, sha)
    pull.repository.git.set_reference(f"refs/pull/{pull.number}/head", sha)
    pull.head_sha, pull.base_sha, pull.updated_at = sha, base_tip(pull), world.stamp()


def is_known_commit(repository: Repository, sha: str) -> bool:
    try:
        return repository.git.resolve(sha) == sha
    except GitFailed:
        return False


def resolve_commit(repository: Repository, revision: str) -> str | None:
    """A branch, tag, `heads/…` or SHA → the commit's SHA."""
    if revision in repository.heads:
        return repository.heads[revision]
    for candidate in (f"refs/{revision}", f"refs/tags/{revision}", revision):
        try:
            return repository.git.resolve(candidate)
        except GitFailed:
            continue
    return None
