"""/improve in a comment: suggestions that can be committed, said once."""

import pytest

from tests.e2e.models import confirming
from tests.e2e.test_github import AFTER, DIVISION
from tests.fakes.model_server import ModelServer
from tests.workflows.improving import NOTHING, place

pytestmark = pytest.mark.e2e

GUARDED = "    return amount / (discount or 1)"
LINE = "    return amount / discount"
_confirm = confirming(DIVISION)


@pytest.fixture
def ideas():
    """What the model thinks of."""
    return [place("shop.py", LINE, GUARDED, "    return amount / max(discount, 1)")]


@pytest.fixture
def model(ideas):
    """Ideas where ideas are asked for; whatever is verified is confirmed, and keeps the rules."""

    def answering(request):
        if "# Task: improve" in request.messages[-1]["content"]:
            return NOTHING | {"places": list(ideas)}
        answer = _confirm(request)
        return {key: answer.get(key, []) for key in NOTHING} if "places" in request.schema["properties"] else answer

    with ModelServer(answering) as model:
        yield model


def ask_for_improvements(server, scene):
    before = len(server.jobs())
    comment = scene.pull.comment("ann", "/improve")
    server.commented(comment)
    assert set(server.finished(before + 1)) == {"done"}, server.log
    return comment


def test_suggestions_are_posted_once_with_a_table_of_all(server, scene):
    comment = ask_for_improvements(server, scene)

    (said,) = scene.pull.review_comments()
    assert f"```suggestion\n{GUARDED}\n```" in said.body
    assert said.review.state == "COMMENTED"
    (table,) = [each.body for each in scene.pull.comments() if "pr-reviewer:summary" in each.body]
    assert "shop.py" in table
    assert [each.content for each in comment.reactions] == ["eyes", "rocket"]
    assert scene.pull.checks() == []
    assert [each.partition("(")[0] for each in scene.replies] == ["`/improve`: [done]"]

    ask_for_improvements(server, scene)
    assert len(scene.pull.review_comments()) == 1
    assert len([each for each in scene.pull.comments() if "pr-reviewer:summary" in each.body]) == 1


def summary_of(scene):
    (table,) = [each.body for each in scene.pull.comments() if "pr-reviewer:summary v1 improve" in each.body]
    return table


def test_where_the_head_moved_and_the_lines_with_it_nothing_is_said_twice(server, scene, ideas):
    ask_for_improvements(server, scene)
    (said,) = scene.pull.review_comments()
    server.pushed({"shop.py": f"import math\n\n\n{AFTER}"})
    server.finished(2)
    ask_for_improvements(server, scene)
    suggestions = [each for each in scene.pull.review_comments() if "pr-reviewer:suggestion" in each.body]
    assert suggestions == [said]
    assert "shop.py:6`" in summary_of(scene)
    assert "suggested before" in summary_of(scene)

    ideas[:] = [place("shop.py", LINE, "    return amount / max(discount, 2)")]
    ask_for_improvements(server, scene)
    assert [each for each in scene.pull.review_comments() if "pr-reviewer:suggestion" in each.body] == [said]
    assert "1 suggestion of earlier runs still open" in summary_of(scene)


def test_what_was_dismissed_stays_away_in_other_words_too(server, scene, ideas):
    ask_for_improvements(server, scene)
    (said,) = scene.pull.review_comments()
    scene.pull.resolve(said.thread, "ann")
    for words in (GUARDED, "    return amount / max(discount, 2)"):
        ideas[:] = [place("shop.py", LINE, words)]
        ask_for_improvements(server, scene)
        assert scene.pull.review_comments() == [said]
        assert "its thread is resolved" in summary_of(scene)
