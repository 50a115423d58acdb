from dataclasses import replace

import pytest

from pr_reviewer.model.llm import Task
from pr_reviewer.plan.consolidate import consolidate_prompt, is_worth_consolidating
from tests.plan.builders import CARD, inputs, placed


@pytest.mark.parametrize(
    ("batches", "findings", "cap", "is_worth"),
    [(1, 3, 5, False), (1, 6, 5, True), (2, 3, 5, True), (2, 1, 5, False), (3, 0, 5, False), (1, 1, 0, False)],
)
def test_consolidating_is_asked_only_where_it_can_tell_anything(batches, findings, cap, is_worth):
    assert is_worth_consolidating(batches=batches, findings=findings, cap=cap) is is_worth


def test_every_finding_is_in_the_prompt_with_its_number():
    found = [placed("a.py", 1, title="One"), placed("b.py", 2, title="Two")]
    asked = consolidate_prompt(inputs(), found)
    content = asked.messages[-1].content

    assert (asked.task, asked.schema) == (Task.SUMMARY, inputs().consolidate_reply)
    assert content.index("## Finding 1") < content.index("One") < content.index("## Finding 2") < content.index("Two")
    assert "all numbers from 1 to 2" in content


def test_where_there_is_little_room_every_finding_is_cut_to_its_share():
    found = [placed("a.py", number, message="ä" * 3_000) for number in range(1, 9)]
    asked = consolidate_prompt(inputs(card=replace(CARD, window=16_000)), found)
    content = asked.messages[-1].content

    assert [f"## Finding {number}" in content for number in range(1, 9)] == [True] * 8
    assert content.count("[cut]") == 8
    assert len("".join(message.content for message in asked.messages).encode()) <= 16_000


def test_without_any_room_there_are_still_numbers_to_order():
    found = [placed("a.py", number) for number in range(1, 4)]

    assert consolidate_prompt(inputs(card=replace(CARD, window=500)), found).messages[-1].content.count("[cut]") == 3


def test_no_findings_make_a_prompt_too():
    assert "These 0 findings" in consolidate_prompt(inputs(), []).messages[-1].content
