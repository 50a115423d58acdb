"""A pull request as an issue: its comments, labels and text."""

from typing import Any

from tests.fakes.github.access import may
from tests.fakes.github.call import LONGEST_BODY, Call
from tests.fakes.github.messages import Response, invalid, not_found, refusal
from tests.fakes.github.payloads.people import label
from tests.fakes.github.payloads.pulls import issue, issue_comment
from tests.fakes.github.rest.comments import refuse_to_change
from tests.fakes.github.rest.reviews import refuse_if_locked
from tests.fakes.github.routes import route
from tests.fakes.github.state import IssueComment, Label

_REPO = "/repos/{owner}/{repo}"
_ISSUE = _REPO + "/issues/{issue_number}"
_COMMENT = _REPO + "/issues/comments/{comment_id}"
_READ, _WRITE = "issues:read pull_requests:read", "issues:write pull_requests:write"


@route("GET", _ISSUE, needs=_READ)
def read(call: Call) -> dict[str, Any]:
    return issue(call.site, call.pull)


@route("PATCH", _ISSUE, needs=_WRITE)
def edit(call: Call) -> dict[str, Any]:
    pull = call.pull
    if call.user is not pull.user and not may(call.identity, call.repository, _WRITE, "triage"):
        raise refusal(403, "Must have admin rights to Repository.")
    if len(call.body.get("body") or "") > LONGEST_BODY:
        raise invalid("Issue", "body", f"body is too long (maximum is {LONGEST_BODY} characters)")
    pull.title = call.body.get("title", pull.title)
    pull.body = call.body.get("body", pull.body) or ""
    if "labels" in call.body:
        pull.labels = [_label(call, str(name)) for name in call.body["labels"]]
    pull.updated_at = call.world.stamp()
    return issue(call.site, pull)


@route("GET", _ISSUE + "/comments", needs=_READ)
def comments(call: Call) -> Response:
    return call.page(call.pull.issue_comments, lambda found: issue_comment(call.site, found))


@route("POST", _ISSUE + "/comments", needs=_WRITE, status=201)
def create(call: Call) -> dict[str, Any]:
    refuse_if_locked(call)
    text = call.text("body", "IssueComment")
    made = IssueComment(**call.world.new(), user=call.user, body=text, pull=call.pull, app=call.app)
    call.pull.issue_comments.append(made)
    return issue_comment(call.site, made)


@route("GET", _COMMENT, needs=_READ)
def read_comment(call: Call) -> dict[str, Any]:
    return issue_comment(call.site, comment_of(call))


@route("PATCH", _COMMENT, needs=_WRITE)
def edit_comment(call: Call) -> dict[str, Any]:
    found = comment_of(call)
    refuse_to_change(call, found)
    found.body = call.text("body", "IssueComment")
    found.updated_at = call.world.stamp()
    return issue_comment(call.site, found)


@route("DELETE", _COMMENT, needs=_WRITE, status=204)
def delete_comment(call: Call) -> None:
    found = comment_of(call)
    refuse_to_change(call, found)
    found.pull.issue_comments.remove(found)


def comment_of(call: Call) -> IssueComment:
    found = call.world.issue_comment(call.repository, call.number("comment_id"))
    if found is None:
        raise not_found()
    return found


@route("GET", _REPO + "/labels", needs=_READ)
def labels(call: Call) -> Response:
    return call.page(call.repository.labels, lambda found: label(call.site, call.repository, found))


@route("POST", _REPO + "/labels", needs=_WRITE, role="triage", status=201)
def create_label(call: Call) -> dict[str, Any]:
    name = str(call.body.get("name", ""))
    if any(found.name.lower() == name.lower() for found in call.repository.labels):
        raise refusal(422, "Validation Failed", [{"resource": "Label", "code": "already_exists", "field": "name"}])
    made = _label(call, name)
    made.color = call.body.get("color", made.color)
    made.description = call.body.get("description")
    return label(call.site, call.repository, made)


@route("GET", _ISSUE + "/labels", needs=_READ)
def labels_of(call: Call) -> Response:
    return call.page(call.pull.labels, lambda found: label(call.site, call.repository, found))


@route("POST", _ISSUE + "/labels", needs=_WRITE, role="triage")
def add_labels(call: Call) -> list[dict[str, Any]]:
    """Labels that the repository lacks are made."""
    for found in _wanted(call):
        if found not in call.pull.labels:
            call.pull.labels.append(found)
    return _shown(call)


@route("PUT", _ISSUE + "/labels", needs=_WRITE, role="triage")
def set_labels(call: Call) -> list[dict[str, Any]]:
    call.pull.labels = list(dict.fromkeys(_wanted(call)))
    return _shown(call)


@route("DELETE", _ISSUE + "/labels/{name}", needs=_WRITE, role="triage")
def remove_label(call: Call) -> list[dict[str, Any]]:
    found = next((found for found in call.pull.labels if found.name.lower() == call.parameters["name"].lower()), None)
    if found is None:
        raise refusal(404, "Label does not exist")
    call.pull.labels.remove(found)
    return _shown(call)


def _wanted(call: Call) -> list[Label]:
    return [_label(call, str(name)) for name in call.body.get("labels", ())]


def _shown(call: Call) -> list[dict[str, Any]]:
    return [label(call.site, call.repository, found) for found in call.pull.labels]


def _label(call: Call, name: str) -> Label:
    """The repository's label of that name, made when it is new."""
    found = next((found for found in call.repository.labels if found.name.lower() == name.lower()), None)
    if found is None:
        found = Label(**call.world.new(), name=name)
        call.repository.labels.append(found)
    return found
