"""All state of one stand-in: what exists, its counters and its clock."""

import itertools
import pickle
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.fakes.github.git_store import GitStore
from tests.fakes.github.state import (
    Account,
    App,
    Installation,
    IssueComment,
    Pull,
    Record,
    Repository,
    Review,
    ReviewComment,
    Thread,
    Token,
)

_COUNTING = threading.Lock()


@dataclass
class World:
    """`advance` moves its clock, which everything that expires obeys."""

    folder: Path
    last_id: int = 1000
    offset: float = 0.0
    accounts: dict[str, Account] = field(default_factory=dict)
    repositories: list[Repository] = field(default_factory=list)
    former_names: dict[str, Repository] = field(default_factory=dict)
    apps: list[App] = field(default_factory=list)
    tokens: dict[str, Token] = field(default_factory=dict)
    manifests: dict[str, dict[str, Any]] = field(default_factory=dict)

    def now(self) -> float:
        return time.time() + self.offset

    def stamp(self, at: float | None = None) -> str:
        moment = datetime.fromtimestamp(self.now() if at is None else at, UTC)
        return moment.strftime("%Y-%m-%dT%H:%M:%SZ")

    def next_id(self) -> int:
        with _COUNTING:
            self.last_id += 1
            return self.last_id

    def new(self) -> dict[str, Any]:
        """The first two fields of every record."""
        return {"id": self.next_id(), "created_at": self.stamp()}

    def account(self, login: str, kind: str = "User") -> Account:
        """The account of that name, made when it is new."""
        found = self.accounts.get(login.lower())
        if found is None:
            found = self.accounts[login.lower()] = Account(**self.new(), login=login, kind=kind)
        return found

    def create_repository(self, full_name: str, *, private: bool, default_branch: str, owner_kind: str) -> Repository:
        owner, name = full_name.split("/")
        fields = self.new()
        folder = self.folder / f"{fields['id']}.git"
        GitStore.create(folder, default_branch)
        account = self.account(owner, owner_kind)
        made = Repository(
            **fields, owner=account, name=name, folder=folder, private=private, default_branch=default_branch
        )
        self.repositories.append(made)
        self.former_names.pop(full_name.lower(), None)
        return made

    def find_repository(self, full_name: str) -> tuple[Repository | None, bool]:
        """The repository, and whether that is its name no longer."""
        wanted = full_name.lower()
        for repository in self.repositories:
            if repository.full_name.lower() == wanted:
                return repository, False
        return self.former_names.get(wanted), True

    def repository_by_id(self, number: int) -> Repository | None:
        return next((found for found in self.repositories if found.id == number), None)

    def pulls(self) -> Iterator[Pull]:
        return itertools.chain.from_iterable(repository.pulls.values() for repository in self.repositories)

    def installations(self) -> Iterator[Installation]:
        return (found for app in self.apps for found in app.installations if not found.removed)

    def node(self, wanted: str) -> Record | None:
        """Whatever has that global id."""
        return next((record for record in self._nodes() if record.node_id == wanted), None)

    def _nodes(self) -> Iterator[Record]:
        yield from self.accounts.values()
        yield from self.repositories
        for pull in self.pulls():
            yield pull
            yield from pull.labels
            yield from pull.issue_comments
            yield from pull.reviews
            for thread in pull.threads:
                yield thread
                yield from thread.comments

    def issue_comment(self, repository: Repository, number: int) -> IssueComment | None:
        found = (comment for pull in repository.pulls.values() for comment in pull.issue_comments)
        return next((comment for comment in found if comment.id == number), None)

    def review_comment(self, repository: Repository, number: int) -> ReviewComment | None:
        threads = (thread for pull in repository.pulls.values() for thread in pull.threads)
        found = (comment for thread in threads for comment in thread.comments)
        return next((comment for comment in found if comment.id == number), None)

    def save(self, path: Path) -> None:
        partial = path.with_suffix(".partial")
        partial.write_bytes(pickle.dumps(self))
        partial.replace(path)

    @staticmethod
    def load(path: Path) -> "World":
        found: World = pickle.loads(path.read_bytes())  # noqa: S301 written by ourselves
        return found


def remove_comment(comment: ReviewComment) -> None:
    """Take a comment out of its thread, and the thread with its last comment."""
    comment.thread.comments.remove(comment)
    if not comment.thread.comments:
        comment.thread.pull.threads.remove(comment.thread)


def remove_review(review: Review) -> None:
    for comment in review.comments:
        remove_comment(comment)
    review.pull.reviews.remove(review)


def visible_threads(pull: Pull, viewer: Account | None) -> list[Thread]:
    """Threads with a comment that the viewer may see."""
    return [thread for thread in pull.threads if visible_comments(thread, viewer)]


def visible_comments(thread: Thread, viewer: Account | None) -> list[ReviewComment]:
    """Comments of pending reviews are their author's alone."""
    return [found for found in thread.comments if found.review.state != "PENDING" or found.user is viewer]
