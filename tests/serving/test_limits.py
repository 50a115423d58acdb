"""What a limit holds back is kept, says so, and lets people through."""

import json

import pytest

pytestmark = pytest.mark.e2e


def test_what_an_hourly_limit_holds_back_says_so_and_people_go_first(serving, scene, model):
    server = serving(model, PR_REVIEWER_SERVER__MAX_HOURLY_REPOSITORY_REVIEWS="1")
    server.happened("opened")
    assert server.finished() == ["done"]

    server.pushed({"shop.py": "def total(price):\n    return price\n"})
    server.wait(lambda: [run.title[:14] for run in scene.pull.checks()] == ["Rate limited: "])
    assert (scene.check.head_sha, scene.check.status) == (scene.pull.head_sha, "queued")
    server.wait(lambda: server.numbers().get('pr_reviewer_jobs_waiting{reason="repository_rate"}') == 1)
    assert server.numbers()["pr_reviewer_slots"] == 8
    listed = server.run("jobs", "list").stdout
    assert "  waits: this repository has had as many reviews within an hour as it may\n" in listed
    (waiting, _) = json.loads(server.run("jobs", "list", "--json").stdout)
    assert (waiting["held"], waiting["state"]) == ("repository_rate", "queued")

    server.commented(scene.pull.comment("ann", "/review"))
    server.wait(lambda: [job["state"] for job in server.jobs()] == ["done", "queued", "done"])
    assert scene.check.status == "completed"


def test_a_job_that_waits_for_a_further_push_says_until_when(serving, model):
    server = serving(model, PR_REVIEWER_SERVER__DEBOUNCE_SECONDS="600")
    server.happened("opened")
    server.wait(lambda: len(server.jobs()) == 1)

    assert "  waits until " in server.run("jobs", "list").stdout
    server.wait(lambda: server.numbers().get('pr_reviewer_jobs_waiting{reason="time"}') == 1)
