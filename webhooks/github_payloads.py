"""What we read of GitHub's webhook payloads, typed. Everything else in them is passed over. Pure.

https://docs.github.com/en/webhooks/webhook-events-and-payloads
"""

from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field


def _address(value: str) -> str:
    """An address that `urlsplit` can take apart. Raises ValueError, also for a port that is none."""
    if not urlsplit(value).hostname or urlsplit(value).port == 0:
        raise ValueError("no address")
    return value


_BIGGEST = 2**63 - 1  # what a database's integer holds
Id = Annotated[int, Field(ge=0, le=_BIGGEST)]
Number = Annotated[int, Field(ge=1, le=2**31 - 1)]
Count = Annotated[int, Field(ge=0, le=_BIGGEST)]
Sha = Annotated[str, Field(pattern=r"^[0-9a-f]{40}([0-9a-f]{24})?$")]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,100}$")]
Login = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.\[\]-]{1,100}$")]
Project = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,100}/[A-Za-z0-9_.-]{1,100}$")]
Url = Annotated[str, Field(pattern=r"^https?://[A-Za-z0-9.:\[\]-]+(/|$)", max_length=2000), AfterValidator(_address)]
Text = Annotated[str, Field(max_length=1_000_000)]
Short = Annotated[str, Field(max_length=1000)]


class Payload(BaseModel):
    """Any part of a payload: types as JSON has them, unknown keys passed over."""

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore", hide_input_in_errors=True)


class User(Payload):
    login: Login
    id: Id
    type: Short = "User"


class Repository(Payload):
    id: Id
    full_name: Project
    html_url: Url


class BriefRepository(Payload):
    id: Id
    full_name: Project


class Installation(Payload):
    id: Id


class Label(Payload):
    name: Short


class HeadRepository(Payload):
    id: Id


class Branch(Payload):
    ref: Short
    sha: Sha
    repo: HeadRepository | None


class PullRequest(Payload):
    number: Number
    title: Text
    user: User | None
    state: Literal["open", "closed"]
    updated_at: Short | None = None
    draft: bool | None = None
    merged: bool | None = None
    labels: list[Label] = []
    base: Branch
    head: Branch
    changed_files: Count | None = None
    additions: Count | None = None
    deletions: Count | None = None


class Happened(Payload):
    """Whatever happens in a repository."""

    repository: Repository
    sender: User | None = None
    installation: Installation | None = None


class FromText(Payload):
    from_: Text | None = Field(alias="from")


class BaseChange(Payload):
    ref: FromText


class PullChanges(Payload):
    title: FromText | None = None
    base: BaseChange | None = None


class PullRequestEvent(Happened):
    number: Number
    pull_request: PullRequest
    before: Sha | None = None
    label: Label | None = None
    changes: PullChanges = PullChanges()


class IssuePull(Payload):
    url: Url


class Issue(Payload):
    number: Number
    pull_request: IssuePull | None = None


class Comment(Payload):
    id: Id
    body: Text
    user: User | None
    in_reply_to_id: Id | None = None


class IssueCommentEvent(Happened):
    issue: Issue
    comment: Comment


class NumberedPull(Payload):
    number: Number


class ReviewCommentEvent(Happened):
    pull_request: NumberedPull
    comment: Comment


class Review(Payload):
    id: Id
    node_id: Short = ""
    body: Text | None
    user: User | None


class ReviewEvent(Happened):
    pull_request: PullRequest
    review: Review


class Group(Payload):
    head_sha: Sha
    head_ref: Short
    base_sha: Sha
    base_ref: Short


class MergeGroupEvent(Happened):
    merge_group: Group


class App(Payload):
    id: Id


class Suite(Payload):
    head_sha: Sha
    app: App
    pull_requests: list[NumberedPull] = []


class CheckSuiteEvent(Happened):
    check_suite: Suite


class Run(Suite):
    id: Id
    external_id: Short | None = None


class CheckRunEvent(Happened):
    check_run: Run


class Owner(Payload):
    """A user or organisation, or an enterprise, which has a slug instead of a login."""

    id: Id
    login: Login | None = None
    slug: Name | None = None
    html_url: Url


class FullInstallation(Payload):
    id: Id
    account: Owner


class InstallationEvent(Payload):
    installation: FullInstallation
    sender: User | None = None


class InstallationRepositoriesEvent(Payload):
    installation: FullInstallation
    sender: User | None = None
    repositories_removed: list[BriefRepository]


class FromName(Payload):
    from_: Name = Field(alias="from")


class NameChange(Payload):
    name: FromName


class RenameChanges(Payload):
    repository: NameChange


class RenamedEvent(Happened):
    changes: RenameChanges


class FormerOwner(Payload):
    user: User | None = None
    organization: User | None = None


class FromOwner(Payload):
    from_: FormerOwner = Field(alias="from")


class OwnerChange(Payload):
    owner: FromOwner


class TransferredEvent(Happened):
    changes: OwnerChange


class PingEvent(Payload):
    zen: Text
    hook_id: Id
