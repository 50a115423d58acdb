"""A signed delivery becomes a review, once."""

import json
import signal
import threading

import httpx2
import pytest

from tests.e2e.models import confirming, task_of
from tests.e2e.test_github import AFTER, DIVISION
from tests.fakes.model_replies import Hang
from tests.fakes.model_server import ModelServer
from tests.serving.scene import BOTH, Held, free_port

pytestmark = pytest.mark.e2e


def is_announcement(request):
    is_new = request.method == "POST" and request.path.endswith("/check-runs")
    return is_new and json.loads(request.body)["status"] == "queued"


@BOTH
def test_an_opened_pull_request_is_reviewed_once_whatever_is_sent_again(server, scene, model):
    assert server.happened("opened") == 202
    assert server.finished() == ["done"]
    assert scene.said == ["shop.py"]
    assert [review.state for review in scene.pull.reviews()] == ["COMMENTED"]
    assert (scene.check.status, scene.check.conclusion) == ("completed", "success")
    asked = len(model.requests)

    assert server.tell_again() == 202
    assert server.happened("reopened") == 202
    assert server.finished(2) == ["done", "skipped"]

    assert len(model.requests) == asked
    assert (len(scene.said), len(scene.summaries), len(scene.pull.reviews())) == (1, 1, 1)
    assert (len(scene.pull.checks()), scene.check.conclusion) == (1, "success")
    assert "reviewed already" in server.jobs()[1]["reason"]
    made = [found for found in scene.github.log.writes if found.path.endswith("/access_tokens")]
    assert len(made) <= 2  # one for all jobs, one for announcements


def test_a_new_head_is_reviewed_and_what_stands_is_not_said_again(server, scene):
    server.happened("opened")
    server.finished()
    server.pushed({"shop.py": AFTER + "\n\n# The end.\n"})

    assert server.finished(2) == ["done", "done"]
    assert (scene.said, len(scene.summaries)) == (["shop.py"], 1)
    assert scene.check.conclusion == "success"


def test_another_base_branch_is_another_review(server, scene, model):
    scene.repository.commit("release", {"notes.txt": "1.0\n"})
    server.happened("opened")
    server.finished()
    asked = len(model.requests)
    scene.pull.retarget("release")
    server.happened("edited", changes={"base": {"ref": {"from": "main"}, "sha": {"from": scene.pull.base_sha}}})
    server.happened("edited", changes={"body": {"from": "Once."}})

    assert server.finished(2) == ["done", "done"]
    assert len(model.requests) > asked
    assert (scene.said, len(scene.summaries)) == (["shop.py"], 1)


def test_the_app_goes_before_a_token(serving, scene, model):
    token = scene.github.token("classic", user="ann")
    server = serving(model, GITHUB_TOKEN=token)
    server.happened("opened")
    assert server.finished() == ["done"]
    assert [review.user.login for review in scene.pull.reviews()] == ["reviewer[bot]"]
    assert token not in {found.credential for found in scene.github.log}


def test_several_pushes_in_a_row_want_one_review(serving, scene):
    with Held(confirming(DIVISION)) as model:
        server = serving(model)
        model.hold(server)
        server.happened("opened")
        for number in range(3):
            server.pushed({"shop.py": f"{AFTER}\n# {number}\n"})
        asked = len(model.requests)
        model.let_go(server, 5)
        states = server.finished(5)
        assert states[0] == "superseded"
        assert set(states[1:]) <= {"superseded", "skipped", "done"}
        assert states.count("done") == 1
        later = {request.text for request in model.requests[asked:] if task_of(request) == "find"}
    assert len(later) == 1
    assert scene.said == ["shop.py"]


def test_a_review_that_waits_is_announced_beside_its_head(serving, scene):
    with Held(confirming(DIVISION)) as model:
        server = serving(model)
        model.hold(server)
        server.pushed({"shop.py": AFTER + "\n# More.\n"})
        server.wait(lambda: bool(scene.pull.checks()))
        assert (scene.check.status, scene.check.title) == ("queued", "Queued")
        model.let_go(server, 2)
        assert server.finished(2) == ["superseded", "done"]
    assert [(run.status, run.conclusion) for run in scene.pull.checks()] == [("completed", "success")]


