"""A signed delivery becomes a review, once."""

import pytest

pytestmark = pytest.mark.e2e


def test_an_opened_pull_request_is_reviewed(server, scene):
    assert server.happened("opened") == 202

    assert server.finished() == ["done"]
    assert scene.said == ["shop.py"]
    assert len(scene.summaries) == 1
    assert [review.state for review in scene.pull.reviews()] == ["COMMENTED"]
    assert (scene.check.status, scene.check.conclusion) == ("completed", "success")
    assert [run.name for run in scene.pull.checks()] == ["pr-reviewer"]
