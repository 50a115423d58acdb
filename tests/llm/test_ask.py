"""Asking: valid values only, one repair turn, then an error."""

import json
from typing import Any

import pytest
from pydantic import BaseModel

from pr_reviewer.llm.ask import Answer, ask
from pr_reviewer.llm.schema import reply_schema
from pr_reviewer.model.errors import BudgetSpent, ContextTooLong, InvalidReply, ModelRefused, ModelUnavailable
from pr_reviewer.model.llm import Message, Prompt, Role
from tests.fakes.model_replies import Completion
from tests.fakes.model_server import ModelServer
from tests.llm.builders import Defect, Defects, ScriptedLLM, client, defects, prompt, reply

VALUE = Defects(defects=[Defect(reasoning="because", line=3)], note=None)


def as_text(*lines: int) -> str:
    return json.dumps(defects(*lines))


async def asked(*answers: Any, **options: Any) -> tuple[Answer[Defects], list[Prompt]]:
    inner = ScriptedLLM(*answers)
    return await ask(inner, prompt("gpt-x", "other"), Defects, **options), inner.prompts


async def test_a_valid_reply_is_the_answer() -> None:
    first = reply(as_text(3))
    answer, prompts = await asked(first)
    assert answer == Answer(VALUE, (first,))
    assert len(prompts) == 1


async def test_a_prompt_without_a_schema_gets_the_types() -> None:
    _, prompts = await asked(reply(as_text(3)))
    assert prompts[0].schema == reply_schema(Defects)


async def test_a_prompts_own_schema_is_kept_so_that_passes_share_it() -> None:
    class Wide(Defects):
        more: int

    own = prompt(schema=Wide)
    inner = ScriptedLLM(reply(as_text(3)))
    await ask(inner, own, Defects)
    assert inner.prompts == [own]


@pytest.mark.parametrize(
    "text",
    [
        f"<think>{{}} hm</think>{as_text(3)}",
        f"```json\n{as_text(3)}\n```",
        f"Sure! {as_text(3)} Done.",
        f"{as_text(3)}\n{as_text(3)}",
        as_text(3).replace("]", ",]"),
        f'{{"unrelated": 1}} {as_text(3)}',
    ],
)
async def test_wrappings_with_one_meaning_are_taken_off(text: str) -> None:
    answer, _ = await asked(reply(text))
    assert answer.value == VALUE


class OnlyList(BaseModel):
    items: list[int]


async def test_a_bare_list_is_the_only_field() -> None:
    assert (await ask(ScriptedLLM(reply("[1, 2]")), prompt(), OnlyList)).value.items == [1, 2]


async def test_a_bare_list_with_several_fields_is_a_guess_and_repaired() -> None:
    answer, prompts = await asked(reply("[1]"), reply(as_text(3)))
    assert answer.value == VALUE
    assert len(prompts) == 2


async def test_an_invalid_reply_goes_back_once_with_what_is_wrong_where() -> None:
    bad = '{"defects": [{"reasoning": "r", "line": "many"}], "note": null}'
    answer, prompts = await asked(reply(bad), reply(as_text(3)))
    assert answer.value == VALUE
    assert [r.text for r in answer.replies] == [bad, as_text(3)]
    assert prompts[1].messages[:3] == prompts[0].messages
    assert prompts[1].messages[3] == Message(Role.ASSISTANT, bad)
    assert prompts[1].messages[4].role is Role.USER
    assert "/defects/0/line: Input should be a valid integer" in prompts[1].messages[4].content
    assert prompts[1].schema == prompts[0].schema


async def test_the_repair_turn_asks_the_model_that_replied_first() -> None:
    _, prompts = await asked(reply("no", model="other"), reply(as_text(3)))
    assert prompts[1].models == ("other", "gpt-x")


async def test_reasoning_is_not_sent_back_and_the_rest_is_cleaned() -> None:
    text = "<think>long</think>my secret"
    _, prompts = await asked(reply(text), reply(as_text(3)), clean=lambda said: said.replace("secret", "[masked]"))
    assert prompts[1].messages[3].content == "my [masked]"


@pytest.mark.parametrize("text", ["<think>only reasoning", "x" * 20_001])
async def test_a_reply_that_is_empty_or_too_long_is_not_sent_back(text: str) -> None:
    _, prompts = await asked(reply(text), reply(as_text(3)))
    assert [turn.role for turn in prompts[1].messages] == [Role.SYSTEM, Role.USER, Role.USER, Role.USER]


async def test_two_different_objects_are_a_guess_and_repaired() -> None:
    answer, prompts = await asked(reply(f"{as_text(1)} {as_text(2)}"), reply(as_text(3)))
    assert answer.value == VALUE
    assert "several different JSON objects" in prompts[1].messages[-1].content


