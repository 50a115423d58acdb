"""What is not reviewed, and how the check says so."""

import pytest

from tests.e2e.models import confirming
from tests.e2e.test_github import AFTER, DIVISION
from tests.serving.scene import BOTH, Held, Server

pytestmark = pytest.mark.e2e


def test_a_draft_waits_until_it_is_ready(server, scene, model):
    scene.pull.record.draft = True
    server.happened("opened")
    assert server.finished() == ["skipped"]
    assert (scene.check.conclusion, scene.check.title) == ("neutral", "Skipped: it is a draft")
    assert (model.requests, scene.summaries) == ([], [])

    scene.pull.ready()
    server.happened("ready_for_review")
    assert server.finished(2) == ["skipped", "done"]
    assert (scene.check.conclusion, scene.said) == ("success", ["shop.py"])


def test_a_label_that_means_nothing_does_not_keep_an_opened_pull_request_from_its_review(serving, scene):
    with Held(confirming(DIVISION)) as model:
        server = serving(model)
        model.hold(server)
        server.happened("opened")
        scene.pull.label("bug")
        server.happened("labeled", label={"id": 1, "name": "bug"})
        model.let_go(server, 3)
        assert server.finished(3) == ["done", "skipped", "skipped"]
    assert [job["reason"] for job in server.jobs()[1:]] == [
        "this head was reviewed already, with the same settings",
        "the settings list nothing for it",
    ]


def test_a_push_that_is_not_to_be_reviewed_leaves_the_review_that_it_took_the_place_of(serving, scene):
    scene.repository.commit("main", {".pr_reviewer.toml": "[automatic]\nsynchronize = []\n"})
    with Held(confirming(DIVISION)) as model:
        server = serving(model)
        model.hold(server)
        server.happened("opened")
        server.pushed({"shop.py": AFTER + "\n# More.\n"})
        model.let_go(server, 3)
        assert server.finished(3) == ["superseded", "superseded", "done"]
        server.pushed({"shop.py": AFTER + "\n# Still more.\n"})
        assert server.finished(4)[3] == "skipped"
    assert scene.said == ["shop.py"]
    assert (scene.check.conclusion, scene.check.title) == ("neutral", "Skipped: the settings list nothing for it")


def test_what_the_repository_leaves_out_is_told_with_its_setting(server, scene, model):
    left_out = {
        "max_lines = 1": "it changes 5 lines, more than automatic.max_lines",
        'only_paths = ["docs/"]': "no changed file is among automatic.only_paths",
        'skip_authors = ["octo*"]': "its author is among automatic.skip_authors",
        'only_base_branches = ["release/*"]': "its base branch is not among automatic.only_base_branches",
    }
    for number, (setting, reason) in enumerate(left_out.items(), start=1):
        scene.repository.commit("main", {".pr_reviewer.toml": f"[automatic]\n{setting}\n"})
        server.happened("reopened")
        assert server.finished(number)[-1] == "skipped"
        assert (scene.check.title, scene.check.conclusion) == (f"Skipped: {reason}", "neutral")
    assert (model.requests, scene.summaries, len(scene.pull.checks())) == ([], [], 1)


def test_a_paused_server_tells_so_and_asks_nobody(serving, scene, model):
    server = serving(model, PR_REVIEWER_SERVER__PAUSED="true")
    server.happened("opened")
    server.commented(scene.pull.comment("ann", "/review"))

    assert server.finished(2) == ["skipped", "skipped"]
    assert scene.check.title == "Paused: the operator has stopped all reviews"
    assert (scene.check.conclusion, model.requests, scene.summaries) == ("neutral", [], [])
    (reply,) = scene.replies
    assert "the operator has stopped all reviews" in reply


@BOTH
def test_a_label_on_a_paused_server_does_not_take_back_what_a_review_said(serving, scene, model, tmp_path):
    (tmp_path / "operator.toml").write_text("")
    server = serving(model, PR_REVIEWER_CONFIG=str(tmp_path / "operator.toml"))
    server.happened("opened")
    server.finished()
    said = (scene.check.conclusion, scene.check.title)
    (tmp_path / "operator.toml").write_text("[server]\npaused = true\n")
    server.happened("labeled", label={"id": 1, "name": "bug"})

    assert server.finished(2) == ["done", "skipped"]
    assert (scene.check.conclusion, scene.check.title) == said
    server.pushed({"shop.py": AFTER + "\n# More.\n"})
    assert server.finished(3)[2] == "skipped"
    assert scene.check.title == "Paused: the operator has stopped all reviews"


def test_a_daily_cap_stops_a_review_where_it_is_and_the_next_before_it_begins(serving, scene, model):
    server = serving(model, PR_REVIEWER_SERVER__MAX_DAILY_REPOSITORY_CALLS="1")
    server.happened("opened")
    assert server.finished() == ["done"]
    assert scene.check.title.startswith("Stopped: the daily cap of 1 model call for octo/shop is reached. Incomplete")
    assert scene.check.conclusion == "neutral"
    assert len(model.requests) == 1

    server.pushed({"shop.py": AFTER + "\n# More.\n"})
    assert server.finished(2)[1] == "skipped"
    assert scene.check.title == "Not reviewed: the daily cap of 1 model call for octo/shop is reached"
    assert len(model.requests) == 1


