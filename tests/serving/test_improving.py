"""/improve in a comment: suggestions that can be committed, said once."""

import pytest

from tests.e2e.models import confirming
from tests.e2e.test_github import DIVISION
from tests.fakes.model_server import ModelServer
from tests.workflows.improving import NOTHING, place

pytestmark = pytest.mark.e2e

GUARDED = "    return amount / (discount or 1)"
IDEA = place("shop.py", "    return amount / discount", GUARDED, "    return amount / max(discount, 1)")
_confirm = confirming(DIVISION)


def answering(request):
    """Ideas where ideas are asked for; whatever is verified is confirmed, and keeps the rules."""
    if "# Task: improve" in request.messages[-1]["content"]:
        return NOTHING | {"places": [IDEA]}
    answer = _confirm(request)
    return {key: answer.get(key, []) for key in NOTHING} if "places" in request.schema["properties"] else answer


@pytest.fixture
def model():
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
