"""The check tells what is under way and nothing after its end; every write asks the fence first."""

import asyncio

import pytest

from pr_reviewer.model.errors import ProviderUnavailable
from pr_reviewer.model.posting import Check, CheckState, DraftReview
from pr_reviewer.workflows.progress import Progress, Stage
from tests.fakes.writing import FakeWriter
from webhooks.ending import Superseded
from webhooks.live import LiveWriter

HEAD = "a" * 40
DONE = Check(HEAD, CheckState.SUCCESS, "No problems found.")


class Fence:
    """Open until it is closed; counts who asks."""

    def __init__(self):
        self.error = None
        self.asked = 0

    async def __call__(self):
        self.asked += 1
        if self.error:
            raise self.error


@pytest.fixture
def fence():
    return Fence()


@pytest.fixture
def inner():
    return FakeWriter(HEAD, ())


@pytest.fixture
def stages():
    return []


@pytest.fixture
def live(inner, fence, stages):
    return LiveWriter(inner, fence, lambda name, _: stages.append(name), seconds=0.001)


def titles(inner):
    return [check.title for check in inner.checks.get(HEAD, ())]


async def shown(inner, title):
    while title not in titles(inner):  # noqa: ASYNC110 the writer tells no event
        await asyncio.sleep(0.001)


async def test_progress_is_told_while_it_lasts_each_step_once(live, inner, stages):
    async with asyncio.timeout(20), live.shown(HEAD):
        live.on_progress(Progress(Stage.READING))
        await shown(inner, "Reviewing: fetching")
        live.on_progress(Progress(Stage.ASKING, 3, 8))
        await shown(inner, "Reviewing: asking, 3 of 8 done")
        await asyncio.sleep(0.02)
    assert titles(inner) == ["Reviewing: fetching", "Reviewing: asking, 3 of 8 done"]
    assert stages == ["fetching", "asking"]


async def test_nothing_is_told_after_the_conclusion(live, inner):
    async with live.shown(HEAD):
        await live.set_check(DONE)
        live.on_progress(Progress(Stage.FINISHING))
        await asyncio.sleep(0.02)
    assert titles(inner) == [DONE.title]


async def test_a_note_stands_before_the_conclusion_alone(live, inner):
    live.note = "Stopped: the daily cap is reached"
    await live.set_check(Check(HEAD, CheckState.IN_PROGRESS, "Reviewing"))
    await live.set_check(DONE)
    assert titles(inner) == ["Reviewing", "Stopped: the daily cap is reached. No problems found."]


async def test_no_write_passes_a_closed_fence(live, inner, fence):
    fence.error = Superseded("a newer head")
    for write in (
        lambda: live.set_check(DONE),
        lambda: live.put_summary(HEAD, "All."),
        lambda: live.post_review(DraftReview(HEAD, "", ())),
    ):
        with pytest.raises(Superseded):
            await write()
    assert (inner.checks, inner.summaries, inner.reviews, fence.asked) == ({}, [], [], 3)
    assert (await live.standing()).head_sha == HEAD


async def test_a_closed_fence_ends_the_telling_and_nothing_else(live, inner, fence):
    fence.error = Superseded("a newer head")
    async with live.shown(HEAD):
        live.on_progress(Progress(Stage.READING))
        await asyncio.sleep(0.02)
    assert (titles(inner), fence.asked) == ([], 1)


async def test_a_provider_that_is_away_ends_no_review(fence):
    class Away(FakeWriter):
        async def set_check(self, check):
            await super().set_check(check)
            if len(self.checks[HEAD]) == 1:
                raise ProviderUnavailable("away")

    away = Away(HEAD, ())
    live = LiveWriter(away, fence, lambda *_: None, seconds=0.001)
    async with asyncio.timeout(20), live.shown(HEAD):
        live.on_progress(Progress(Stage.READING))
        await shown(away, "Reviewing: fetching")
        live.on_progress(Progress(Stage.PLANNING))
        await shown(away, "Reviewing: planning")