def test_an_announcement_that_github_holds_back_does_not_hide_what_the_review_shows(server, scene):
    def hold(_request):
        """As long as the job does not end without it, and for three seconds at most."""
        scene.github.wait_for(lambda: any(job["state"] == "done" for job in server.jobs()), 3.0)

    scene.github.on(is_announcement, hold)
    server.happened("opened")
    assert server.finished() == ["done"]
    assert [(run.status, run.conclusion) for run in scene.pull.checks()] == [("completed", "success")]


def test_a_job_that_does_nothing_leaves_no_announcement(server, scene):
    announce(scene)
    scene.pull.label("bug")
    server.happened("labeled", label={"id": 1, "name": "bug"})
    assert server.finished() == ["skipped"]
    assert (scene.check.status, scene.check.title) == ("completed", "Skipped: the settings list nothing for it")

    server.happened("opened")
    assert server.finished(2)[1] == "done"
    said = scene.check.title
    announce(scene)
    server.happened("reopened")
    assert server.finished(3)[2] == "skipped"
    assert (scene.check.status, scene.check.conclusion, scene.check.title) == ("completed", "success", said)


def announce(scene):
    """What an announcer shows of a job that waits."""
    told = {"name": "pr-reviewer", "external_id": "pr-reviewer v1 #1", "head_sha": scene.pull.head_sha}
    output = {"title": "Queued", "summary": ""}
    token = scene.github.installation_token(scene.installation)
    url = f"{scene.github.api_url}/repos/octo/shop/check-runs"
    answer = httpx2.post(
        url, json=told | {"status": "queued", "output": output}, headers={"Authorization": f"Bearer {token}"}
    )
    assert answer.status_code == 201


def test_a_review_that_waits_for_a_pull_request_that_is_closed_is_called_off(serving, scene):
    with Held(confirming(DIVISION)) as model:
        server = serving(model)
        model.hold(server)
        server.pushed({"shop.py": AFTER + "\n# More.\n"})
        server.wait(lambda: bool(scene.pull.checks()))
        scene.pull.close()
        server.happened("closed")
        server.wait(lambda: scene.check.status == "completed")
        model.let_go(server, 3)
        server.finished(3)
    assert scene.check.title == "Cancelled: the pull request was closed"
    assert (scene.said, scene.summaries) == ([], [])


def test_a_debounced_review_waits_and_is_made(serving, scene, model):
    server = serving(model, PR_REVIEWER_SERVER__DEBOUNCE_SECONDS="2.5")
    server.happened("opened")
    assert server.finished() == ["done"]
    (job,) = server.jobs()
    assert job["started_at"] - job["accepted_at"] >= 2.5
    assert scene.said == ["shop.py"]


@BOTH
def test_a_newer_head_takes_the_place_of_a_running_review_which_posts_nothing(serving, scene):
    first = scene.pull.head_sha
    asked, go_on = threading.Event(), threading.Event()

    def slowly(request):
        asked.set()
        go_on.wait(30)
        return confirming(DIVISION)(request)

    with ModelServer(slowly) as model:
        server = serving(model)
        server.happened("opened")
        assert asked.wait(60)
        server.pushed({"shop.py": AFTER + "\n# More.\n"})
        server.wait(lambda: len(server.jobs()) == 2)
        go_on.set()
        assert server.finished(2) == ["superseded", "done"]
    (old,) = scene.pull.checks(first)
    assert (old.conclusion, old.title) == ("neutral", "Superseded by a newer head")
    assert [review.commit for review in scene.pull.reviews()] == [scene.pull.head_sha]
    assert len(scene.said) == 1


def test_a_closed_pull_request_ends_what_runs_on_it(serving, scene):
    asked, go_on = threading.Event(), threading.Event()

    def slowly(request):
        asked.set()
        go_on.wait(30)
        return confirming(DIVISION)(request)

    with ModelServer(slowly) as model:
        server = serving(model)
        server.happened("opened")
        assert asked.wait(60)
        scene.pull.close()
        server.happened("closed")
        server.wait(lambda: len(server.jobs()) == 2)
        go_on.set()
        assert server.finished(2) == ["cancelled", "done"]
        server.wait(lambda: scene.check.status == "completed")
    assert (scene.said, scene.summaries, scene.pull.reviews()) == ([], [], [])
    assert scene.check.title == "Cancelled: the pull request was closed"


