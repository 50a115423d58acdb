"""A delivery of GitHub → Event. Pure: headers and bytes in, a value out; nothing is verified here but the content.

The header that names the event is not signed, the body is. So the two must agree: a body can only pass for the event
that it was written for.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from pydantic import ValidationError

from pr_reviewer.model.events import (
    Closed,
    Commented,
    CommentPlace,
    Edited,
    Event,
    Ignored,
    InstallationChange,
    Labeled,
    MergeGroup,
    Opened,
    Ping,
    Pushed,
    ReadyForReview,
    Reopened,
    Rerequested,
    ReviewSubmitted,
)
from pr_reviewer.model.pull import Revision
from webhooks import github_apps
from webhooks import github_payloads as payloads
from webhooks.github_parts import (
    account_of,
    branch_of,
    comment_of,
    numbers_of,
    pull_of,
    ref_of,
    scene_of,
)
from webhooks.strict_json import Malformed, read_object


def parse_event(headers: Mapping[str, str], body: bytes) -> Event:
    """What a delivery says. `headers` have lower-case names. Raises Malformed.

    An event or action that concerns nobody is `Ignored`; its body is not read further than that takes.
    """
    name = headers.get("x-github-event", "")
    known = _EVENTS.get(name)
    if known is None:
        return Ignored("unknown event")
    payload = read_object(body)
    _require_agreement(name, known, payload)
    action = payload.get("action", "")
    reader = known.readers.get(action) if isinstance(action, str) else None
    if reader is None:
        return Ignored("unknown action")
    try:
        return reader(payload)
    except ValidationError as exc:
        raise Malformed(f"not a payload of {name}: {_reason(exc)}") from None


def is_known(event: str) -> bool:
    """Whether deliveries of this event are looked into."""
    return event in _EVENTS


class _Known(NamedTuple):
    """An event: the keys that its bodies always have, those that they may have, what reads each action."""

    keys: frozenset[str]
    readers: Mapping[str, Callable[[Mapping[str, object]], Event]]
    may_have: frozenset[str] = frozenset()


def _require_agreement(name: str, known: _Known, payload: Mapping[str, object]) -> None:
    """A body without the event's own keys, or with those that only others have, belongs to another event."""
    missing = known.keys - payload.keys()
    foreign = {key for key in _TELLING & payload.keys() if key not in known.keys | known.may_have}
    if missing or foreign:
        told = f"it lacks {', '.join(sorted(missing))}" if missing else f"it has {', '.join(sorted(foreign))}"
        raise Malformed(f"the body is not one of the event {name}: {told}")


def _reason(error: ValidationError) -> str:
    """Where it is wrong and why, without the value: that is the sender's text."""
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    return f"{'.'.join(map(str, first['loc']))}: {first['type']}"


def _opened(payload: Mapping[str, object]) -> Event:
    event = payloads.PullRequestEvent.model_validate(payload)
    return Opened(scene_of(event), pull_of(event, event.pull_request))


def _pushed(payload: Mapping[str, object]) -> Event:
    event = payloads.PullRequestEvent.model_validate(payload)
    return Pushed(scene_of(event), pull_of(event, event.pull_request), event.before or "")


def _edited(payload: Mapping[str, object]) -> Event:
    event = payloads.PullRequestEvent.model_validate(payload)
    title, base = event.changes.title, event.changes.base
    if title is None and base is None:
        return Ignored("neither title nor base branch was edited")
    return Edited(
        scene_of(event),
        pull_of(event, event.pull_request),
        title.from_ if title else None,
        base.ref.from_ if base else None,
    )


def _labeled(payload: Mapping[str, object]) -> Event:
    event = payloads.PullRequestEvent.model_validate(payload)
    if event.label is None:
        return Ignored("the label is gone already")
    return Labeled(scene_of(event), pull_of(event, event.pull_request), event.label.name)


def _closed(payload: Mapping[str, object]) -> Event:
    event = payloads.PullRequestEvent.model_validate(payload)
    return Closed(scene_of(event), pull_of(event, event.pull_request), event.pull_request.merged or False)


