"""A pull request as tests hold it: what stands on it, and what people do to it past HTTP and permissions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.fakes.github.git_store import Content
from tests.fakes.github.payloads.checks import check_run
from tests.fakes.github.payloads.people import simple_user
from tests.fakes.github.payloads.pulls import full_pull, issue, issue_comment
from tests.fakes.github.payloads.repositories import repository as show_repository
from tests.fakes.github.payloads.reviews import review, review_comment
from tests.fakes.github.payloads.site import Site
from tests.fakes.github.places import is_outdated, line_now
from tests.fakes.github.pull_rules import base_tip, files_of, fork_point, sync_branches
from tests.fakes.github.rest.reactions import react
from tests.fakes.github.review_rules import create_review
from tests.fakes.github.state import (
    CheckRun,
    Installation,
    IssueComment,
    Label,
    Pull,
    Review,
    ReviewComment,
    Status,
    Thread,
)
from tests.fakes.github.world import World

Files = Mapping[str, Content]


@dataclass(frozen=True)
class PullHandle:
    """What a pull request is and what stands on it; the switches that people have."""

    world: World
    site: Site
    record: Pull

    @property
    def number(self) -> int:
        return self.record.number

    @property
    def url(self) -> str:
        """The page's address, as people paste it."""
        return f"{self.site.web}/{self.record.repository.full_name}/pull/{self.number}"

    @property
    def head_sha(self) -> str:
        return self.record.head_sha

    @property
    def base_sha(self) -> str:
        return self.record.base_sha

    @property
    def merge_base(self) -> str:
        return fork_point(self.record, self.record.head_sha)

    @property
    def paths(self) -> list[str]:
        return [file.path for file in files_of(self.record)]

    def reviews(self) -> list[Review]:
        """Pending ones too."""
        return list(self.record.reviews)

    def threads(self) -> list[Thread]:
        return list(self.record.threads)

    def review_comments(self) -> list[ReviewComment]:
        return [comment for thread in self.record.threads for comment in thread.comments]

    def comments(self) -> list[IssueComment]:
        """Of the conversation, not of reviews."""
        return list(self.record.issue_comments)

    def checks(self, sha: str | None = None) -> list[CheckRun]:
        return [run for run in self.record.repository.checks if run.head_sha == (sha or self.head_sha)]

    def statuses(self, sha: str | None = None) -> list[Status]:
        return [found for found in self.record.repository.statuses if found.sha == (sha or self.head_sha)]

    def line_of(self, thread: Thread) -> int | None:
        """Where the thread stands today; None when it is outdated."""
        return None if is_outdated(thread) else line_now(thread)

    def comment(self, login: str, body: str) -> IssueComment:
        made = IssueComment(**self.world.new(), user=self.world.account(login), body=body, pull=self.record)
        self.record.issue_comments.append(made)
        return made

    def review(
        self, login: str, body: str = "", *, event: str | None = "COMMENT", comments: Sequence[Any] = ()
    ) -> Review:
        """A review by somebody; `event=None` leaves it pending."""
        user = self.world.account(login)
        return create_review(self.world, self.record, user, body=body, event=event, comments=comments)

    def resolve(self, thread: Thread, login: str = "octocat") -> None:
        thread.resolved_by = self.world.account(login)

    def react(self, remark: Any, login: str, content: str) -> None:
        react(self.world, remark, self.world.account(login), content)

    def label(self, *names: str) -> None:
        for name in names:
            known = self.record.repository.labels
            found = next((label for label in known if label.name == name), None) or Label(**self.world.new(), name=name)
            if found not in known:
                known.append(found)
            self.record.labels.append(found)

    def retarget(self, base: str) -> None:
        self.record.base_branch = base
        self.record.base_sha = base_tip(self.record)

    def close(self) -> None:
        self.record.state, self.record.closed_at = "closed", self.world.stamp()

    def merge(self, login: str = "octocat") -> str:
        """A merge commit on the base branch."""
        pull, git = self.record, self.record.repository.git
        tip, repository = base_tip(self.record), self.record.repository
        tree = git.facts(pull.head_sha).tree if git.merge_base(tip, pull.head_sha) == tip else ""
        tree = tree or git.run("merge-tree", "--write-tree", tip, pull.head_sha).split("\n")[0]
        person = [f"-c=user.{key}={value}" for key, value in (("name", login), ("email", f"{login}@example.com"))]
        settings = [part for one in person for part in ("-c", one.removeprefix("-c="))]
        sha = git.run(
            *settings, "commit-tree", tree, "-p", tip, "-p", pull.head_sha, "-m", f"Merge #{pull.number}"
        ).strip()
        pull.base_sha, pull.merge_commit_sha, pull.state = tip, sha, "closed"
        pull.merged_at = pull.closed_at = self.world.stamp()
        pull.merged_by = self.world.account(login)
        git.set_reference(f"refs/heads/{pull.base_branch}", sha)
        sync_branches(self.world, repository)
        return sha

    def lock(self) -> None:
        self.record.locked = True

    def ready(self) -> None:
        self.record.draft = False

    def refuse_comments_on(self, *paths: str) -> None:
        """GitHub shall find the diff of these files too large."""
        self.record.too_large.update(paths)

    def comment_event(
        self, comment: IssueComment | ReviewComment, action: str = "created", installation: Installation | None = None
    ) -> tuple[str, dict[str, Any]]:
        """The webhook of a comment: its event and its payload."""
        if isinstance(comment, ReviewComment):
            name, told = "pull_request_review_comment", {"comment": review_comment(self.site, comment)}
            told["pull_request"] = full_pull(self.site, self.record)
        else:
            name, told = "issue_comment", {"comment": issue_comment(self.site, comment)}
            told["issue"] = issue(self.site, self.record)
        return name, self._told(action, comment.user.login, installation) | told

    def review_event(self, given: Review, installation: Installation | None = None) -> tuple[str, dict[str, Any]]:
        """The webhook of a review that was submitted."""
        told = {"review": review(self.site, given), "pull_request": full_pull(self.site, self.record)}
        return "pull_request_review", self._told("submitted", given.user.login, installation) | told

    def _told(self, action: str, sender: str, installation: Installation | None) -> dict[str, Any]:
        """What every webhook of a repository says."""
        body = {
            "action": action,
            "repository": show_repository(self.site, self.record.repository),
            "sender": simple_user(self.site, self.world.account(sender)),
        }
        named = {"id": installation.id, "node_id": installation.node_id} if installation else None
        return body | ({"installation": named} if named else {})

    def check_event(self, run: CheckRun, sender: str = "octocat", installation: Installation | None = None) -> Any:
        """The webhook of the button beside a check run."""
        shown = check_run(self.site, self.record.repository, run)
        return self._told("rerequested", sender, installation) | {"check_run": shown}

    def event(self, action: str, sender: str = "octocat", installation: Installation | None = None) -> dict[str, Any]:
        """The payload of a `pull_request` webhook."""
        told = {"number": self.number, "pull_request": full_pull(self.site, self.record)}
        return self._told(action, sender, installation) | told
