"""What a job concluded stays, also where somebody who stood still tells an older state after that."""

import asyncio

import pytest

from pr_reviewer.model.findings import LineRange
from pr_reviewer.model.posting import Annotation, AnnotationLevel, Check, CheckState
from pr_reviewer.workflows.progress import Progress, Stage
from tests.fakes.writing import FakeWriter
from webhooks.conclusions import Conclusions
from webhooks.ending import Withdrawn
from webhooks.executors import DeclaredDead
from webhooks.live import LiveWriter

HEAD = "a" * 40
UNDER_WAY = Check(HEAD, CheckState.IN_PROGRESS, "Reviewing")
DONE = Check(HEAD, CheckState.SUCCESS, "No problems found.", "Nothing.", "Less than nothing.")


async def test_the_last_conclusion_of_a_try_or_a_later_one_counts(store):
    first, second = (Conclusions(store, "job", tries) for tries in (1, 2))
    assert await first.last(HEAD) is None
    for check in (Check(HEAD, CheckState.FAILURE, "The review failed"), DONE):
        await first.keep(check)
    assert await first.last(HEAD) == DONE
    assert await second.last(HEAD) is None
    again = Check(HEAD, CheckState.NEUTRAL, "Partial", annotations=(an_annotation(),))
    await second.keep(again)
    assert (await first.last(HEAD), await second.last(HEAD)) == (again, again)
    assert await Conclusions(store, "other", 1).last(HEAD) is None
    assert await first.last("b" * 40) is None


@pytest.mark.parametrize("why", [DeclaredDead("silent for too long"), Withdrawn("it has ended")], ids=["dead", "ended"])
async def test_who_told_an_older_state_after_it_tells_the_conclusion_again(store, why):
    kept, inner = Conclusions(store, "job", 1), FakeWriter(HEAD, ())
    answers = iter([None, why])

    async def fence():
        if error := next(answers):
            raise error

    await kept.keep(DONE)
    with pytest.raises(type(why)):
        await LiveWriter(inner, fence, lambda *_: None, conclusions=kept).set_check(UNDER_WAY)
    assert inner.checks[HEAD] == [UNDER_WAY, DONE]


async def test_progress_that_is_being_told_when_the_work_ends_is_put_right_first(store):
    kept, asked, showing = Conclusions(store, "job", 1), [], asyncio.Event()

    class Slow(FakeWriter):
        async def set_check(self, check):
            await super().set_check(check)
            showing.set()
            await asyncio.sleep(0.02)

    async def fence():
        asked.append(1)
        if len(asked) > 1:
            raise DeclaredDead("silent for too long")

    slow = Slow(HEAD, ())
    await kept.keep(DONE)
    live = LiveWriter(slow, fence, lambda *_: None, seconds=0.001, conclusions=kept)
    async with asyncio.timeout(20), live.shown(HEAD):
        live.on_progress(Progress(Stage.READING))
        await showing.wait()
    assert [check.title for check in slow.checks[HEAD]] == ["Reviewing: fetching", DONE.title]


async def test_a_conclusion_is_on_record_before_it_is_shown(store):
    kept = Conclusions(store, "job", 1)

    class Crashing(FakeWriter):
        async def set_check(self, _):
            raise KeyboardInterrupt

    async def fence():
        return

    with pytest.raises(KeyboardInterrupt):
        await LiveWriter(Crashing(HEAD, ()), fence, lambda *_: None, conclusions=kept).set_check(DONE)
    assert await kept.last(HEAD) == DONE


def an_annotation():
    return Annotation("a.py", LineRange(1, 2), AnnotationLevel.WARNING, "It is wrong", "\udcff Really.")
