"""Check runs and commit statuses as REST shows them."""

from typing import Any

from tests.fakes.github.payloads.apps import integration
from tests.fakes.github.payloads.people import simple_user
from tests.fakes.github.payloads.repositories import repository
from tests.fakes.github.payloads.site import Site
from tests.fakes.github.state import CheckRun, Repository, Status


def check_run(site: Site, found: Repository, run: CheckRun) -> dict[str, Any]:
    """Pull requests are named only when the head is in the repository itself, as GitHub leaves forks out."""
    path = f"{site.api}/repos/{found.full_name}"
    url, page = f"{path}/check-runs/{run.id}", f"{site.web}/{found.full_name}/runs/{run.id}"
    pulls = [pull for pull in found.pulls.values() if pull.head_sha == run.head_sha and not pull.is_fork]
    return {
        "id": run.id,
        "name": run.name,
        "node_id": run.node_id,
        "head_sha": run.head_sha,
        "external_id": run.external_id,
        "url": url,
        "html_url": page,
        "details_url": run.details_url or page,
        "status": run.status,
        "conclusion": run.conclusion,
        "started_at": run.started_at,
        "completed_at": run.completed_at,
        "output": {
            "title": run.title,
            "summary": run.summary,
            "text": run.text,
            "annotations_count": len(run.annotations),
            "annotations_url": f"{url}/annotations",
        },
        "check_suite": {"id": run.id + 1_000_000},
        "app": integration(site, run.app),
        "pull_requests": [_pull(site, found, pull) for pull in pulls],
    }


def annotation(site: Site, found: Repository, run: CheckRun, given: dict[str, Any]) -> dict[str, Any]:
    """What was sent, with null for what was not."""
    optional = ("start_column", "end_column", "title", "raw_details")
    page = f"{site.web}/{found.full_name}/blob/{run.head_sha}/{given['path']}"
    return {**dict.fromkeys(optional), **given, "blob_href": page.replace(" ", "%20")}


def _pull(site: Site, found: Repository, pull: Any) -> dict[str, Any]:
    path = f"{site.api}/repos/{found.full_name}"
    here = {"id": found.id, "url": path, "name": found.name}
    return {
        "id": pull.id,
        "number": pull.number,
        "url": f"{path}/pulls/{pull.number}",
        "head": {"ref": pull.head_branch, "sha": pull.head_sha, "repo": here},
        "base": {"ref": pull.base_branch, "sha": pull.base_sha, "repo": here},
    }


def status(site: Site, found: Repository, given: Status) -> dict[str, Any]:
    return {
        "url": f"{site.api}/repos/{found.full_name}/statuses/{given.sha}",
        "avatar_url": f"{site.web}/avatars/u/{given.creator.id}?v=4",
        "id": given.id,
        "node_id": given.node_id,
        "state": given.state,
        "description": given.description,
        "target_url": given.target_url,
        "context": given.context,
        "created_at": given.created_at,
        "updated_at": given.created_at,
        "creator": simple_user(site, given.creator),
    }


def combined(site: Site, found: Repository, sha: str, latest: list[Status]) -> dict[str, Any]:
    """The worst of each context's latest: failure, then pending, then success."""
    states = {"failure" if given.state in ("error", "failure") else given.state for given in latest}
    state = next((name for name in ("failure", "pending") if name in states), "success" if states else "pending")
    url = f"{site.api}/repos/{found.full_name}/commits/{sha}"
    simple = ("url", "avatar_url", "id", "node_id", "state", "description", "target_url", "context")
    shown = [status(site, found, given) for given in latest]
    return {
        "state": state,
        "statuses": [{name: row[name] for name in (*simple, "created_at", "updated_at")} for row in shown],
        "sha": sha,
        "total_count": len(latest),
        "repository": repository(site, found),
        "commit_url": url,
        "url": f"{url}/status",
    }
