"""What a day may cost: a cap stops a review where it is, says which one it was, and keeps the next from beginning."""

import pytest

from tests.e2e.test_github import AFTER, BEFORE

pytestmark = pytest.mark.e2e

CAPS = [
    pytest.param("REPOSITORY_TOKENS", "100", "100 tokens for octo/shop", id="a repository's tokens"),
    pytest.param("REPOSITORY_USD", "0.001", "$0.001 for octo/shop", id="a repository's dollars"),
    pytest.param("INSTALLATION_TOKENS", "100", "100 tokens for all repositories of octo", id="all tokens"),
    pytest.param("INSTALLATION_USD", "0.001", "$0.001 for all repositories of octo", id="all dollars"),
]


@pytest.mark.parametrize(("setting", "most", "told"), CAPS)
def test_a_daily_cap_stops_a_review_and_says_which_cap_it_was(serving, scene, model, setting, most, told):
    server = serving(model, **{f"PR_REVIEWER_SERVER__MAX_DAILY_{setting}": most})
    server.happened("opened")
    assert server.finished() == ["done"]
    assert scene.check.title.startswith(f"Stopped: the daily cap of {told} is reached. Incomplete")
    assert scene.check.conclusion == "neutral"
    asked = len(model.requests)

    server.pushed({"shop.py": AFTER + "\n# More.\n"})
    assert server.finished(2)[1] == "skipped"
    assert scene.check.title == f"Not reviewed: the daily cap of {told} is reached"
    assert scene.check.conclusion == "neutral"
    assert len(model.requests) == asked


@pytest.mark.parametrize(("scope", "state"), [("REPOSITORY", "done"), ("INSTALLATION", "skipped")])
def test_a_cap_of_all_repositories_holds_for_each_of_them_and_one_repositorys_for_itself(
    serving, scene, model, github, scope, state
):
    other = github.repository("octo/store", files={"shop.py": BEFORE})
    other.commit("topic", {"shop.py": AFTER})
    pull = other.open_pull("topic")
    server = serving(model, **{f"PR_REVIEWER_SERVER__MAX_DAILY_{scope}_TOKENS": "100"})
    server.happened("opened")
    assert server.finished() == ["done"]

    server.tell("pull_request", pull.event("opened", "ann", scene.installation))
    assert server.finished(2) == ["done", state]
    assert bool(pull.reviews() or [each for each in pull.comments() if "pr-reviewer:summary" in each.body]) is (
        state == "done"
    )
