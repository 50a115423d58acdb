"""GitHub and the model fail at every call of a review, in each of their ways: it ends in one review all the same."""

import re
import threading
from collections import Counter

import pytest

from tests.crash.oracle import assert_all_on_record, assert_reviewed_once
from tests.crash.shop import MODEL_CALLS
from tests.fakes.model_replies import Hang, Reset, error, rate_limited

pytestmark = [pytest.mark.e2e, pytest.mark.long]

HURRY = {"PR_REVIEWER_GITHUB__TIMEOUT_SECONDS": "1", "PR_REVIEWER_MODELS__TIMEOUT_SECONDS": "1"}
SOON = {"PR_REVIEWER_SERVER__RETRY_SECONDS": "[1, 1, 1, 1, 1, 1, 1, 1]"}


class EachKind:
    """Each kind of call fails the first time, and every fifth time after that. Numbers and names make no kind."""

    def __init__(self, matches=lambda _: True) -> None:
        self._matches = matches
        self._lock = threading.Lock()
        self.seen: Counter[str] = Counter()

    def __call__(self, request) -> bool:
        if not self._matches(request):
            return False
        target = re.sub(r"\d+|[0-9a-f]{40}", "N", request.target)
        mutations = re.findall(rb"[a-z]+PullRequestReview[A-Za-z]*\(", request.body) if "graphql" in target else []
        with self._lock:
            kind = f"{request.method} {target} {sorted(set(mutations))}"
            self.seen[kind] += 1
            return self.seen[kind] % 5 == 1


def is_write(request) -> bool:
    return request.method in ("POST", "PATCH") and "git-upload-pack" not in request.target


@pytest.mark.parametrize("kind", ["500", "502", "503", "429", "403 secondary", "reset", "hang", "truncated", "html"])
def test_every_call_to_github_fails_once(stage, kind):
    stage.github.rules.retry_after = 1
    failing = EachKind(lambda request: kind != "403 secondary" or ".git/" not in request.target)  # the API's alone
    stage.github.fault(failing, kind, times=1_000)
    fleet = stage.fleet(**HURRY, **SOON)
    fleet.start("serve")
    fleet.deliver(stage.shop.opened())
    assert fleet.settle(seconds=300) == ["done"]

    assert_reviewed_once(stage.shop)
    assert len(failing.seen) >= 12
    assert len(stage.model.requests) == MODEL_CALLS


@pytest.mark.parametrize("kind", ["502", "503", "reset", "hang"])
def test_every_write_to_github_is_done_and_its_answer_lost(stage, kind):
    failing = EachKind(is_write)
    stage.github.fault(failing, kind, times=1_000, after=True)
    fleet = stage.fleet(**HURRY, **SOON)
    fleet.start("serve")
    fleet.deliver(stage.shop.opened())
    assert fleet.settle(seconds=300) == ["done"]

    assert_reviewed_once(stage.shop)
    assert len(failing.seen) >= 6
    assert len(stage.model.requests) == MODEL_CALLS


def test_a_used_up_limit_is_waited_out_until_it_is_reset(stage):
    def exhaust(_) -> None:
        for token in [each.value for each in stage.github.world.tokens.values() if each.kind == "installation"]:
            for resource in ("core", "graphql"):
                stage.github.exhaust(token, 3, resource)

    stage.github.on("POST /repos/octo/shop/check-runs|GRAPHQL *mutation submit*", exhaust, times=2)
    fleet = stage.fleet()
    fleet.start("serve")
    fleet.deliver(stage.shop.opened())
    assert fleet.settle() == ["done"]
    assert_reviewed_once(stage.shop)
    refused = [each for each in stage.github.log.api if each.status in (403, 429)]
    assert refused


MODEL_FAULTS = {
    "502": error(502, "Bad gateway"),
    "503": error(503, "The engine is currently overloaded"),
    "429 retry-after": rate_limited(retry_after="1"),
    "429 reset": rate_limited(x_ratelimit_remaining_requests="0", x_ratelimit_reset_requests="1s"),
    "reset": Reset(),
    "timeout": Hang(),
}


@pytest.mark.parametrize("kind", MODEL_FAULTS)
def test_every_call_to_the_model_fails_once(stage, kind):
    asked = set()

    def before_answer(request):
        is_new = request.text not in asked
        asked.add(request.text)
        return MODEL_FAULTS[kind] if is_new else None

    stage.script.before_answer = before_answer
    fleet = stage.fleet(**HURRY, **SOON)
    fleet.start("serve")
    fleet.deliver(stage.shop.opened())
    assert fleet.settle() == ["done"]

    assert_reviewed_once(stage.shop)
    assert_all_on_record(fleet.records)
    assert (len(asked), len(stage.model.requests)) == (MODEL_CALLS, 2 * MODEL_CALLS)
    assert len(fleet.records.answers()) == MODEL_CALLS


@pytest.mark.parametrize("who", ["github", "model"])
def test_what_is_away_for_longer_than_a_call_waits_puts_the_job_off(stage, who):
    is_back = threading.Event()
    waits = {f"PR_REVIEWER_{name}__MAX_WAIT_SECONDS": "1" for name in ("GITHUB", "MODELS")}
    fleet = stage.fleet(**waits, **SOON)
    fleet.start("serve")
    if who == "github":
        stage.github.fault(lambda _: not is_back.is_set(), "503", times=10**6)
    else:
        stage.script.before_answer = lambda _: None if is_back.is_set() else MODEL_FAULTS["503"]
    fleet.deliver(stage.shop.opened())
    fleet.wait(lambda: any(job["tries"] > 1 for job in fleet.records.jobs()))
    is_back.set()
    assert fleet.settle() == ["done"]

    assert_reviewed_once(stage.shop)
    assert len(fleet.records.answers()) == MODEL_CALLS
