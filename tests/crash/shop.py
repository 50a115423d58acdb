"""A pull request whose review takes eight model calls, on the stand-in for GitHub, and the model that reviews it."""

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

from tests.e2e.models import confirming, finding
from tests.e2e.test_github import AFTER, BEFORE
from tests.fakes.github import GitHubServer
from tests.fakes.github.pull_handle import PullHandle
from tests.fakes.github.state import Delivery, IssueComment
from tests.fakes.github.webhooks import redeliver
from tests.fakes.model_replies import Completion
from tests.fakes.model_server import ModelRequest

SECRET = "it's a secret to everybody"
PERMISSIONS = {"checks": "write", "contents": "read", "pull_requests": "write"}
PATHS = tuple(f"till_{number}.py" for number in range(1, 7))
MODEL_CALLS = 8  # one that finds, one for each finding that is then verified, and one that puts them in order
COMMENTS = 5  # what review.max_comments lets onto lines; the rest stands in the summary

# So narrow a window that each finding is verified by a call of its own.
SETTINGS = {
    "PR_REVIEWER_MODELS__REVIEW": "gpt-x",
    "PR_REVIEWER_MODELS__DEFAULT_WINDOW": "6000",
    "PR_REVIEWER_MODELS__MAX_OUTPUT_TOKENS": "1000",
}


class Model:
    """A script for `ModelServer`. Each answer has a number, which the journal keeps: its count of output tokens."""

    def __init__(self) -> None:
        self.before_answer: Callable[[ModelRequest], Any] = lambda _: None
        self._answer = confirming(*(_defect(path) for path in PATHS))

    def __call__(self, request: ModelRequest) -> Any:
        other = self.before_answer(request)
        if other is not None:
            return other
        usage = {"prompt_tokens": request.tokens, "completion_tokens": request.number, "total_tokens": 0}
        return Completion(self._told(request), extra={"usage": usage})

    def _told(self, request: ModelRequest) -> dict[str, Any]:
        told = self._answer(request)
        return told | {"findings": [each for each in told.get("findings", []) if each["path"] in request.text]}


def _defect(path: str) -> dict[str, Any]:
    title = f"A discount of 0 divides by zero in {path}"
    return finding(path, "    return amount / discount", title=title, suggestion="    return amount / (discount or 1)")


class Shop:
    """A repository with its pull request, and the App that is installed there."""

    def __init__(self, github: GitHubServer) -> None:
        self.github = github
        self.repository = github.repository("octo/shop", files=dict.fromkeys(PATHS, BEFORE))
        self.pull = self.open_pull("discounts")
        self.repository.grant("ann", "write")
        self.app = github.app("Reviewer", permissions=PERMISSIONS, webhook_secret=SECRET)
        self.installation = self.app.install("octo")
        self._lock = threading.Lock()

    def open_pull(self, branch: str) -> PullHandle:
        """A further pull request with the same mistakes."""
        self.repository.commit(branch, {path: AFTER.replace("total", f"total_{branch}") for path in PATHS})
        return self.repository.open_pull(branch, title=branch.title())

    def opened(self, pull: PullHandle | None = None, action: str = "opened", **more: Any) -> tuple[str, dict[str, Any]]:
        """The webhook of a pull request that was opened."""
        return "pull_request", (pull or self.pull).event(action, "ann", self.installation) | more

    def commented(self, comment: IssueComment) -> tuple[str, dict[str, Any]]:
        """The webhook of a comment."""
        return self.pull.comment_event(comment, "created", self.installation)

    def deliver(self, told: tuple[str, dict[str, Any]], port: int) -> Delivery:
        """Send it as GitHub does: once."""
        url = f"http://127.0.0.1:{port}/webhooks/github"
        return self.github.deliver(*told, url, SECRET, self.app)

    def deliver_again(self, delivery: Delivery, port: int) -> Delivery:
        """Send it once more, under the same id, to whoever listens there."""
        delivery.url = f"http://127.0.0.1:{port}/webhooks/github"
        return redeliver(self.github.world, self.app.record, delivery)


def twice(values: list[str]) -> list[str]:
    """What stands more than once."""
    return sorted(value for value, count in Counter(values).items() if count > 1)