@BOTH
def test_recorded_replies_are_not_asked_again_after_a_kill(serving, scene):
    def killing(request):
        if task_of(request) == "verify" and not killed:
            killed.append(request)
            server.stop(signal.SIGKILL)
            return Hang()
        return confirming(DIVISION)(request)

    killed = []
    with ModelServer(killing) as model:
        server = serving(model)
        server.happened("opened")
        server.wait(lambda: bool(killed))
        server.wait(lambda: server._process is None)
        before = [task_of(request) for request in model.requests]
        server.start()
        assert server.finished() == ["done"]
        after = [task_of(request) for request in model.requests[len(before) :]]
        assert server.numbers()['pr_reviewer_model_calls_total{outcome="replayed"}'] == 1
    assert before.count("find") == 1
    assert "find" not in after
    assert "verify" in after
    assert (scene.said, len(scene.summaries), len(scene.pull.reviews())) == (["shop.py"], 1, 1)
    assert scene.check.conclusion == "success"


def test_a_stop_gives_what_runs_its_time_and_the_next_start_does_the_rest(serving, scene):
    asked = threading.Event()

    def hanging(request):
        if asked.is_set():
            return confirming(DIVISION)(request)
        asked.set()
        return Hang()

    with ModelServer(hanging) as model:
        server = serving(model, PR_REVIEWER_SERVER__SHUTDOWN_SECONDS="1")
        server.happened("opened")
        assert asked.wait(60)
        assert server.stop() == 0
        assert server.jobs()[0]["state"] == "running"
        assert scene.check.status == "in_progress"
        server.start()
        assert server.finished() == ["done"]
    assert scene.said == ["shop.py"]


@BOTH
def test_one_server_takes_deliveries_and_a_worker_works(serving, scene, model):
    server = serving(model)
    server.stop()
    server.start(options=("--no-work",))
    server.happened("opened")
    server.wait(lambda: bool(server.jobs()))
    port = free_port()
    with server.worker("--port", str(port)):
        assert server.finished() == ["done"]
        asked = {path: httpx2.get(f"http://127.0.0.1:{port}/{path}") for path in ("healthz", "readyz", "metrics")}
        assert {path: each.status_code for path, each in asked.items()} == dict.fromkeys(asked, 200)
        assert 'pr_reviewer_jobs_ended_total{state="done"} 1.0' in asked["metrics"].text
        assert httpx2.post(f"http://127.0.0.1:{port}/webhooks/github").status_code == 404
    assert scene.said == ["shop.py"]


def test_what_is_logged_of_a_job_names_its_delivery_its_pull_request_and_its_head(server, scene):
    server.happened("opened")
    opened = server.last
    server.finished()
    server.commented(scene.pull.comment("ann", "/help"))
    assert server.finished(2) == ["done", "done"]
    server.stop()
    lines = [json.loads(line) for line in server.log.split("\n") if line.startswith("{")]
    for delivery, known_at_once in ((opened, True), (server.last, False)):
        about = [line for line in lines if line.get("delivery") == delivery.headers["X-GitHub-Delivery"]]
        assert {"delivery accepted", "job accepted", "job started", "job ended"} <= {line["event"] for line in about}
        assert {line["pull"] for line in about} == {"octo/shop#1"}
        heads = [line.get("head") for line in about if known_at_once or line["event"] == "job ended"]
        assert set(heads) == {scene.pull.head_sha}
        assert all(line["job"] for line in about)


def test_a_head_is_reviewed_again_by_itself_once_the_settings_say_something_else(serving, scene, model, tmp_path):
    operators = tmp_path / "operator.toml"
    operators.write_text("")
    server = serving(model, PR_REVIEWER_CONFIG=str(operators))
    server.happened("opened")
    assert server.finished() == ["done"]
    asked = len(model.requests)

    operators.write_text("[automatic]\nmax_lines = 1000\n")  # changes what is reviewed, not what a review says
    server.happened("reopened")
    assert server.finished(2)[1] == "skipped"
    assert len(model.requests) == asked

    operators.write_text('[review]\nmin_confidence = "high"\n')
    server.happened("reopened")
    assert server.finished(3)[2] == "done"
    assert (scene.said, len(scene.summaries)) == (["shop.py"], 1)
    server.happened("reopened")
    assert server.finished(4)[3] == "skipped"
