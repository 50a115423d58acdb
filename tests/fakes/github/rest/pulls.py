"""Pull requests: read, edit title and body, list files and commits, the diff media type."""

from typing import Any

from tests.fakes.github.access import may
from tests.fakes.github.call import LONGEST_BODY, Call
from tests.fakes.github.messages import Response, invalid, refusal
from tests.fakes.github.payloads import repositories as show
from tests.fakes.github.payloads.pulls import full_pull, simple_pull
from tests.fakes.github.pull_rules import base_tip, commits_of, files_of
from tests.fakes.github.rest.repositories import diff_answer
from tests.fakes.github.routes import route

_REPO = "/repos/{owner}/{repo}"
_PULL = _REPO + "/pulls/{pull_number}"


@route("GET", _REPO + "/pulls", needs="pull_requests:read")
def pulls(call: Call) -> Response:
    state, head, base = call.query.get("state", "open"), call.query.get("head"), call.query.get("base")
    found = [
        pull
        for pull in call.repository.pulls.values()
        if (state in ("all", pull.state))
        and (not head or head in (pull.head_branch, _label(pull)))
        and (not base or base == pull.base_branch)
    ]
    order = {"updated": lambda pull: pull.updated_at or pull.created_at}.get(
        call.query.get("sort", ""), lambda p: p.number
    )
    newest = call.query.get("direction", "desc") == "desc"
    return call.page(sorted(found, key=order, reverse=newest), lambda pull: simple_pull(call.site, pull))


def _label(pull: Any) -> str:
    return f"{pull.head_repository.owner.login if pull.head_repository else 'unknown'}:{pull.head_branch}"


@route("GET", _PULL, needs="pull_requests:read")
def pull_request(call: Call) -> Any:
    accept = call.request.headers.get("accept", "")
    if "diff" in accept:
        return diff_answer(call, "".join(file.text for file in files_of(call.pull)))
    return full_pull(call.site, call.pull)


@route("PATCH", _PULL, needs="pull_requests:write")
def edit_pull(call: Call) -> dict[str, Any]:
    """Title, body, base and state, by those who may push and by the author."""
    pull, body = call.pull, call.body
    if call.user is not pull.user and not may(call.identity, call.repository, "pull_requests:write", "triage"):
        raise refusal(403, "Must have admin rights to Repository.")
    if "body" in body and len(body["body"] or "") > LONGEST_BODY:
        raise invalid("PullRequest", "body", f"body is too long (maximum is {LONGEST_BODY} characters)")
    if "title" in body and not (body["title"] or "").strip():
        raise invalid("PullRequest", "title", "title can't be blank", "missing_field")
    if body.get("base") is not None and body["base"] not in call.repository.heads:
        raise invalid("PullRequest", "base", "base is invalid", "invalid")
    pull.title = body.get("title", pull.title)
    pull.body = body.get("body", pull.body) or ""
    if "base" in body:
        pull.base_branch = body["base"]
        pull.base_sha = base_tip(pull)
    pull.state = body.get("state", pull.state)
    pull.closed_at = call.world.stamp() if pull.state == "closed" else None
    pull.updated_at = call.world.stamp()
    return full_pull(call.site, pull)


@route("GET", _PULL + "/files", needs="pull_requests:read")
def files(call: Call) -> Response:
    """At most 3 000, whatever the page."""
    head, limit = call.pull.head_sha, call.rules.longest_patch
    found = files_of(call.pull)[: call.rules.most_files]
    return call.page(found, lambda file: show.changed_file(call.site, call.repository, head, file, limit))


@route("GET", _PULL + "/commits", needs="pull_requests:read")
def commits(call: Call) -> Response:
    """At most 250, the oldest."""
    found = commits_of(call.pull)[: call.rules.most_commits]
    git = call.repository.git
    return call.page(found, lambda sha: show.commit(call.site, call.world, call.repository, git.facts(sha)))
