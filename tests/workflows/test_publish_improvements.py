"""Publishing improvements, against a provider that only remembers: nothing stands twice, nothing on an old head."""

import re
from dataclasses import dataclass, field, replace

import pytest

from pr_reviewer.diff.skip import SkipRules
from pr_reviewer.model.errors import HeadMoved
from pr_reviewer.model.improvements import Improved
from pr_reviewer.model.posting import CheckState
from pr_reviewer.report.markers import MarkerKind, find_marker
from pr_reviewer.workflows.improve import OPEN
from pr_reviewer.workflows.publish import Terms
from pr_reviewer.workflows.publish_improvements import improve_and_publish
from tests.fakes.provider import FakeProvider
from tests.fakes.writing import FakeWriter
from tests.workflows.builders import ScriptedModel, desk, review_settings
from tests.workflows.improving import improve_settings, improving, place
from tests.workflows.test_improve import BASE, BETTER, HEAD, LOOP, PLAIN, TEST

TERMS = Terms(None, CheckState.NEUTRAL, "https://git.example/{project}/blob/{sha}/{path}#L{first}-L{last}")
LOOPS = place("a.py", LOOP, BETTER, goal="Loop over the items")
PLAINER = place("b.py", TEST, PLAIN, goal="Ask the value itself")


@dataclass
class Scene:
    """One pull request that is improved again and again."""

    head: dict[str, str] = field(default_factory=lambda: HEAD)
    made: list[Improved] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.provider = FakeProvider(BASE, self.head)
        shown = [(path, number) for path, text in self.head.items() for number in range(1, text.count("\n") + 1)]
        self.writer = FakeWriter(self.provider.pull.head.sha, shown)

    async def run(self, model: ScriptedModel, **settings):
        async with desk(BASE, self.head, model, provider=self.provider, rules=()) as here:
            return await improve_and_publish(
                self.writer,
                self.writer,
                here,
                review_settings(),
                improve_settings(**settings),
                skip=SkipRules.compile(),
                terms=TERMS,
                on_improved=self.made.append,
            )

    @property
    def said(self) -> list[tuple[str, int]]:
        return [(comment.path, comment.lines.last) for _, comment in self.writer.threads]

    @property
    def summary(self) -> str:
        (body,) = self.writer.summaries
        return body


async def test_suggestions_stand_in_one_review_with_a_summary_that_links_each():
    scene = Scene()
    _, published = await scene.run(improving(LOOPS, PLAINER))
    assert scene.said == [("a.py", 4), ("b.py", 2)]
    assert len(scene.writer.reviews) == 1
    assert published.summary_url == "fake:summary"
    assert published.posted.url == "fake:review/1"
    assert "[suggestion](fake:comment/0)" in scene.summary
    assert "[suggestion](fake:comment/1)" in scene.summary
    assert find_marker(scene.summary).kind is MarkerKind.SUMMARY
    assert find_marker(scene.summary).name == "improve"
    assert scene.writer.checks == {}


async def test_a_second_run_posts_nothing_twice():
    scene = Scene()
    await scene.run(improving(LOOPS, PLAINER))
    second = improving(LOOPS, PLAINER)
    _, published = await scene.run(second)
    assert len(scene.writer.threads) == 2
    assert (published.posted.placed, len(published.posted.standing)) == ((), 2)
    assert scene.summary.count("[suggested before](fake:comment/") == 2
    assert second.tasks() == ["review"]


async def test_a_second_run_in_other_words_posts_nothing_for_the_same_lines():
    scene = Scene()
    await scene.run(improving(LOOPS))
    await scene.run(improving(place("a.py", LOOP, BETTER.replace("item ", "each ").replace("(item)", "(each)"))))
    assert scene.said == [("a.py", 4)]
    assert "1 suggestion of earlier runs still open: [1](fake:comment/0)." in scene.summary
    assert OPEN in scene.summary


async def test_what_an_earlier_run_suggested_and_this_one_does_not_is_still_told():
    scene = Scene()
    await scene.run(improving(LOOPS))
    await scene.run(improving(PLAINER))
    assert "1 suggestion of earlier runs still open: [1](fake:comment/0)." in scene.summary
    assert scene.said == [("a.py", 4), ("b.py", 2)]


async def test_what_was_resolved_is_not_told_again():
    scene = Scene()
    await scene.run(improving(LOOPS))
    ((thread, comment),) = scene.writer.threads
    scene.writer.threads = [(replace(thread, is_resolved=True), comment)]
    await scene.run(improving(LOOPS))
    assert scene.said == [("a.py", 4)]
    assert "earlier runs" not in scene.summary
    assert "its thread is resolved" in scene.summary


async def test_a_suggestion_that_is_refused_stands_in_the_summary_and_costs_no_other():
    scene = Scene()
    scene.writer.shown = [each for each in scene.writer.shown if each[0] != "a.py"]
    await scene.run(improving(LOOPS, PLAINER))
    assert scene.said == [("b.py", 2)]
    assert "GitHub takes no comment at this place of the diff." in scene.summary
    assert "+    for item in items:" in scene.summary


async def test_a_file_whose_name_cannot_be_sent_gets_its_suggestion_in_the_summary():
    odd = "\udcff.py"
    scene = Scene(head={odd: HEAD["b.py"]})
    await scene.run(improving(place(odd, TEST, PLAIN)))
    assert scene.said == []
    assert "is not UTF-8" in scene.summary


async def test_nothing_to_suggest_is_said_in_the_summary_alone():
    scene = Scene()
    await scene.run(improving())
    assert (scene.said, scene.writer.reviews) == ([], [])
    assert scene.summary.startswith("**No suggestions worth a click in 2 files.**")


async def test_a_head_that_moved_gets_nothing_and_what_was_made_is_kept():
    scene = Scene()
    scene.writer.head_sha = "f" * 40
    with pytest.raises(HeadMoved):
        await scene.run(improving(LOOPS))
    assert (scene.said, scene.writer.summaries) == ([], [])
    assert len(scene.made[0].improvements.offers) == 1


async def test_the_places_of_one_idea_are_listed_in_its_first_comment():
    scene = Scene()
    await scene.run(
        improving(LOOPS | {"idea": "no detours"}, PLAINER | {"idea": "No  detours", "impact": "low"}),
    )
    first, second = (comment.body for _, comment in scene.writer.threads)
    link = f"https://git.example/octo/app/blob/{scene.provider.pull.head.sha}"
    assert f"The same idea at 1 other place:\n\n- [`b.py:2`]({link}/b.py#L2)" in first
    assert f"the same idea as at [`a.py:3-4`]({link}/a.py#L3-L4)" in second
    assert len(re.findall(r"^\| (?:High|Medium|Low) \|", scene.summary, re.MULTILINE)) == 1