async def test_after_one_repair_turn_it_is_an_error_that_names_model_and_place() -> None:
    with pytest.raises(InvalidReply) as caught:
        await asked(reply("no"), reply('{"defects": 3}'))
    assert caught.value.message == (
        "gpt-x sent no valid reply: /defects: Input should be a valid list; /note: Field required"
    )


async def test_many_errors_are_summed_up() -> None:
    bad = json.dumps({"defects": [{} for _ in range(20)], "note": None})
    _, prompts = await asked(reply(bad), reply(as_text(3)))
    assert "and 28 more" in prompts[1].messages[-1].content


@pytest.mark.parametrize("error", [ModelRefused("no"), ModelUnavailable("no"), BudgetSpent("no")])
async def test_a_failure_of_the_first_call_passes_through(error: Exception) -> None:
    with pytest.raises(type(error)):
        await asked(error)


@pytest.mark.parametrize("error", [ContextTooLong("too long"), BudgetSpent("cap"), ModelUnavailable("busy")])
async def test_a_failure_of_the_repair_turn_is_an_invalid_reply_that_says_both(error: Exception) -> None:
    with pytest.raises(InvalidReply, match=f"no JSON object in it; the repair turn failed: {error}") as caught:
        await asked(reply("no"), error)
    assert caught.value.__cause__ is error


async def test_a_cut_reply_is_asked_for_again_shorter_without_being_sent_back() -> None:
    answer, prompts = await asked(reply('{"defects": [', is_cut=True), reply(as_text(3)))
    assert answer.value == VALUE
    assert not answer.is_partial
    assert [turn.role for turn in prompts[1].messages] == [Role.SYSTEM, Role.USER, Role.USER, Role.USER]
    assert "cut off after 2 tokens" in prompts[1].messages[-1].content


async def test_a_cut_reply_that_is_complete_all_the_same_is_taken() -> None:
    answer, _ = await asked(reply(as_text(3) + "  ", is_cut=True))
    assert answer.value == VALUE


NOTE_FIRST = '{"note": null, "defects": [{"reasoning": "because", "line": 3}, {"reasoning": "cut'


async def test_complete_items_are_saved_when_the_repair_is_cut_too() -> None:
    answer, _ = await asked(reply(NOTE_FIRST, is_cut=True), reply(NOTE_FIRST, is_cut=True))
    assert (answer.value, answer.is_partial, len(answer.replies)) == (VALUE, True, 2)


async def test_complete_items_of_the_first_are_saved_when_the_repair_fails() -> None:
    answer, _ = await asked(reply(NOTE_FIRST, is_cut=True), BudgetSpent("cap"))
    assert (answer.value, answer.is_partial, len(answer.replies)) == (VALUE, True, 1)


@pytest.mark.parametrize("text", ['{"defects": [{"reasoning"', '{"x": [{"reasoning": "b", "line": 3}, {"', "none"])
async def test_a_cut_reply_without_a_valid_part_is_an_error(text: str) -> None:
    with pytest.raises(InvalidReply, match="the output limit cut it"):
        await asked(reply(text, is_cut=True), reply(text, is_cut=True))


def no_line_one(value: Defects) -> str | None:
    return "line 1 is not in the diff" if any(defect.line == 1 for defect in value.defects) else None


async def test_what_a_check_finds_goes_into_the_same_repair_turn() -> None:
    answer, prompts = await asked(reply(as_text(1)), reply(as_text(3)), check=no_line_one)
    assert (answer.value, answer.problem) == (VALUE, "")
    assert "line 1 is not in the diff" in prompts[1].messages[-1].content


async def test_what_the_check_still_finds_is_told_not_raised() -> None:
    answer, prompts = await asked(reply(as_text(1)), reply(as_text(1, 3)), check=no_line_one)
    assert answer.problem == "line 1 is not in the diff"
    assert [defect.line for defect in answer.value.defects] == [1, 3]
    assert len(prompts) == 2


async def test_a_valid_reply_is_not_lost_to_a_broken_repair() -> None:
    answer, _ = await asked(reply(as_text(1, 3)), reply("no"), check=no_line_one)
    assert (len(answer.value.defects), answer.problem) == (2, "line 1 is not in the diff")


async def test_a_valid_reply_is_not_lost_to_a_failed_repair() -> None:
    answer, _ = await asked(reply(as_text(1)), ModelUnavailable("busy"), check=no_line_one)
    assert (answer.problem, len(answer.replies)) == ("line 1 is not in the diff", 1)


async def test_over_http_a_model_that_ignores_the_schema_is_repaired() -> None:
    with ModelServer([Completion("I would say line three."), defects(3)], refuses={"json_schema"}) as server:
        async with client(server) as llm:
            answer = await ask(llm, prompt(), Defects)
    assert answer.value == VALUE
    assert [turn["role"] for turn in server.requests[-1].messages] == ["system", "user", "user", "assistant", "user"]