def _reopened(payload: Mapping[str, object]) -> Event:
    event = payloads.PullRequestEvent.model_validate(payload)
    return Reopened(scene_of(event), pull_of(event, event.pull_request))


def _ready(payload: Mapping[str, object]) -> Event:
    event = payloads.PullRequestEvent.model_validate(payload)
    return ReadyForReview(scene_of(event), pull_of(event, event.pull_request))


def _issue_comment(payload: Mapping[str, object]) -> Event:
    event = payloads.IssueCommentEvent.model_validate(payload)
    if event.issue.pull_request is None:
        return Ignored("a comment on an issue, not on a pull request")
    return Commented(
        scene_of(event), ref_of(event, event.issue.number), comment_of(event.comment, CommentPlace.CONVERSATION)
    )


def _review_comment(payload: Mapping[str, object]) -> Event:
    event = payloads.ReviewCommentEvent.model_validate(payload)
    return Commented(
        scene_of(event), ref_of(event, event.pull_request.number), comment_of(event.comment, CommentPlace.LINE)
    )


def _review(payload: Mapping[str, object]) -> Event:
    event = payloads.ReviewEvent.model_validate(payload)
    review = event.review
    pull, author = pull_of(event, event.pull_request), account_of(review.user)
    return ReviewSubmitted(scene_of(event), pull, review.id, review.body or "", author, review.node_id)


def _merge_group(payload: Mapping[str, object]) -> Event:
    event = payloads.MergeGroupEvent.model_validate(payload)
    group = event.merge_group
    return MergeGroup(
        scene_of(event),
        base=Revision(branch_of(group.base_ref), group.base_sha),
        head=Revision(branch_of(group.head_ref), group.head_sha),
    )


def _check_run(payload: Mapping[str, object]) -> Event:
    event = payloads.CheckRunEvent.model_validate(payload)
    run = event.check_run
    return Rerequested(
        scene_of(event), run.head_sha, run.id, run.external_id or "", run.app.id, numbers_of(run.pull_requests)
    )


def _check_suite(payload: Mapping[str, object]) -> Event:
    event = payloads.CheckSuiteEvent.model_validate(payload)
    suite = event.check_suite
    return Rerequested(scene_of(event), suite.head_sha, None, "", suite.app.id, numbers_of(suite.pull_requests))


def _ping(payload: Mapping[str, object]) -> Event:
    return Ping(payloads.PingEvent.model_validate(payload).hook_id)


def _known(keys: str, **readers: Callable[[Mapping[str, Any]], Event]) -> _Known:
    return _Known(frozenset(keys.split()), readers)


_EVENTS: Mapping[str, _Known] = {
    "pull_request": _known(
        "action number pull_request repository",
        opened=_opened,
        synchronize=_pushed,
        edited=_edited,
        labeled=_labeled,
        closed=_closed,
        reopened=_reopened,
        ready_for_review=_ready,
    ),
    "issue_comment": _known("action issue comment repository", created=_issue_comment),
    "pull_request_review_comment": _known("action pull_request comment repository", created=_review_comment),
    "pull_request_review": _known("action pull_request review repository", submitted=_review),
    "merge_group": _known("action merge_group repository", checks_requested=_merge_group),
    "check_run": _known("action check_run repository", rerequested=_check_run),
    "check_suite": _known("action check_suite repository", rerequested=_check_suite),
    "installation": _known(
        "action installation", **{str(change): github_apps.installation for change in InstallationChange}
    ),
    "installation_repositories": _known(
        "action installation repositories_added repositories_removed",
        added=github_apps.repositories_changed,
        removed=github_apps.repositories_changed,
    ),
    "repository": _known(
        "action repository",
        renamed=github_apps.renamed,
        transferred=github_apps.transferred,
        deleted=github_apps.deleted,
    ),
    "ping": _Known(frozenset({"zen", "hook_id"}), {"": _ping}, may_have=frozenset({"repository"})),
}
# Keys whose presence tells the event. `number` and `installation` stand in bodies of others as well.
_TELLING = frozenset().union(*(known.keys for known in _EVENTS.values())) - {"action", "number", "installation"}
