"""Hundreds of generated suggestions through all of /improve: none that breaks its file is posted as committable."""

from collections import Counter
from pathlib import Path

import pytest
import pytest_asyncio

from tests.applied.generator import VARIANTS, Fate, cases
from tests.applied.judging import parses, suggestion_of
from tests.applied.running import posted
from tests.applied.sources import SOURCES
from tests.applied.tally import BEGIN, END, Ended, breaks_as_written, table
from tests.workflows.builders import desk

DOCS = Path(__file__).parents[2] / "docs" / "improve.md"
CASES = cases()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ended() -> list[Ended]:
    async with desk({}, {}, None, rules=()) as here:
        return [Ended.of(case, await posted(case, here)) for case in CASES]


def test_the_suite_is_large_mixed_and_the_same_every_time():
    assert len(CASES) >= 500
    assert cases() == CASES
    assert {case.path for case in CASES} == {source.path for source in SOURCES}
    assert {case.variant for case in CASES} == {variant.name for variant in VARIANTS}
    assert sum(map(breaks_as_written, CASES)) >= 200
    assert min(Counter(case.fate for case in CASES).values()) >= 30


def test_every_file_parses_before_and_with_the_right_edit():
    assert [source.path for source in SOURCES if not parses(source.path, source.text)] == []
    assert [case.name for case in CASES if not parses(case.path, case.head)] == []
    assert [case.name for case in CASES if case.fate is Fate.OFFERED and not parses(case.path, case.wanted)] == []


@pytest.mark.asyncio(loop_scope="module")
async def test_nothing_that_breaks_its_file_can_be_committed(ended):
    assert [each.case.name for each in ended if each.breaks] == []


@pytest.mark.asyncio(loop_scope="module")
async def test_what_is_right_or_can_be_put_right_is_offered_as_exactly_the_right_edit(ended):
    wrong = [each for each in ended if each.case.fate is Fate.OFFERED and not each.is_right]
    assert [(each.case.name, each.posted) for each in wrong] == []


@pytest.mark.asyncio(loop_scope="module")
async def test_what_is_wrong_is_refused_with_a_reason(ended):
    refused = [each for each in ended if each.after is None]
    assert [each.case.name for each in ended if each.case.fate is Fate.REFUSED and each.after is not None] == []
    assert [each.case.name for each in refused if not each.posted.why] == []
    assert all(each.reason for each in refused)


@pytest.mark.asyncio(loop_scope="module")
async def test_the_documentation_states_these_numbers(ended):
    stated = DOCS.read_text("utf-8").partition(BEGIN)[2].partition(END)[0].strip()
    assert stated == table(ended)


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        ("Why.\n\n```suggestion\na\n  b\n```\n\n<sub>x</sub>", ["a", "  b"]),
        ("```suggestion\n```", []),
        ("````suggestion\n```\nx\n```\n````", ["```", "x", "```"]),
        ("```diff\n-a\n```", None),
    ],
)
def test_the_judge_reads_a_suggestion_as_github_does(body, lines):
    assert suggestion_of(body) == lines
