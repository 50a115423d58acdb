"""The nouns of the stand-in: plain mutable records that can be pickled. Rules stand elsewhere."""

import base64
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from tests.fakes.github.git_store import GitStore

ROLES = ("none", "read", "triage", "write", "maintain", "admin")
Permissions = dict[str, str]


def node_id(prefix: str, number: int) -> str:
    """An opaque global id as GraphQL wants it."""
    return f"{prefix}_kwDO{base64.urlsafe_b64encode(number.to_bytes(6, 'big')).decode()}"


@dataclass(eq=False)
class Record:
    """Something with an id, from one counter for all."""

    id: int
    created_at: str
    PREFIX: ClassVar[str] = "X"

    @property
    def node_id(self) -> str:
        return node_id(self.PREFIX, self.id)


@dataclass(eq=False)
class Account(Record):
    login: str
    kind: str = "User"  # or Organization, Bot

    @property
    def node_id(self) -> str:
        return node_id({"User": "U", "Organization": "O", "Bot": "BOT"}[self.kind], self.id)


@dataclass(eq=False)
class Label(Record):
    name: str
    color: str = "ededed"
    description: str | None = None
    PREFIX = "LA"


@dataclass(eq=False)
class Reaction(Record):
    user: Account
    content: str
    PREFIX = "REA"


@dataclass(eq=False)
class Remark(Record):
    """Anything that a person wrote and others may react to, hide or edit."""

    user: Account
    body: str
    updated_at: str = ""
    reactions: list[Reaction] = field(default_factory=list)
    minimized: str | None = None
    app: "App | None" = None


@dataclass(eq=False)
class IssueComment(Remark):
    pull: "Pull" = None  # type: ignore[assignment]
    PREFIX = "IC"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a thread was put: a line, or a range that ends in it, of the diff of one commit."""

    path: str
    commit: str
    merge_base: str
    side: str
    line: int
    start_side: str | None = None
    start_line: int | None = None
    position: int = 1
    diff_hunk: str = ""
    subject: str = "line"

    @property
    def base_line(self) -> int:
        return self.start_line or self.line


@dataclass(eq=False)
class Thread(Record):
    pull: "Pull"
    place: Place
    comments: list["ReviewComment"] = field(default_factory=list)
    resolved_by: Account | None = None
    PREFIX = "PRRT"

    @property
    def is_resolved(self) -> bool:
        return self.resolved_by is not None


@dataclass(eq=False)
class ReviewComment(Remark):
    thread: Thread = None  # type: ignore[assignment]
    review: "Review" = None  # type: ignore[assignment]
    PREFIX = "PRRC"

    @property
    def is_reply(self) -> bool:
        return self.thread.comments[0] is not self


@dataclass(eq=False)
class Review(Remark):
    pull: "Pull" = None  # type: ignore[assignment]
    commit: str = ""
    state: str = "PENDING"
    submitted_at: str | None = None
    PREFIX = "PRR"

    @property
    def comments(self) -> list[ReviewComment]:
        return [comment for thread in self.pull.threads for comment in thread.comments if comment.review is self]


@dataclass(eq=False)
class CheckRun(Record):
    name: str
    head_sha: str
    app: "App"
    external_id: str = ""
    details_url: str | None = None
    status: str = "queued"
    conclusion: str | None = None
    started_at: str | None = None
    completed_at: str | None = None
    title: str | None = None
    summary: str | None = None
    text: str | None = None
    annotations: list[dict[str, Any]] = field(default_factory=list)
    actions: list[dict[str, Any]] = field(default_factory=list)
    PREFIX = "CR"


@dataclass(eq=False)
class Status(Record):
    sha: str
    state: str
    context: str
    description: str | None
    target_url: str | None
    creator: Account
    PREFIX = "SC"


@dataclass(eq=False)
class Repository(Record):
    owner: Account
    name: str
    folder: Path
    private: bool = False
    default_branch: str = "main"
    archived: bool = False
    fork_of: "Repository | None" = None
    roles: dict[str, str] = field(default_factory=dict)
    labels: list[Label] = field(default_factory=list)
    pulls: dict[int, "Pull"] = field(default_factory=dict)
    checks: list[CheckRun] = field(default_factory=list)
    statuses: list[Status] = field(default_factory=list)
    heads: dict[str, str] = field(default_factory=dict)
    PREFIX = "R"

    @property
    def full_name(self) -> str:
        return f"{self.owner.login}/{self.name}"

    @property
    def git(self) -> GitStore:
        return GitStore(self.folder)

    def role_of(self, account: Account | None) -> str:
        """The person's role: given, owned, or what the public has."""
        if account is not None and account.login.lower() in self.roles:
            return self.roles[account.login.lower()]
        if account is self.owner:
            return "admin"
        return "none" if self.private else "read"

    def grants(self, account: Account | None, role: str) -> bool:
        return ROLES.index(self.role_of(account)) >= ROLES.index(role)


@dataclass(eq=False)
class Pull(Remark):
    repository: Repository = None  # type: ignore[assignment]
    number: int = 0
    title: str = ""
    base_branch: str = "main"
    base_sha: str = ""
    head_branch: str = ""
    head_sha: str = ""
    head_repository: Repository | None = None
    draft: bool = False
    state: str = "open"
    closed_at: str | None = None
    merged_at: str | None = None
    merged_by: Account | None = None
    merge_commit_sha: str | None = None
    locked: bool = False
    labels: list[Label] = field(default_factory=list)
    issue_comments: list[IssueComment] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)
    threads: list[Thread] = field(default_factory=list)
    too_large: set[str] = field(default_factory=set)  # paths whose diff GitHub shall call too large
    PREFIX = "PR"

    @property
    def is_fork(self) -> bool:
        return self.head_repository is not self.repository


@dataclass(eq=False)
class App(Record):
    slug: str
    name: str
    owner: Account
    bot: Account
    client_id: str
    permissions: Permissions
    events: list[str]
    public_key: str = ""
    private_key: str = ""
    webhook_secret: str = ""
    webhook_url: str = ""
    client_secret: str = ""
    installations: list["Installation"] = field(default_factory=list)
    deliveries: list["Delivery"] = field(default_factory=list)
    PREFIX = "A"


@dataclass(eq=False)
class Installation(Record):
    app: App
    account: Account
    permissions: Permissions
    repositories: list[Repository] | None = None  # None: all of the account's
    suspended_at: str | None = None
    removed: bool = False
    PREFIX = "IN"

    def covers(self, repository: Repository) -> bool:
        if self.repositories is None:
            return repository.owner is self.account
        return repository in self.repositories


@dataclass(eq=False)
class Token(Record):
    """`kind`: classic, fine-grained, actions or installation."""

    value: str
    kind: str
    user: Account
    scopes: tuple[str, ...] = ()
    permissions: Permissions = field(default_factory=dict)
    repositories: list[Repository] | None = None
    installation: Installation | None = None
    app: App | None = None
    expires: float | None = None
    revoked: bool = False
    PREFIX = "T"

    @property
    def is_app(self) -> bool:
        return self.kind in ("actions", "installation")


@dataclass(eq=False)
class Delivery(Record):
    guid: str
    event: str
    action: str | None
    url: str
    headers: dict[str, str]
    payload: dict[str, Any]
    secret: str
    redelivery: bool = False
    status_code: int = 0
    duration: float = 0.0
    installation_id: int | None = None
    repository_id: int | None = None
    PREFIX = "D"
