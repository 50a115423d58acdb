"""Event → what it asks of us. Pure; what a repository's own settings say of it is decided later, by the job.

What belongs here: which events mean work, and which work is nobody's business. What does not: who may command.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from pr_reviewer.commands import parse_commands
from pr_reviewer.model.commands import CommandHelp, CommandName
from pr_reviewer.model.events import (
    Account,
    Closed,
    Comment,
    Commented,
    Edited,
    Event,
    Ignored,
    InstallationChange,
    InstallationChanged,
    Labeled,
    MergeGroup,
    Opened,
    Ping,
    Pushed,
    ReadyForReview,
    Reopened,
    RepositoriesChanged,
    RepositoryDeleted,
    RepositoryMoved,
    Rerequested,
    ReviewSubmitted,
    Scene,
)
from pr_reviewer.model.pull import PullRequestRef
from pr_reviewer.model.triggers import (
    AnswerMergeGroup,
    Cancel,
    Forget,
    Nothing,
    Occasion,
    RunAgain,
    RunAutomatic,
    RunCommanded,
    Trigger,
)


@dataclass(frozen=True, slots=True)
class Identity:
    """Who we are. `logins` are our own (a bot's with its `[bot]`); `app_id` is 0 where we are no App.

    `owners` are the accounts whose repositories we serve, in any case; none: all. `helps` are the commands known here.
    """

    logins: tuple[str, ...]
    helps: Mapping[CommandName, CommandHelp]
    owners: Collection[str] = ()
    app_id: int = 0

    def is_us(self, account: Account) -> bool:
        """Whether this is our own account."""
        return account.login.lower() in {login.lower() for login in self.logins}

    def serves(self, owner: str) -> bool:
        """Whether the operator allows this owner."""
        return not self.owners or owner.lower() in {each.lower() for each in self.owners}


def trigger_of(event: Event, us: Identity) -> Trigger:  # noqa: PLR0911 one case for each kind of event
    """What the event asks of us; `Nothing` with the reason where it asks nothing."""
    if (stranger := _stranger(event, us)) is not None:
        return Nothing(f"the operator does not serve {stranger}")
    match event:
        case Opened() | Reopened() | ReadyForReview() | Pushed() | Edited() | Labeled():
            return _automatic(event)
        case Closed():
            return Cancel(event.scene, event.pull.ref, event.pull.updated_at)
        case Commented():
            return _commented(event, us)
        case ReviewSubmitted():
            written = _Written(event.scene, event.pull.ref, f"review:{event.id}", event.author, event.body)
            commanded = _commanded(written, None, us)
            return replace(commanded, review=event.node) if isinstance(commanded, RunCommanded) else commanded
        case MergeGroup():
            return AnswerMergeGroup(event.scene, event.head.sha)
        case Rerequested():
            return _rerequested(event, us)
        case InstallationChanged() | RepositoriesChanged() | RepositoryDeleted() | RepositoryMoved():
            return _forgotten(event)
        case Ping():
            return Nothing("a ping")
        case _:
            return Nothing(event.why)


def _stranger(event: Event, us: Identity) -> str | None:
    """The owner, where it is one whom we do not serve. What is to be forgotten is forgotten for everybody."""
    match event:
        case Ping() | Ignored() | InstallationChanged() | RepositoriesChanged() | RepositoryDeleted():
            return None
        case _:
            owner = event.scene.repository.owner
            return None if us.serves(owner) else owner


def _automatic(event: Opened | Reopened | ReadyForReview | Pushed | Edited | Labeled) -> Trigger:
    if not event.pull.is_open:
        return Nothing("the pull request is closed")
    match event:
        case Opened():
            occasion = Occasion.OPENED
        case Reopened():
            occasion = Occasion.REOPENED
        case ReadyForReview():
            occasion = Occasion.READY_FOR_REVIEW
        case Pushed():
            occasion = Occasion.SYNCHRONIZE
        case Labeled():
            return RunAutomatic(event.scene, event.pull, Occasion.LABELED, event.label)
        case _:
            return _edited(event)
    return RunAutomatic(event.scene, event.pull, occasion)


def _edited(event: Edited) -> Trigger:
    """Another base is another diff; another title is another claim about it."""
    if event.old_base is not None and event.old_base != event.pull.base.branch:
        return RunAutomatic(event.scene, event.pull, Occasion.BASE_CHANGED)
    if event.old_title is not None and event.old_title != event.pull.title:
        return RunAutomatic(event.scene, event.pull, Occasion.TITLE_CHANGED)
    return Nothing("neither base nor title changed")


@dataclass(frozen=True, slots=True)
class _Written:
    """A text that may hold commands, and where it stands."""

    scene: Scene
    ref: PullRequestRef
    source: str
    author: Account
    body: str


def _commented(event: Commented, us: Identity) -> Trigger:
    comment = event.comment
    source = f"{comment.place}:{comment.id}"
    return _commanded(_Written(event.scene, event.ref, source, comment.author, comment.body), comment, us)


def _commanded(written: _Written, comment: Comment | None, us: Identity) -> Trigger:
    """No bot commands us, and least of all we ourselves: what we quote would run again."""
    if us.is_us(written.author):
        return Nothing("our own comment")
    if written.author.is_bot:
        return Nothing("a bot's comment")
    names: Sequence[str] = us.logins
    commands = parse_commands(written.body, names, us.helps)
    if not commands:
        return Nothing("no command")
    return RunCommanded(written.scene, written.ref, written.source, written.author, commands, comment)


def _rerequested(event: Rerequested, us: Identity) -> Trigger:
    if us.app_id and event.app_id != us.app_id:
        return Nothing("another App's check")
    return RunAgain(event.scene, event.head_sha, event.external_id, event.numbers)


def _forgotten(event: InstallationChanged | RepositoriesChanged | RepositoryDeleted | RepositoryMoved) -> Trigger:
    """What we may read no longer is not to be kept."""
    match event:
        case InstallationChanged(change=InstallationChange.DELETED):
            return Forget(event.host, event.installation, names=(event.account.login,))
        case RepositoriesChanged() if event.removed:
            gone = event.removed
            names = tuple(each.project for each in gone)
            return Forget(event.host, event.installation, tuple(each.id for each in gone), names)
        case RepositoryDeleted() if event.scene.installation is not None:
            repository = event.scene.repository
            return Forget(event.scene.host, event.scene.installation, (repository.id,), (repository.project,))
        case InstallationChanged():
            return Nothing(f"the installation of {event.account.login}: {event.change}")
        case RepositoriesChanged():
            return Nothing("an installation may read more")
        case _:
            return Nothing("repositories are known by their ids")
