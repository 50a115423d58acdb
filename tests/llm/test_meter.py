"""Cost is stated, and caps hold, also when calls run side by side."""

import asyncio
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pr_reviewer.llm.base import LLM
from pr_reviewer.llm.meter import Caps, Meter, Snapshot, cost_of
from pr_reviewer.llm.tokens import at_most
from pr_reviewer.model.errors import BudgetSpent, ModelRefused, ModelUnavailable
from pr_reviewer.model.llm import Cost, Price, Prompt, Reply, Usage
from tests.llm.builders import Defects, ScriptedLLM, prompt, reply

PRICE = Price(input=1_000_000, cached=100_000, output=2_000_000)  # a dollar a token: figures that can be read


def meter(
    inner: LLM, price: Price | None = PRICE, on_change: Callable[[Snapshot], None] | None = None, **caps: float
) -> Meter:
    return Meter(inner, price_of=lambda _: price, count=len, caps=Caps(**caps), on_change=on_change)  # type: ignore[arg-type]


async def test_calls_tokens_and_dollars_add_up_with_cached_tokens_cheaper() -> None:
    llm = meter(ScriptedLLM(reply(usage=Usage(10, 4, 2)), reply(usage=Usage(5, 0, 1))))
    await llm.complete(prompt())
    await llm.complete(prompt())
    assert llm.snapshot() == Snapshot(Cost(2, Usage(15, 4, 3), pytest.approx(6 + 0.4 + 4 + 5 + 2)), 0, 0)


async def test_dollars_are_unknown_where_a_called_models_price_is() -> None:
    llm = meter(ScriptedLLM(reply(), reply()), price=None)
    await llm.complete(prompt())
    assert llm.snapshot().cost == Cost(1, Usage(10, 4, 2), None)


async def test_dollars_are_unknown_where_the_endpoint_reports_no_usage() -> None:
    llm = meter(ScriptedLLM(reply(usage=Usage()), reply(usage=Usage(1, 0, 0))))
    await llm.complete(prompt())
    await llm.complete(prompt())
    assert llm.snapshot().cost == Cost(2, Usage(1, 0, 0), None)


async def test_what_was_refused_costs_nothing_and_counts_apart() -> None:
    llm = meter(ScriptedLLM(ModelUnavailable("429", usage=Usage()), reply()), calls=1)
    with pytest.raises(ModelUnavailable):
        await llm.complete(prompt())
    await llm.complete(prompt())
    assert (llm.snapshot().cost.calls, llm.snapshot().refused) == (1, 1)


async def test_a_refusal_by_the_model_is_paid() -> None:
    llm = meter(ScriptedLLM(ModelRefused("I can't", usage=Usage(10, 0, 3))))
    with pytest.raises(ModelRefused):
        await llm.complete(prompt())
    assert llm.snapshot().cost == Cost(1, Usage(10, 0, 3), 16)


async def test_silence_may_be_billed_so_it_counts_and_its_bound_is_held_against_the_cap() -> None:
    llm = meter(ScriptedLLM(ModelUnavailable("timeout"), reply()), usd=300)
    with pytest.raises(ModelUnavailable):
        await llm.complete(prompt())
    assert llm.snapshot().cost == Cost(1, Usage(), None)
    with pytest.raises(BudgetSpent):
        await llm.complete(prompt())


async def test_the_cap_on_calls_holds() -> None:
    inner = ScriptedLLM(reply(), reply(), reply())
    llm = meter(inner, calls=2)
    await llm.complete(prompt())
    await llm.complete(prompt())
    with pytest.raises(BudgetSpent, match="cap of 2 model calls") as caught:
        await llm.complete(prompt())
    assert len(inner.prompts) == 2
    assert "review.max_model_calls" in caught.value.hint


async def test_a_call_that_could_break_the_dollar_cap_is_not_made() -> None:
    inner = ScriptedLLM(reply())
    with pytest.raises(BudgetSpent, match=r"cap of \$100 could be broken") as caught:
        await meter(inner, usd=100).complete(prompt(max_output_tokens=51))
    assert inner.prompts == []
    assert "review.max_usd" in caught.value.hint


async def test_the_bound_covers_messages_schema_and_the_whole_output() -> None:
    asked = prompt(schema=Defects, max_output_tokens=10)
    bound = sum(len(turn.content) + 16 for turn in asked.messages) + len(asked.schema.json if asked.schema else "") + 20
    await meter(ScriptedLLM(reply()), usd=bound).complete(asked)
    with pytest.raises(BudgetSpent):
        await meter(ScriptedLLM(reply()), usd=bound - 1).complete(asked)


