"""Check runs (Apps and GITHUB_TOKEN only) and commit statuses (also people who may push)."""

from typing import Any

from tests.fakes.github.call import Call
from tests.fakes.github.messages import Response, invalid, not_found, refusal
from tests.fakes.github.payloads.checks import annotation, check_run, combined, status
from tests.fakes.github.pull_rules import is_known_commit, resolve_commit
from tests.fakes.github.routes import route
from tests.fakes.github.state import CheckRun, Status

_REPO = "/repos/{owner}/{repo}"
_RUN = _REPO + "/check-runs/{check_run_id}"
_REF = _REPO + "/commits/{ref}"
_PLAIN = ("name", "external_id", "details_url", "started_at", "actions")
_OUTPUT = ("title", "summary", "text")
_LONGEST_OUTPUT = 65_535
_LONGEST_DESCRIPTION = 140


@route("POST", _REPO + "/check-runs", needs="checks:write", status=201)
def create(call: Call) -> dict[str, Any]:
    sha, app = call.body.get("head_sha", ""), call.app
    assert app is not None
    if not is_known_commit(call.repository, sha):
        raise refusal(422, f"No commit found for SHA: {sha}")
    run = CheckRun(**call.world.new(), name=call.body["name"], head_sha=sha, app=app)
    _update(call, run)
    call.repository.checks.append(run)
    return check_run(call.site, call.repository, run)


@route("GET", _RUN, needs="checks:read")
def read(call: Call) -> dict[str, Any]:
    return check_run(call.site, call.repository, _run(call))


@route("PATCH", _RUN, needs="checks:write")
def update(call: Call) -> dict[str, Any]:
    """Only the App that made a run may change it; annotations are added to those that are there."""
    run = _run(call)
    if run.app is not call.app:
        own = call.app.id if call.app else ""
        says = f"Invalid app_id `{own}` - check run can only be modified by the GitHub App that created it."
        raise refusal(403, says)
    _update(call, run)
    return check_run(call.site, call.repository, run)


@route("GET", _RUN + "/annotations", needs="checks:read")
def annotations(call: Call) -> Response:
    run = _run(call)
    return call.page(run.annotations, lambda given: annotation(call.site, call.repository, run, given))


@route("GET", _REF + "/check-runs", needs="checks:read")
def runs_of(call: Call) -> Response:
    """`filter=latest` (the default) shows the newest run of each name and App."""
    sha, name, app = _sha(call), call.query.get("check_name"), call.query.get("app_id")
    rows = [
        run
        for run in call.repository.checks
        if run.head_sha == sha
        and name in (None, run.name)
        and app in (None, str(run.app.id))
        and call.query.get("status") in (None, run.status)
    ]
    if call.query.get("filter", "latest") == "latest":
        rows = list({(run.name, run.app.id): run for run in rows}.values())
    return call.page(rows[::-1], lambda run: check_run(call.site, call.repository, run), "check_runs")


def _update(call: Call, run: CheckRun) -> None:
    body, output = call.body, call.body.get("output") or {}
    _check_output(call, output)
    for name in _PLAIN:
        if name in body:
            setattr(run, name, body[name])
    for name in _OUTPUT:
        setattr(run, name, output.get(name, getattr(run, name)))
    run.annotations += output.get("annotations", [])
    if body.get("conclusion"):
        run.status, run.conclusion = "completed", body["conclusion"]
        run.completed_at = body.get("completed_at") or call.world.stamp()
    elif "status" in body:
        run.status = body["status"]
        run.conclusion = run.completed_at = None
    if run.status != "queued" and run.started_at is None:
        run.started_at = call.world.stamp()


def _check_output(call: Call, output: dict[str, Any]) -> None:
    most = call.rules.most_annotations
    if len(output.get("annotations", [])) > most:
        raise refusal(422, f"Invalid request.\n\nNo more than {most} items are allowed in annotations.")
    for name in ("summary", "text"):
        if len(output.get(name) or "") > _LONGEST_OUTPUT:
            raise refusal(
                422, f"Invalid request.\n\nOnly {_LONGEST_OUTPUT} characters are allowed; {name} is too long."
            )
    if call.body.get("status") == "completed" and not call.body.get("conclusion"):
        raise refusal(422, 'Invalid request.\n\n"conclusion" wasn\'t supplied.')


def _run(call: Call) -> CheckRun:
    wanted = call.number("check_run_id")
    found = next((run for run in call.repository.checks if run.id == wanted), None)
    if found is None:
        raise not_found()
    return found


def _sha(call: Call) -> str:
    sha = resolve_commit(call.repository, call.parameters["ref"])
    if sha is None:
        raise refusal(422, f"No commit found for SHA: {call.parameters['ref']}")
    return sha


@route("POST", _REPO + "/statuses/{sha}", needs="statuses:write", role="write", status=201)
def set_status(call: Call) -> dict[str, Any]:
    sha, body = call.parameters["sha"], call.body
    if not is_known_commit(call.repository, sha):
        raise refusal(422, f"No commit found for SHA: {sha}")
    description = body.get("description")
    if len(description or "") > _LONGEST_DESCRIPTION:
        raise invalid(
            "Status", "description", f"description is too long (maximum is {_LONGEST_DESCRIPTION} characters)"
        )
    made = Status(
        **call.world.new(),
        sha=sha,
        state=body["state"],
        context=body.get("context") or "default",
        description=description,
        target_url=body.get("target_url"),
        creator=call.user,
    )
    call.repository.statuses.append(made)
    return status(call.site, call.repository, made)


@route("GET", _REF + "/statuses", needs="statuses:read")
def statuses(call: Call) -> Response:
    sha = _sha(call)
    rows = [found for found in reversed(call.repository.statuses) if found.sha == sha]
    return call.page(rows, lambda found: status(call.site, call.repository, found))


@route("GET", _REF + "/status", needs="statuses:read")
def combined_status(call: Call) -> dict[str, Any]:
    sha = _sha(call)
    latest = {found.context: found for found in call.repository.statuses if found.sha == sha}
    return combined(call.site, call.repository, sha, list(latest.values()))
