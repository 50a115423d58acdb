"""The models of a prompt are asked in order."""

import pytest

from pr_reviewer.llm.fallback import Fallback
from pr_reviewer.model.errors import BudgetSpent, ContextTooLong, InvalidReply, ModelRefused, ModelUnavailable
from tests.llm.builders import ScriptedLLM, prompt, reply


async def test_the_first_that_answers_is_taken() -> None:
    inner = ScriptedLLM(reply(model="a"))
    assert (await Fallback(inner).complete(prompt("a", "b"))).model == "a"
    assert [asked.models for asked in inner.prompts] == [("a",)]


@pytest.mark.parametrize("kind", [ModelRefused, ModelUnavailable, ContextTooLong, InvalidReply])
async def test_any_failure_moves_on_to_the_next(kind: type[Exception]) -> None:
    inner = ScriptedLLM(kind("no"), reply(model="b"))
    assert (await Fallback(inner).complete(prompt("a", "b"))).model == "b"
    assert [asked.models for asked in inner.prompts] == [("a",), ("b",)]


async def test_a_cap_forbids_every_model() -> None:
    inner = ScriptedLLM(BudgetSpent("cap"), reply())
    with pytest.raises(BudgetSpent):
        await Fallback(inner).complete(prompt("a", "b"))
    assert len(inner.prompts) == 1


async def test_if_all_fail_every_reason_is_told() -> None:
    inner = ScriptedLLM(ContextTooLong("a: too long", hint="larger"), ModelUnavailable("b: busy", retry_after=3))
    with pytest.raises(ModelUnavailable, match="a: too long; b: busy") as caught:
        await Fallback(inner).complete(prompt("a", "b"))
    assert (caught.value.hint, caught.value.retry_after) == ("larger", 3)


async def test_a_single_failure_is_raised_as_it_is() -> None:
    error = ModelRefused("no")
    with pytest.raises(ModelRefused) as caught:
        await Fallback(ScriptedLLM(error)).complete(prompt("a"))
    assert caught.value is error
