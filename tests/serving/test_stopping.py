"""What stops work that has begun or waits, and what nobody has told us of."""

import pytest

from tests.e2e.models import confirming
from tests.e2e.test_github import DIVISION
from tests.fakes.model_server import ModelServer

pytestmark = pytest.mark.e2e

OPERATOR = "PR_REVIEWER_CONFIG"
RETRIES = "PR_REVIEWER_SERVER__RETRY_SECONDS"


def test_a_pull_request_that_was_closed_unheard_is_not_reviewed(server, scene, model):
    event = scene.pull.event("opened", "ann", scene.installation)
    scene.pull.close()
    server.tell("pull_request", event)
    assert server.finished() == ["cancelled"]
    assert server.jobs()[0]["reason"] == "the pull request is closed"
    assert (model.requests, scene.said, scene.summaries) == ([], [], [])


def test_a_pause_stops_a_review_that_runs_before_its_next_question(serving, scene, tmp_path):
    file = tmp_path / "operator.toml"
    file.write_text("")
    answer = confirming(DIVISION)

    def pausing(request):
        file.write_text("[server]\npaused = true\n")
        return answer(request)

    with ModelServer(pausing) as model:
        server = serving(model, **{OPERATOR: str(file)})
        server.happened("opened")
        assert server.finished() == ["skipped"]
        assert len(model.requests) == 1
        assert (scene.check.status, scene.check.conclusion) == ("completed", "neutral")
        assert scene.check.title.startswith("Paused")
        assert (scene.said, scene.summaries) == ([], [])

        server.commented(scene.pull.comment("ann", "/ask why?"))
        server.finished(2)
        file.write_text("")
        server.commented(scene.pull.comment("ann", "/review"))
        assert server.finished(3)[-1] == "skipped"
        assert "was not run: the operator has stopped all reviews" in scene.replies[-1]


def test_a_mistake_of_the_operators_is_waited_out_and_not_told_on_the_pull_request(serving, scene, model, tmp_path):
    file = tmp_path / "operator.toml"
    file.write_text("")
    server = serving(model, **{OPERATOR: str(file), RETRIES: "[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]"})
    file.write_text("[server]\npaused = 7\n")
    server.happened("opened")
    server.wait(lambda: any(job["tries"] > 1 for job in server.jobs()))
    told = [check.title for check in scene.pull.checks()]
    file.write_text("")
    assert server.finished() == ["done"]
    assert any("its log says more" in title for title in told)
    assert not [title for title in told if "operator.toml" in title]
    assert "operator.toml" in server.log