def test_only_repositories_of_the_apps_own_owner_are_served(server, scene):
    stranger = scene.github.repository("eve/shop", files={"a.py": "a = 1\n"})
    stranger.commit("topic", {"a.py": "a = 2\n"})
    installation = scene.app.install("eve")
    pull = stranger.open_pull("topic")
    assert server.tell("pull_request", pull.event("opened", "eve", installation)) == 202
    server.happened("opened")

    server.finished()
    assert [job["title"] for job in server.jobs()] == ["octo/shop#1 opened"]
    assert pull.checks() == []


def test_a_merge_queue_is_answered_at_once(server, scene, model):
    head = scene.pull.head_sha
    group = {"head_sha": head, "head_ref": "refs/heads/gh-readonly-queue/main/pr-1", "base_sha": scene.pull.base_sha}
    payload = scene.pull._told("checks_requested", "ann", scene.installation)
    server.tell("merge_group", payload | {"merge_group": group | {"base_ref": "refs/heads/main"}})

    assert server.finished() == ["done"]
    assert (scene.check.conclusion, scene.check.title) == ("neutral", "Each pull request was reviewed on its own")
    assert model.requests == []


@BOTH
def test_what_was_kept_of_an_installation_goes_with_it(server, scene):
    server.happened("opened")
    server.finished()
    assert list((server.folder / "git").glob("*/*.git"))

    assert server.tell("installation", removal(scene)) == 202
    server.wait(lambda: server.jobs() == [])
    assert list((server.folder / "git").glob("*/*.git")) == []
    for table in ("journal", "runs", "spending"):
        assert server.rows(f"SELECT * FROM {table}") == []  # noqa: S608 a table of ours


def test_an_installation_of_which_nothing_was_fetched_is_forgotten_at_once(serving, scene, model):
    server = serving(model, PR_REVIEWER_SERVER__PAUSED="true")
    server.happened("opened")
    assert server.finished() == ["skipped"]
    assert list((server.folder / "git").glob("*/*.git")) == []

    assert server.tell("installation", removal(scene)) == 202
    server.wait(lambda: server.jobs() == [])


def test_each_machine_forgets_an_installation_of_which_another_one_heard(scene, model, postgres_url, tmp_path):
    shared = {"PR_REVIEWER_SERVER__DATABASE_URL": postgres_url}
    with Server(scene, model, tmp_path / "one", **shared) as worked:
        worked.happened("opened")
        worked.finished()
        assert list((worked.folder / "git").glob("*/*.git"))
    with Server(scene, model, tmp_path / "two", **shared) as hears:
        hears.tell("installation", removal(scene))
        hears.wait(lambda: hears.jobs() == [])
    worked.start()
    worked.wait(lambda: not list((worked.folder / "git").glob("*/*.git")))
    worked.stop()


def test_a_repository_that_the_app_may_no_longer_read_is_forgotten(server, scene):
    server.happened("opened")
    server.finished()
    shop = {"id": scene.repository.record.id, "full_name": "octo/shop", "name": "shop", "private": False}
    told = removal(scene) | {"action": "removed", "repositories_added": [], "repositories_removed": [shop]}
    assert server.tell("installation_repositories", told) == 202
    title = f"octo/shop removed from installation {scene.installation.id}"
    server.wait(lambda: [(job["title"], job["state"]) for job in server.jobs()] == [(title, "done")])
    assert list((server.folder / "git").glob("*/*.git")) == []


def removal(scene):
    """The App is uninstalled: what GitHub says of it."""
    site = scene.pull.site
    account = {"login": "octo", "id": 1, "type": "Organization", "html_url": f"{site.web}/octo"}
    scene.app.uninstall(scene.installation)
    removed = {"id": scene.installation.id, "account": account}
    sender = scene.pull._told("", "ann", None)["sender"]
    return {"action": "deleted", "installation": removed, "sender": sender, "repositories": []}


def test_a_bots_pull_request_is_reviewed_unless_the_settings_leave_bots_out(server, scene, model):
    scene.pull.record.user = scene.github.world.account("dependabot[bot]", "Bot")
    scene.repository.commit("main", {".pr_reviewer.toml": "[automatic]\nbots = false\n"})
    server.happened("opened")
    assert server.finished() == ["skipped"]
    assert (scene.check.title, scene.check.conclusion) == ("Skipped: a bot opened it", "neutral")
    assert model.requests == []

    scene.repository.commit("main", {".pr_reviewer.toml": ""})
    server.happened("reopened")
    assert server.finished(2)[1] == "done"
    assert (scene.said, scene.check.conclusion) == (["shop.py"], "success")


def test_a_forks_pull_request_is_reviewed_unless_the_settings_leave_forks_out(server, scene, model):
    fork = scene.repository.fork("eve")
    fork.commit("theirs", {"shop.py": AFTER}, start="main")
    scene.pull = scene.repository.open_pull("theirs", fork=fork, author="eve")
    scene.repository.commit("main", {".pr_reviewer.toml": "[automatic]\nforks = false\n"})
    server.happened("opened")
    assert server.finished() == ["skipped"]
    assert (scene.check.title, scene.check.conclusion) == ("Skipped: it comes from a fork", "neutral")
    assert model.requests == []

    scene.repository.commit("main", {".pr_reviewer.toml": ""})
    server.happened("reopened")
    assert server.finished(2)[1] == "done"
    assert (scene.said, scene.check.conclusion) == (["shop.py"], "success")
