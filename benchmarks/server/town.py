"""What stands on the stand-in for GitHub: teams, each with a repository, an installation, and pull requests."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.crash.shop import PATHS, PERMISSIONS
from tests.e2e.models import confirming, finding
from tests.e2e.test_github import AFTER, BEFORE
from tests.fakes.github import GitHubServer
from tests.fakes.model_server import ModelRequest
from tests.webhooks.builders import SECRET

OPENED, PUSHED = "opened.jsonl", "pushed.jsonl"


def fill(server: GitHubServer, folder: Path, *, teams: int, pulls: int, files: int) -> dict[str, Any]:
    """Make it all, put the deliveries of each pull request into the folder, and tell how to be the App.

    Each pull request changes so many files, and each of them then holds a defect.
    """
    paths = PATHS[:files]
    app = server.app("Reviewer", owner="team-0", permissions=PERMISSIONS, webhook_secret=SECRET)
    repositories = [server.repository(f"team-{team}/shop", files=dict.fromkeys(paths, BEFORE)) for team in range(teams)]
    installations = [app.install(f"team-{team}") for team in range(teams)]
    told: dict[str, list[tuple[str, dict[str, Any]]]] = {OPENED: [], PUSHED: []}
    for number in range(pulls):
        repository, installation = repositories[number % teams], installations[number % teams]
        branch = f"change-{number}"
        repository.commit(branch, {path: AFTER.replace("total", f"total_{number}") for path in paths})
        pull = repository.open_pull(branch, title=f"Change {number}")
        told[OPENED].append(("pull_request", pull.event("opened", "ann", installation)))
        pushed = pull.event("synchronize", "ann", installation)
        told[PUSHED].append(("pull_request", pushed | {"before": pull.base_sha, "after": pull.head_sha}))
    for name, deliveries in told.items():
        write_deliveries(folder / name, deliveries)
    return {"app": app.id, "key": app.private_key, "owners": [f"team-{team}" for team in range(teams)]}


def write_deliveries(file: Path, deliveries: Sequence[tuple[str, dict[str, Any]]]) -> None:
    """One a line: its event and its body."""
    file.write_text("".join(json.dumps(each) + "\n" for each in deliveries), encoding="utf-8")


def read_deliveries(file: Path) -> list[tuple[str, dict[str, Any]]]:
    """The deliveries again."""
    return [tuple(json.loads(line)) for line in file.read_text(encoding="utf-8").split("\n") if line]  # type: ignore[misc]


def finds_the_defects(body: dict[str, Any]) -> dict[str, Any]:
    """A model that claims the defect of each file that it is shown, and confirms what it is asked about."""
    request = ModelRequest(0, "", {}, body)
    answer: dict[str, Any] = _ANSWER(request)
    return answer | {"findings": [each for each in answer.get("findings", []) if each["path"] in request.text]}


def _defect(path: str) -> dict[str, Any]:
    title = f"A discount of 0 divides by zero in {path}"
    return finding(path, "    return amount / discount", title=title, suggestion="    return amount / (discount or 1)")


_ANSWER = confirming(*map(_defect, PATHS))
