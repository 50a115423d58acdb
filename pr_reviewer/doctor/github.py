"""Access to a pull request on GitHub: what the token may read, what it may post, and what a missing permission costs.

Whether it may write is asked by requests that GitHub must refuse for what they say (a comment on a file that is not in
the change, a commit that does not exist): refused for that, they were allowed; nothing is ever posted.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any

from pr_reviewer.doctor.check import Check, State, failed, skipped
from pr_reviewer.doctor.organisation import NAME as ORGANISATION
from pr_reviewer.doctor.organisation import organisation_check
from pr_reviewer.model.errors import ProviderRefused, ReviewerError
from pr_reviewer.providers.github.checks import NAME
from pr_reviewer.providers.github.refusals import Need
from pr_reviewer.providers.github.standing import Subject
from pr_reviewer.providers.github.writer import GitHubPullRequest

_READS = ("pull request", "code")
_WRITES = ("comments", "check")
_NO_COMMIT = "0" * 40
_NO_FILE = ".pr-reviewer/doctor/no-such-file"
_UNPROCESSABLE = 422
_COST = "without it, --post posts nothing"

OpenPull = Callable[[], AbstractAsyncContextManager[GitHubPullRequest]]


@dataclass(frozen=True, slots=True)
class _Attempt:
    """A write that GitHub must refuse with 422 where it is allowed."""

    path: str
    body: Mapping[str, Any]
    need: Need
    allowed: str


async def pull_checks(open_pull: OpenPull, *, posts: bool, organisation: str | None = None) -> AsyncIterator[Check]:
    """What a review of this pull request needs, and with `posts` what posting it needs.

    `organisation` is the setting `rules.organisation_repository`, None where none is read.
    """
    names = (*_READS, *((ORGANISATION,) if organisation else ()), *(_WRITES if posts else ()))
    seen = 0
    try:
        async with open_pull() as pull:
            async for check in _checks(pull, posts=posts, organisation=organisation):
                seen += 1
                yield check
    except ReviewerError as error:
        yield failed(names[seen], error)
        for check in skipped(names[seen + 1 :], f"the {names[seen]} could not be read"):
            yield check


async def _checks(pull: GitHubPullRequest, *, posts: bool, organisation: str | None) -> AsyncIterator[Check]:
    read = await pull.pull_request()
    subject = pull.subject
    title = f"{subject.project}#{subject.number} “{read.title}”"
    yield Check("pull request", State.OK, f"{title} is read with a {subject.client.credentials.kind}")
    diff = await pull.diff(read.merge_base_sha, read.head.sha)
    yield Check("code", State.OK, f"git reads the change ({len(diff):,} characters of diff)")
    if organisation:
        yield await organisation_check(organisation, subject.project, pull)
    if posts:
        yield await _attempted("comments", subject, _comment(subject))
        yield await _attempted("check", subject, _check_run(subject) if _may_check(subject) else _status(subject))


async def _attempted(name: str, subject: Subject, attempt: _Attempt) -> Check:
    client = subject.client
    try:
        await client.patiently(lambda: client.send("POST", attempt.path, attempt.body, attempt.need))
    except ProviderRefused as error:
        if error.status == _UNPROCESSABLE:
            return Check(name, State.OK, attempt.allowed)
        return Check(name, State.FAIL, f"{error.message}; {_COST}", error.hint)
    except ReviewerError as error:
        return failed(name, error)
    return Check(name, State.WARN, "GitHub took what it should have refused; it may be allowed")


def _may_check(subject: Subject) -> bool:
    return subject.client.credentials.kind.can_write_checks


def _comment(subject: Subject) -> _Attempt:
    comment = {"path": _NO_FILE, "line": 1, "side": "RIGHT", "body": "pr-reviewer doctor"}
    body = {"event": "COMMENT", "body": "", "comments": [comment]}
    need = Need("post the review", "pull_requests", "write")
    return _Attempt(f"{subject.path}/reviews", body, need, "a review, and a summary, may be posted")


def _check_run(subject: Subject) -> _Attempt:
    need = Need("show the check", "checks", "write")
    body = {"name": NAME, "head_sha": _NO_COMMIT}
    return _Attempt(f"{subject.repository_path}/check-runs", body, need, "a check run may be written")


def _status(subject: Subject) -> _Attempt:
    need = Need("show the commit status", "statuses", "write")
    body = {"state": "pending", "context": NAME}
    path = f"{subject.repository_path}/statuses/{_NO_COMMIT}"
    return _Attempt(path, body, need, "a commit status may be written (check runs are for Apps and workflows only)")
