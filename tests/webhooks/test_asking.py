"""Each model call is allowed, booked and counted; how calls failed is remembered."""

import pytest
from prometheus_client import CollectorRegistry

from pr_reviewer.model.errors import BudgetSpent, ModelRefused, ModelUnavailable
from pr_reviewer.model.llm import Message, Price, Prompt, Reply, Role, Task, Usage
from webhooks.asking import WatchedLLM
from webhooks.ending import Superseded
from webhooks.numbers import WorkNumbers
from webhooks.spending import Caps, Purse, Scope

PROMPT = Prompt(Task.REVIEW, ("m",), (Message(Role.USER, "?"),), None, 9)
PRICE = Price(1.0, 0.5, 2.0)


class Model:
    def __init__(self, *errors):
        self.errors = list(errors)
        self.asked = 0

    async def complete(self, _prompt):
        self.asked += 1
        if self.errors:
            raise self.errors.pop(0)
        return Reply("ok", "m", Usage(1_000_000, 0, 500_000))


class Fence:
    error = None

    async def __call__(self):
        if self.error:
            raise self.error


@pytest.fixture
def registry():
    return CollectorRegistry()


@pytest.fixture
def watched(store, registry):
    def make(model, fence=None, price=PRICE, **caps):
        purse = Purse(store, [Scope("repository h/1", "octo/shop", Caps(**caps))])
        return WatchedLLM(model, fence or Fence(), purse, lambda _: price, WorkNumbers(registry))

    return make


async def test_an_answer_is_booked_with_its_price(watched, registry):
    llm = watched(Model(), usd=2.0)
    await llm.complete(PROMPT)
    assert registry.get_sample_value("pr_reviewer_model_usd_total") == 2.0
    assert registry.get_sample_value("pr_reviewer_model_calls_total", {"outcome": "answered"}) == 1
    with pytest.raises(BudgetSpent):
        await llm.complete(PROMPT)
    assert llm.spent is not None


async def test_without_a_known_price_dollars_count_nothing(watched):
    llm = watched(Model(), price=None, usd=0.1)
    for _ in range(2):
        await llm.complete(PROMPT)


async def test_a_spent_cap_asks_nobody(watched):
    model = Model()
    llm = watched(model, calls=1)
    await llm.complete(PROMPT)
    with pytest.raises(BudgetSpent):
        await llm.complete(PROMPT)
    assert model.asked == 1


async def test_work_that_is_not_ours_asks_nobody(watched):
    model, fence = Model(), Fence()
    fence.error = Superseded("a newer head")
    with pytest.raises(Superseded):
        await watched(model, fence).complete(PROMPT)
    assert model.asked == 0


async def test_a_call_that_was_refused_costs_nothing_and_one_in_silence_may_have_cost(watched):
    refused = ModelUnavailable("slow down", status=429, usage=Usage())
    llm = watched(Model(refused, ModelRefused("cut", usage=Usage(5, 0, 5)), ModelUnavailable("silence")), calls=2)
    for error in (ModelUnavailable, ModelRefused, ModelUnavailable):
        with pytest.raises(error):
            await llm.complete(PROMPT)
    with pytest.raises(BudgetSpent):
        await llm.complete(PROMPT)
    assert llm.is_limited
    assert llm.unavailable is not None
