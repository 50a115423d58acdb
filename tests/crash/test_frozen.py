"""Two servers and two workers on one Postgres. One stands still in the middle of its work; the others take it for dead
and do the work; then it goes on where it was. Nothing is done twice.

The worst place to stand still is right after the fence was asked whether the work is still ours: what comes next is
done when it is not. Each of those places is tried.
"""

import signal
from pathlib import Path

import pytest

from tests.crash.fleet import IMPATIENT
from tests.crash.oracle import assert_reviewed_once
from tests.crash.shop import MODEL_CALLS
from webhooks.work import EX_TEMPFAIL

pytestmark = [pytest.mark.e2e, pytest.mark.long]

FENCES = 15  # how often a review asks, if it is over before its progress is shown


def assert_review_stands_once(stage, fleet):
    assert_reviewed_once(stage.shop)
    assert [job["state"] for job in fleet.records.jobs()] == ["done"]


@pytest.mark.parametrize("database", ["postgres"], indirect=True)
@pytest.mark.parametrize("number", range(1, FENCES + 1))
def test_who_stands_still_right_after_the_fence_does_nothing_twice(stage, number):
    mark = stage.folder / "frozen"
    place = f"webhooks.fence:Fence.__call__,after,{number}"
    fleet = stage.fleet(PR_REVIEWER_MODELS__MAX_CONCURRENCY="1")
    freezing = {"CRASH_SET": IMPATIENT, "CRASH_AT": place, "CRASH_BY": "SIGSTOP", "CRASH_MARK": str(mark)}
    fleet.start("serve", "serve", "worker", "worker", **freezing)
    fleet.deliver(stage.shop.opened())
    fleet.wait(mark.exists)
    (frozen,) = [node for node in fleet.nodes if _is_stopped(node.pid)]
    assert fleet.settle() == ["done"]
    frozen.signal(signal.SIGCONT)

    assert frozen.ended() == EX_TEMPFAIL
    assert_review_stands_once(stage, fleet)
    assert len(stage.model.requests) <= MODEL_CALLS + 1


@pytest.mark.parametrize("database", ["postgres"], indirect=True)
def test_with_its_own_patience_a_frozen_worker_is_replaced_and_leaves(stage):
    fleet = stage.fleet(PR_REVIEWER_MODELS__MAX_CONCURRENCY="1")
    frozen = []

    def freeze(request):
        if request.number == 4:
            frozen.append(fleet.busy())
            frozen[0].signal(signal.SIGSTOP)

    stage.script.before_answer = freeze
    fleet.start("serve", "serve", "worker", "worker")
    fleet.deliver(stage.shop.opened())
    fleet.wait(lambda: bool(frozen))
    assert fleet.settle() == ["done"]
    frozen[0].signal(signal.SIGCONT)

    assert frozen[0].ended() == EX_TEMPFAIL
    assert_review_stands_once(stage, fleet)
    assert len(stage.model.requests) == MODEL_CALLS + 1


@pytest.mark.parametrize("database", ["postgres"], indirect=True)
def test_who_stood_still_for_a_moment_goes_on(stage):
    """As a laptop that was closed: nobody else is there to declare it dead."""
    fleet = stage.fleet()
    stopped = []

    def freeze(request):
        if request.number == 2 and not stopped:
            stopped.append(request)
            fleet.nodes[0].signal(signal.SIGSTOP)

    stage.script.before_answer = freeze
    fleet.start("serve")
    fleet.deliver(stage.shop.opened())
    fleet.wait(lambda: bool(stopped))
    stage.github.wait_for(lambda: False, 5)
    fleet.nodes[0].signal(signal.SIGCONT)
    assert fleet.settle() == ["done"]
    assert_review_stands_once(stage, fleet)
    assert len(stage.model.requests) == MODEL_CALLS


def _is_stopped(pid):
    stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii")
    return stat.rpartition(")")[2].split()[0] == "T"
