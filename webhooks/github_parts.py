"""The parts of GitHub's payloads that many events share → the model's values. Pure."""

from urllib.parse import urlsplit

from pr_reviewer.model.events import Account, Comment, CommentPlace, PullState, Repository, Scene
from pr_reviewer.model.pull import PullRequestRef, Revision
from webhooks import github_payloads as payloads

_PORTS = {"https": 443, "http": 80}
_GHOST = Account("ghost")


def scene_of(event: payloads.Happened) -> Scene:
    """Where it happened and who did it."""
    return Scene(
        host=host_of(event.repository.html_url),
        repository=Repository(event.repository.id, event.repository.full_name),
        actor=account_of(event.sender),
        installation=event.installation.id if event.installation else None,
    )


def pull_of(event: payloads.Happened, pull: payloads.PullRequest) -> PullState:
    """The pull request, as it was then."""
    base, head = pull.base, pull.head
    lines = [each for each in (pull.additions, pull.deletions) if each is not None]
    return PullState(
        ref=ref_of(event, pull.number),
        title=pull.title,
        author=account_of(pull.user),
        base=Revision(base.ref, base.sha),
        head=Revision(head.ref, head.sha),
        is_open=pull.state == "open",
        is_draft=pull.draft or False,
        is_fork=head.repo is None or head.repo.id != event.repository.id,
        labels=tuple(label.name for label in pull.labels),
        changed_files=pull.changed_files,
        changed_lines=sum(lines) if lines else None,
        updated_at=pull.updated_at or "",
    )


def ref_of(event: payloads.Happened, number: int) -> PullRequestRef:
    """The key of a pull request of the repository that the event is about."""
    return PullRequestRef(host_of(event.repository.html_url), event.repository.full_name, number)


def comment_of(comment: payloads.Comment, place: CommentPlace) -> Comment:
    """A comment."""
    return Comment(comment.id, place, comment.body, account_of(comment.user), comment.in_reply_to_id)


def account_of(user: payloads.User | None) -> Account:
    """GitHub says null for a user who was deleted, and calls them ghost on its pages."""
    return Account(user.login, user.id, user.type == "Bot") if user else _GHOST


def owner_of(owner: payloads.Owner) -> Account:
    """Whose installation it is; an enterprise has a slug in place of a login."""
    return Account(owner.login or owner.slug or "", owner.id)


def repositories_of(found: list[payloads.BriefRepository]) -> tuple[Repository, ...]:
    """Repositories, as installations list them."""
    return tuple(Repository(each.id, each.full_name) for each in found)


def numbers_of(pulls: list[payloads.NumberedPull]) -> tuple[int, ...]:
    """The numbers of pull requests."""
    return tuple(pull.number for pull in pulls)


def branch_of(ref: str) -> str:
    """`refs/heads/main` → `main`."""
    return ref.removeprefix("refs/heads/")


def host_of(url: str) -> str:
    """As in every PullRequestRef: lower case, without the usual port."""
    parts = urlsplit(url)
    return (parts.hostname or "") if parts.port in (None, _PORTS[parts.scheme]) else parts.netloc.lower()
