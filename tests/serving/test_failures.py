"""What fails is tried again, then rests and is told; what could not be asked is waited for."""

import json

import httpx2
import pytest

from tests.e2e.models import confirming, task_of
from tests.e2e.test_github import DIVISION
from tests.fakes.model_replies import error
from tests.fakes.model_server import ModelServer
from tests.serving.scene import BOTH

pytestmark = pytest.mark.e2e

AT_ONCE = {
    "PR_REVIEWER_MODELS__MAX_RETRIES": "0",
    "PR_REVIEWER_GITHUB__MAX_RETRIES": "0",
    "PR_REVIEWER_SERVER__RETRY_SECONDS": "[0.2, 0.2]",
}


@BOTH
def test_a_model_that_refuses_fails_the_job_which_can_be_tried_again(serving, scene):
    answers = [confirming(DIVISION)]

    def refusing(request):
        return answers[0](request) if is_well else error(401, "Incorrect API key provided.")

    is_well = []
    with ModelServer(refusing) as model:
        server = serving(model, **AT_ONCE)
        server.happened("opened")
        assert server.finished() == ["failed"]
        assert (scene.check.conclusion, scene.check.title[:18]) == ("failure", "The review failed:")
        assert (len(scene.summaries), server.jobs()[0]["tries"]) == (1, 1)

        listed = json.loads(server.run("jobs", "list", "--failed", "--json").stdout)
        assert [(job["state"], job["title"]) for job in listed] == [("failed", "octo/shop#1 opened")]
        assert server.run("jobs", "show", listed[0]["id"]).returncode == 0
        is_well.append(True)
        again = server.run("jobs", "retry", listed[0]["id"])
        assert again.returncode == 0, again.stderr
        assert server.finished() == ["done"]
        assert server.run("jobs", "retry", listed[0]["id"]).returncode == 2
        assert server.run("jobs", "show", "nothing").returncode == 2
    assert (scene.check.conclusion, scene.said, len(scene.summaries)) == ("success", ["shop.py"], 1)


def test_a_model_that_is_away_is_waited_for(serving, scene):
    failures = iter([error(503, "overloaded")] * 2)

    def busy(request):
        return next(failures, None) or confirming(DIVISION)(request)

    with ModelServer(busy) as model:
        server = serving(model, **AT_ONCE)
        server.happened("opened")
        assert server.finished() == ["done"]
    assert server.jobs()[0]["tries"] == 3
    assert (scene.check.conclusion, scene.said, len(scene.summaries)) == ("success", ["shop.py"], 1)


def test_after_the_last_try_it_rests_as_failed_and_is_told_once(serving, scene):
    with ModelServer(lambda _: error(429, "Rate limit reached", {"retry-after": "0"})) as model:
        server = serving(model, **AT_ONCE)
        comment = scene.pull.comment("ann", "/review")
        server.commented(comment)
        assert server.finished() == ["failed"]
    assert server.jobs()[0]["tries"] == 3
    assert "Rate limit reached" in scene.check.title
    assert scene.check.conclusion == "failure"
    assert len(scene.replies) == 1
    assert [each.content for each in comment.reactions] == ["eyes", "confused"]


def test_a_review_that_the_models_limit_cut_short_says_so_in_its_title(serving, scene):
    def limited(request):
        is_first = task_of(request) == "find"
        return confirming(DIVISION)(request) if is_first else error(429, "Rate limit reached", {"retry-after": "0"})

    with ModelServer(limited) as model:
        server = serving(model, **AT_ONCE)
        server.happened("opened")
        assert server.finished() == ["done"]
    assert scene.check.title.startswith("Rate limited by the model's endpoint. Incomplete")
    assert scene.check.conclusion == "neutral"


def test_a_provider_that_is_away_is_waited_for(serving, scene, model):
    server = serving(model, **AT_ONCE)
    scene.github.fault("GRAPHQL *", "502", 2)
    server.happened("opened")
    assert server.finished() == ["done"]
    assert (scene.said, len(scene.summaries), scene.check.conclusion) == (["shop.py"], 1, "success")


def test_a_token_that_is_taken_back_before_git_shows_it_is_replaced(serving, scene, model):
    server = serving(model, **AT_ONCE)

    def revoke_all(_request):
        for token in scene.github.world.tokens.values():
            token.revoked = True

    scene.github.on("GIT */info/refs", revoke_all)
    server.happened("opened")
    assert server.finished() == ["done"]
    assert server.jobs()[0]["tries"] == 1
    assert (scene.said, len(scene.summaries), scene.check.conclusion) == (["shop.py"], 1, "success")


def test_git_that_is_limited_without_a_word_is_waited_for(serving, scene, model):
    server = serving(model, **AT_ONCE)
    scene.github.fault("GIT *", "403 secondary", 2)
    server.happened("opened")
    assert server.finished() == ["done"]
    assert server.jobs()[0]["tries"] == 1


def test_a_server_that_cannot_ask_who_it_is_keeps_deliveries_until_it_can(serving, scene, model):
    server = serving(model)
    server.stop()
    scene.github.fault("GET /app", "503", 2)
    server.env["PR_REVIEWER_GITHUB__MAX_RETRIES"] = "0"
    server.start(knows_us=False)
    assert httpx2.get(f"http://127.0.0.1:{server.port}/readyz").status_code == 200
    assert server.happened("opened") == 202
    assert server.finished() == ["done"]
    assert "it is not known who we are" in server.log
    assert scene.said == ["shop.py"]


def test_settings_that_are_wrong_are_told_beside_the_head(server, scene, model):
    scene.repository.commit("main", {".pr_reviewer.toml": '[paths]\nignored = ["shop.py"]\n'})
    server.happened("opened")
    assert server.finished() == ["failed"]
    assert "paths.ignored" in scene.check.title
    assert (scene.check.conclusion, model.requests) == ("failure", [])
