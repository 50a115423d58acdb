"""The repository is renamed or given away, the App's installation suspended, while the server runs."""

import pytest

from tests.e2e.models import confirming
from tests.e2e.test_github import AFTER, BEFORE, DIVISION
from tests.fakes.github.payloads.apps import installation as show_installation
from tests.serving.scene import Held

pytestmark = pytest.mark.e2e

BOTH_OWNERS = {"PR_REVIEWER_GITHUB__ALLOWED_OWNERS": '["octo", "eve"]'}


def test_a_repository_renamed_after_its_delivery_is_reviewed_under_its_new_name(server, scene):
    told = scene.pull.event("opened", "ann", scene.installation)
    scene.repository.rename("octo/store")

    assert server.tell("pull_request", told) == 202
    assert server.finished() == ["done"]
    assert (scene.said, len(scene.summaries)) == (["shop.py"], 1)
    assert [(run.status, run.conclusion) for run in scene.pull.checks()] == [("completed", "success")]
    assert "octo/store" in server.jobs()[0]["url"]


def test_a_repository_renamed_while_its_review_runs_has_it_under_its_new_name(serving, scene):
    with Held(confirming(DIVISION)) as model:
        server = serving(model)
        model.hold(server)
        scene.repository.rename("octo/store")
        model.let_go(server, 1)
        assert server.finished() == ["done"]
    assert (scene.said, len(scene.summaries)) == (["shop.py"], 1)
    assert scene.check.conclusion == "success"


def test_a_renamed_repository_is_not_reviewed_anew(server, scene, model):
    server.happened("opened")
    server.finished()
    asked = len(model.requests)
    scene.repository.rename("octo/store")
    server.happened("reopened")
    assert server.finished(2) == ["done", "skipped"]
    server.pushed({"notes.py": "note = 1\n"})
    assert server.finished(3)[2] == "done"
    assert len(model.requests) > asked
    assert (scene.said, len(scene.summaries)) == (["shop.py"], 1)


def test_a_repository_given_to_another_owner_who_is_served_is_reviewed_there(serving, scene, model):
    server = serving(model, **BOTH_OWNERS)
    scene.app.install("eve")
    told = scene.pull.event("opened", "ann", scene.installation)
    scene.repository.rename("eve/shop")

    assert server.tell("pull_request", told) == 202
    assert server.finished() == ["done"]
    assert (scene.said, len(scene.summaries)) == (["shop.py"], 1)
    assert [(run.status, run.conclusion) for run in scene.pull.checks()] == [("completed", "success")]


def test_a_repository_given_to_an_owner_who_is_not_served_costs_nothing(server, scene, model):
    scene.app.install("eve")
    told = scene.pull.event("opened", "ann", scene.installation)
    scene.repository.rename("eve/shop")

    assert server.tell("pull_request", told) == 202
    assert server.finished() == ["cancelled"]
    assert (model.requests, scene.said, scene.summaries) == ([], [], [])
    assert scene.check.title == "Cancelled: the repository belongs to eve now, whom the operator does not serve"


def test_a_job_of_a_suspended_installation_says_why_it_failed_and_runs_after_the_suspension(serving, scene, model):
    server = serving(model)
    told = scene.pull.event("opened", "ann", scene.installation)
    scene.app.suspend(scene.installation)
    assert server.tell("pull_request", told) == 202

    assert server.finished() == ["failed"]
    assert "This installation has been suspended" in server.jobs()[0]["reason"]
    assert (model.requests, scene.said, scene.summaries, scene.pull.checks()) == ([], [], [], [])

    scene.app.resume(scene.installation)
    assert server.tell("installation", happening(scene, "unsuspend")) == 202
    assert server.run("jobs", "retry", server.jobs()[0]["id"]).returncode == 0
    assert server.finished() == ["done"]
    assert (scene.said, scene.check.conclusion) == (["shop.py"], "success")


def test_a_review_whose_installation_is_suspended_under_it_posts_nothing_and_others_go_on(serving, scene, github):
    other = github.repository("eve/shop", files={"shop.py": BEFORE})
    other.commit("topic", {"shop.py": AFTER})
    installation = scene.app.install("eve")
    pull = other.open_pull("topic")
    other.grant("ann", "write")
    with Held(confirming(DIVISION)) as model:
        server = serving(model, **BOTH_OWNERS)
        model.hold(server)
        scene.app.suspend(scene.installation)
        assert server.tell("installation", happening(scene, "suspend")) == 202
        assert server.tell("pull_request", pull.event("opened", "ann", installation)) == 202
        model.let_go(server, 2)
        assert server.finished(2) == ["failed", "done"]
        assert "This installation has been suspended" in server.jobs()[0]["reason"]
        assert (scene.said, scene.summaries, len(pull.reviews())) == ([], [], 1)

        scene.app.resume(scene.installation)
        server.tell("installation", happening(scene, "unsuspend"))
        server.happened("reopened")
        assert server.finished(3)[2] == "done"
    assert (scene.said, scene.check.conclusion) == (["shop.py"], "success")


def happening(scene, action):
    """What GitHub says of the installation."""
    told = show_installation(scene.pull.site, scene.installation)
    return {"action": action, "installation": told, "sender": told["account"]}
