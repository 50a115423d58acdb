"""Waiting: as long as asked, with jitter, bounded. No test really waits."""

import pytest

from pr_reviewer.llm.base import LLM
from pr_reviewer.llm.retry import Patience, Retry
from pr_reviewer.model.errors import BudgetSpent, ContextTooLong, InvalidReply, ModelRefused, ModelUnavailable
from pr_reviewer.model.llm import Usage
from tests.llm.builders import ScriptedLLM, prompt, reply


class Clock:
    """Sleeps that take no time."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


def retry(inner: LLM, clock: Clock, jitter: float = 1.0, **patience: float) -> Retry:
    return Retry(inner, Patience(**patience), sleep=clock.sleep, jitter=lambda: jitter)  # type: ignore[arg-type]


async def test_passing_trouble_is_waited_out_ever_longer() -> None:
    clock, trouble = Clock(), [ModelUnavailable("busy") for _ in range(4)]
    inner = ScriptedLLM(*trouble, reply())
    assert await retry(inner, clock).complete(prompt()) == reply()
    assert clock.slept == [1, 2, 4, 8]
    assert inner.prompts == [prompt()] * 5


async def test_jitter_spreads_the_waits_but_never_below_half() -> None:
    clock = Clock()
    await retry(ScriptedLLM(ModelUnavailable("busy"), reply()), clock, jitter=0.0).complete(prompt())
    assert clock.slept == [0.5]


async def test_a_wait_has_a_longest() -> None:
    clock = Clock()
    inner = ScriptedLLM(*[ModelUnavailable("busy")] * 4, reply())
    await retry(inner, clock, longest=3).complete(prompt())
    assert clock.slept == [1, 2, 3, 3]


@pytest.mark.parametrize(("jitter", "slept"), [(0.0, 20.0), (1.0, 22.0)])
async def test_what_the_endpoint_asks_is_waited_never_less(jitter: float, slept: float) -> None:
    clock = Clock()
    inner = ScriptedLLM(ModelUnavailable("slow down", retry_after=20), reply())
    await retry(inner, clock, jitter).complete(prompt())
    assert clock.slept == [pytest.approx(slept)]


async def test_a_wait_beyond_patience_is_not_begun() -> None:
    clock = Clock()
    inner = ScriptedLLM(ModelUnavailable("slow down", hint="later", retry_after=3600, usage=Usage()))
    with pytest.raises(ModelUnavailable, match="slow down") as caught:
        await retry(inner, clock, jitter=0.0).complete(prompt())
    assert clock.slept == []
    assert caught.value.retry_after == 3600
    assert "3600 s" in caught.value.hint
    assert caught.value.usage == Usage()


async def test_all_waits_together_stay_within_patience() -> None:
    clock = Clock()
    inner = ScriptedLLM(*[ModelUnavailable("busy", retry_after=50)] * 9)
    with pytest.raises(ModelUnavailable, match="tried 3 times"):
        await retry(inner, clock, jitter=0.0).complete(prompt())
    assert clock.slept == [50, 50]


async def test_attempts_are_bounded_too() -> None:
    clock = Clock()
    inner = ScriptedLLM(*[ModelUnavailable("busy", hint="wait")] * 9)
    with pytest.raises(ModelUnavailable, match="tried 3 times") as caught:
        await retry(inner, clock, attempts=3).complete(prompt())
    assert len(inner.prompts) == 3
    assert caught.value.hint == "wait"


@pytest.mark.parametrize("kind", [ModelRefused, ContextTooLong, InvalidReply, BudgetSpent])
async def test_what_a_retry_cannot_help_passes_at_once(kind: type[Exception]) -> None:
    inner = ScriptedLLM(kind("no"), reply())
    with pytest.raises(kind):
        await retry(inner, Clock()).complete(prompt())
    assert len(inner.prompts) == 1