async def test_a_dollar_cap_cannot_hold_without_a_price_but_another_model_may_have_one() -> None:
    with pytest.raises(ModelRefused, match="price of gpt-x is unknown"):
        await meter(ScriptedLLM(reply()), price=None, usd=5).complete(prompt())


async def test_a_free_model_fits_any_dollar_cap() -> None:
    llm = meter(ScriptedLLM(reply()), price=Price(0, 0, 0), usd=0)
    await llm.complete(prompt())
    assert llm.snapshot().cost.usd == 0


class Door:
    """An LLM whose answers wait until the door is opened."""

    def __init__(self, usage: Usage = Usage(1, 0, 1)) -> None:  # noqa: B008 immutable
        self.open = asyncio.Event()
        self.most = 0
        self.inside = 0
        self.usage = usage

    async def complete(self, _: Prompt) -> Reply:
        self.inside += 1
        self.most = max(self.most, self.inside)
        await self.open.wait()
        await asyncio.sleep(0)
        self.inside -= 1
        return reply(usage=self.usage)


async def test_calls_side_by_side_cannot_break_the_cap_together() -> None:
    door = Door()
    llm = meter(door, calls=3)
    calls = [asyncio.create_task(llm.complete(prompt())) for _ in range(8)]
    await asyncio.sleep(0.01)
    door.open.set()
    answers = await asyncio.gather(*calls, return_exceptions=True)
    assert sum(isinstance(answer, Reply) for answer in answers) == 3
    assert sum(isinstance(answer, BudgetSpent) for answer in answers) == 5
    assert door.most == 3


async def test_a_call_waits_for_others_to_turn_out_cheaper_than_their_bound() -> None:
    door = Door()
    llm = meter(door, usd=700)  # one bound is about 280, one call really costs 3
    calls = [asyncio.create_task(llm.complete(prompt())) for _ in range(8)]
    await asyncio.sleep(0.01)
    assert door.most == 2
    door.open.set()
    await asyncio.gather(*calls)
    assert llm.snapshot().cost == Cost(8, Usage(8, 0, 8), 24)


async def test_a_cancelled_call_gives_its_reservation_back() -> None:
    door = Door()
    llm = meter(door, calls=2)
    first = asyncio.create_task(llm.complete(prompt()))
    await asyncio.sleep(0.01)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    assert llm.snapshot().in_flight == 0
    assert llm.snapshot().cost.calls == 1, "it may have been billed"


async def test_a_cancelled_call_lets_the_waiting_ones_go_on() -> None:
    door = Door()
    llm = meter(door, usd=300)
    first = asyncio.create_task(llm.complete(prompt()))
    second = asyncio.create_task(llm.complete(prompt()))
    await asyncio.sleep(0.01)
    first.cancel()
    with pytest.raises(BudgetSpent):
        await second


async def test_every_change_is_told() -> None:
    seen: list[Snapshot] = []
    await meter(ScriptedLLM(reply()), on_change=seen.append).complete(prompt())
    assert [(state.in_flight, state.cost.calls) for state in seen] == [(1, 0), (0, 1)]


@given(
    st.lists(st.tuples(st.integers(0, 120), st.integers(0, 100)), max_size=12),
    st.integers(0, 2000),
    st.integers(0, 12),
)
def test_no_run_ever_breaks_a_cap(used: list[tuple[int, int]], usd: int, calls: int) -> None:
    async def run() -> Meter:
        inner = ScriptedLLM(*(reply(usage=Usage(tokens, 0, output)) for tokens, output in used))
        llm = meter(inner, usd=usd, calls=calls)
        await asyncio.gather(*(llm.complete(prompt(text="x" * 120)) for _ in used), return_exceptions=True)
        return llm

    cost = asyncio.run(run()).snapshot().cost
    assert cost.calls <= calls
    assert cost.usd is None or cost.usd <= usd


def test_bytes_are_a_bound_for_the_meter() -> None:
    assert at_most("é😀") == 6


def test_cost_is_per_million() -> None:
    assert cost_of(Usage(1_000_000, 500_000, 100_000), Price(2, 1, 8)) == pytest.approx(1 + 0.5 + 0.8)
