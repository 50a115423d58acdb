"""`kill -9` at every point of a review: whatever was accepted ends in one published review, and nothing is done twice.

The reviewers are real processes; a kill takes their children (git) along. Stand-ins kill at the n-th call of a kind,
before it takes effect or after it and before its answer is sent; points between two statements of the program are hit
by a `sitecustomize` of the tests' own. Alone: the killed process is started again. Two: the other one takes over.
"""

import pytest

from tests.crash.fleet import IMPATIENT
from tests.crash.oracle import assert_all_on_record, assert_answered_once, assert_asked_once, assert_reviewed_once
from tests.crash.points import POINTS, SHORT_POSTGRES, SHORT_SQLITE, AtAnswer, Inside, Knife

pytestmark = pytest.mark.e2e


def _cases():
    for point in POINTS:
        for database, short in (("sqlite", SHORT_SQLITE), ("postgres", SHORT_POSTGRES)):
            for count in (1, 2):
                marks = [] if count == 1 and point.name in short else [pytest.mark.long]
                name = f"{point.name}-{database}-{'alone' if count == 1 else 'two'}"
                yield pytest.param(point, database, count, marks=marks, id=name)


@pytest.mark.parametrize(("point", "database", "count"), [*_cases()], indirect=["database"])
def test_a_kill_loses_nothing_and_repeats_nothing(point, count, stage, record_property):
    fleet = stage.fleet(PR_REVIEWER_MODELS__MAX_CONCURRENCY="1")
    knife = Knife(lambda: fleet.busy().kill())
    point.where.arm(stage.shop, stage.script, knife)
    mark = stage.folder / "killed"
    inside = point.where.environ | {"CRASH_MARK": str(mark)} if isinstance(point.where, Inside) else {}
    patience = {"CRASH_SET": IMPATIENT} if count > 1 else {}
    fleet.start(*["serve"] * count, **inside, **patience)

    delivery = fleet.deliver(_told(stage.shop, point.by))
    if isinstance(point.where, AtAnswer):
        knife()
    fleet.wait(lambda: knife.fell.is_set() or mark.exists())
    fleet.wait(lambda: sum(node.is_alive for node in fleet.nodes) == count - 1)
    recorded, seen = fleet.records.answers(), len(stage.model.requests)
    if count == 1:
        fleet.restart()
    if delivery.status_code != 202:
        assert fleet.deliver_again(delivery).status_code == 202
    fleet.settle()

    assert_reviewed_once(stage.shop)
    if point.by == "commented":
        assert_answered_once(stage.shop)
    assert_asked_once(stage.model, recorded, seen)
    assert_all_on_record(fleet.records)
    record_property("asked", len(stage.model.requests))
    record_property("recorded", len(recorded))


def _told(shop, by):
    if by == "opened":
        return shop.opened()
    return shop.commented(shop.pull.comment("ann", "/review\n\n/reveiw"))
