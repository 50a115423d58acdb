"""What tests hold in their hands: a repository. It acts at once, past HTTP and permissions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.fakes.github.git_store import Content, GitStore
from tests.fakes.github.payloads.site import Site
from tests.fakes.github.pull_handle import PullHandle
from tests.fakes.github.pull_rules import base_tip, sync_branches
from tests.fakes.github.state import (
    CheckRun,
    Pull,
    Repository,
    Status,
)
from tests.fakes.github.world import World

Files = Mapping[str, Content]


@dataclass(frozen=True)
class RepositoryHandle:
    """`commit`, `open_pull` and the switches of a repository."""

    world: World
    site: Site
    record: Repository

    @property
    def name(self) -> str:
        return self.record.full_name

    @property
    def id(self) -> int:
        return self.record.id

    @property
    def git(self) -> GitStore:
        return self.record.git

    @property
    def url(self) -> str:
        """For `git clone`."""
        return f"{self.site.web}/{self.name}.git"

    def head(self, branch: str | None = None) -> str:
        return self.record.heads[branch or self.record.default_branch]

    def commit(  # noqa: PLR0913 the parts of a commit
        self,
        branch: str,
        files: Files,
        *,
        message: str = "Change",
        author: str = "octocat",
        parents: Sequence[str] | None = None,
        start: str | None = None,
        anew: bool = False,
    ) -> str:
        """Commit onto the branch, begun at `start` (a branch or SHA; the default branch) when it is new.

        `None` removes a file. Other `parents` than the tip are a force push; two are a merge; none an orphan. `anew`
        forgets all files first.
        """
        heads = self.record.heads
        if parents is None:
            begin = start or self.record.default_branch
            tip = heads.get(branch) or heads.get(begin) or (start if start and len(start) == 40 else None)
            parents = (tip,) if tip else ()
        when = int(self.world.now())
        sha = self.git.commit(
            branch, files, parents=tuple(parents), message=message, author=author, when=when, anew=anew
        )
        sync_branches(self.world, self.record)
        return sha

    def move(self, branch: str, sha: str | None) -> None:
        """Set a branch to a commit, or delete it (None)."""
        self.git.set_reference(f"refs/heads/{branch}", sha)
        sync_branches(self.world, self.record)

    def fork(self, owner: str) -> "RepositoryHandle":
        """A fork with the branches that stand now."""
        made = self.world.create_repository(
            f"{owner}/{self.record.name}",
            private=self.record.private,
            default_branch=self.record.default_branch,
            owner_kind="User",
        )
        made.fork_of = self.record
        for branch, sha in self.record.heads.items():
            made.git.borrow(self.git, sha)
            made.git.set_reference(f"refs/heads/{branch}", sha)
        sync_branches(self.world, made)
        return RepositoryHandle(self.world, self.site, made)

    def open_pull(  # noqa: PLR0913 the parts of a pull request
        self,
        head: str,
        base: str | None = None,
        *,
        fork: "RepositoryHandle | None" = None,
        title: str = "A change",
        body: str = "",
        author: str = "octocat",
        draft: bool = False,
        labels: Sequence[str] = (),
    ) -> "PullHandle":
        """Open a pull request of a branch, here or in a fork; `refs/pull/N/head` stands from now on."""
        source = fork.record if fork else self.record
        number = len(self.record.pulls) + 1
        pull = Pull(**self.world.new(), user=self.world.account(author), body=body)
        pull.repository, pull.number, pull.title, pull.draft = self.record, number, title, draft
        pull.base_branch, pull.head_branch = base or self.record.default_branch, head
        pull.head_repository, pull.head_sha = source, source.heads[head]
        pull.base_sha = base_tip(pull) or self.head(pull.base_branch)
        if fork:
            self.git.borrow(fork.git, pull.head_sha)
        self.git.set_reference(f"refs/pull/{number}/head", pull.head_sha)
        self.record.pulls[number] = pull
        handle = PullHandle(self.world, self.site, pull)
        handle.label(*labels)
        return handle

    def pull(self, number: int) -> "PullHandle":
        return PullHandle(self.world, self.site, self.record.pulls[number])

    def grant(self, login: str, role: str) -> None:
        """`none`, `read`, `triage`, `write`, `maintain` or `admin`."""
        self.world.account(login)
        self.record.roles[login.lower()] = role

    def rename(self, full_name: str) -> None:
        """The old name redirects from now on."""
        self.world.former_names[self.name.lower()] = self.record
        owner, self.record.name = full_name.split("/")
        self.record.owner = self.world.account(owner, self.record.owner.kind)

    def archive(self) -> None:
        self.record.archived = True

    def delete(self) -> None:
        self.world.repositories.remove(self.record)

    def checks(self, sha: str) -> list[CheckRun]:
        return [run for run in self.record.checks if run.head_sha == sha]

    def statuses(self, sha: str) -> list[Status]:
        return [found for found in self.record.statuses if found.sha == sha]
