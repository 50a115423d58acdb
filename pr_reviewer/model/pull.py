"""The thing under review: a pull request, or a local range that is read as one."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PullRequestRef:
    """The key of every queue, lock and log line. A local range has host `local` and number 0."""

    host: str
    project: str
    number: int


@dataclass(frozen=True, slots=True)
class Revision:
    """A branch (or what the user called it) and the object that it named when it was read.

    `sha` is a commit, except for what is only staged or uncommitted: there it is a tree.
    """

    branch: str
    sha: str


@dataclass(frozen=True, slots=True)
class PullRequest:
    """What the provider says of a pull request. Title, description, author and labels are untrusted text."""

    ref: PullRequestRef
    title: str
    description: str
    author: str
    base: Revision
    head: Revision
    merge_base_sha: str
    is_draft: bool = False
    is_closed: bool = False
    is_fork: bool = False
    labels: tuple[str, ...] = ()
